"""What the matrices play: rehearsed incidents, and pages of their own.

A page in `pages/` is written as a rehearsed incident is; beside it may stand the policy
that it is played under, of the same name.
"""

from functools import cache
from pathlib import Path

from rehearsal.options import POLICY
from rehearsal.scenario import SCENARIOS, Scenario, read
from rehearsal.script import Resolve
from rehearsal.slack import Person
from rehearsal.slack.settings import UserGroup
from rehearsal.stagehands import House

PAGES = Path(__file__).parent / "pages"
LEE, MAX = Person("U0LEE", "lee", "Lee Lead"), Person("U0MAX", "max", "Max Lead")
LEADS = UserGroup("S0LEADS", "leads", "Leads", ("U0RESP", LEE.id, MAX.id))


@cache
def scenario_of(slug: str) -> Scenario:
    """Read the page once; reading YAML takes a tenth of an incident.

    Whoever resolves is sure: what webhooks would have told meanwhile is lost while the
    bot is down, so a check may not be able to tell any more.
    """
    own = PAGES / f"{slug}.md"
    page = read(own if own.exists() else SCENARIOS / f"{slug}.md")
    acts = tuple(
        act.model_copy(update={"anyway": True}) if isinstance(act, Resolve) else act
        for act in page.good_responder
    )
    return page.model_copy(update={"good_responder": acts})


def policy_of(slug: str) -> Path:
    """Return the policy that an incident is played under."""
    own = PAGES / f"{slug}.toml"
    return own if own.exists() else POLICY


def bring_people(house: House) -> None:
    """Let those in who approve in a policy that stands beside a page."""
    if policy_of(house.scenario.slug) == POLICY:
        return
    directory = house.workspace.state.directory
    for one in (LEE, MAX):
        directory.set_person(one)
        directory.join(house.channel, one.id)
    directory.set_group(LEADS)
