"""Who may act, and what is asked of Slack to know it."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bot.core.policy import Deed
from bot.engine.authority import Authority
from handlers import people as module
from handlers.asking import AGES, FRESH
from handlers.authorising import NotAllowed
from handlers.people import People
from handlers.slack import SlackRateLimited, SlackRejected, SlackUnsure
from tests.fakes.allowed import EVERYTHING

MEMBER = {"id": "U1", "team_id": "T1"}


async def admit(people, user, team, *, disturbs):
    """Ask as the handlers do; refuse as they do."""
    deed = Deed.ROOM if disturbs else Deed.OPEN
    why = people.glance(user, team)
    policy = EVERYTHING
    ruling = policy.ruling(deed, why) if why else None
    ruling = ruling or await Authority(policy, people).rule(deed, user)
    if not ruling.allows:
        raise NotAllowed(ruling.told)


class Slack:
    """Answers users.info and users.list from a list, or fails with `fails`."""

    def __init__(self, *users) -> None:
        self.users = {user["id"]: user for user in users}
        self.fails = None
        self.asked = []
        self.pages = 1
        self.open = asyncio.Event()
        self.open.set()

    async def call(self, method, **given):
        self.asked.append((method, given))
        await self.open.wait()
        if self.fails:
            raise self.fails
        if method == "users.list":
            return self._page(given["cursor"])
        if given["user"] not in self.users:
            raise SlackRejected("user_not_found")
        return {"user": self.users[given["user"]]}

    def _page(self, cursor):
        number, everybody = int(cursor or 0), list(self.users.values())
        more = str(number + 1) if number + 1 < self.pages else ""
        return {
            "members": everybody[number :: self.pages],
            "response_metadata": {"next_cursor": more},
        }


@pytest.fixture
def slack():
    return Slack(MEMBER)


@pytest.fixture
def people(slack):
    return People(slack, "T1")


@pytest.fixture
def aged(monkeypatch):
    """Let what was told grow old."""
    later = module.time.monotonic() + FRESH + 1

    def age() -> None:
        monkeypatch.setattr(module.time, "monotonic", lambda: later)

    return age


async def test_a_member_is_asked_about_once(people, slack):
    for disturbs in (False, True, False):
        await admit(people, "U1", "T1", disturbs=disturbs)
    assert len(slack.asked) == 1


@pytest.mark.parametrize(
    ("flag", "why"),
    [
        ({"is_restricted": True}, "Guests"),
        ({"is_ultra_restricted": True}, "Guests"),
        ({"is_bot": True}, "Bots"),
        ({"deleted": True}, "deactivated"),
        ({"is_stranger": True}, "another workspace"),
        ({"team_id": "T2"}, "another workspace"),
    ],
)
async def test_who_is_no_full_member_is_refused_with_who_could(flag, why):
    people = People(Slack({**MEMBER, **flag}), "T1")
    with pytest.raises(NotAllowed, match=rf"{why}.*A full member"):
        await admit(people, "U1", "T1", disturbs=False)


async def test_another_workspace_in_the_payload_is_refused_unasked(people, slack):
    with pytest.raises(NotAllowed, match="another workspace"):
        await admit(people, "U1", "T2", disturbs=False)
    assert slack.asked == []


async def test_an_id_that_slack_does_not_know_is_refused(people):
    with pytest.raises(NotAllowed, match="does not know you"):
        await admit(people, "U9", "T1", disturbs=False)


async def test_many_at_once_ask_once(people, slack):
    slack.open.clear()
    waiting = [
        asyncio.create_task(admit(people, "U1", "T1", disturbs=True)) for _ in range(20)
    ]
    await asyncio.sleep(0)
    slack.open.set()
    await asyncio.gather(*waiting)
    assert len(slack.asked) == 1


async def test_the_prefetch_spares_the_call(people, slack):
    slack.users["U2"] = {"id": "U2", "team_id": "T1"}
    slack.pages = 2
    await people.prefetch()
    for user in ("U1", "U2"):
        await admit(people, user, "T1", disturbs=True)
    assert [method for method, _ in slack.asked] == ["users.list", "users.list"]


@pytest.mark.parametrize(
    "trouble",
    [SlackUnsure("lost"), SlackRateLimited(9.0), SlackRejected("missing_scope")],
)
async def test_in_slacks_trouble_people_may_look_and_nobody_may_disturb(
    people, slack, aged, trouble
):
    await admit(people, "U1", "T1", disturbs=False)
    slack.fails = trouble
    aged()
    await admit(people, "U1", "T1", disturbs=False)
    with pytest.raises(NotAllowed, match="does not tell me who you are right now"):
        await admit(people, "U1", "T1", disturbs=True)
    await admit(people, "U2", "T1", disturbs=False)


async def test_a_double_that_keeps_no_people_has_members_only(people, slack):
    slack.fails = SlackRejected("unknown_method")
    await admit(people, "U2", "T1", disturbs=True)
    with pytest.raises(NotAllowed, match="another workspace"):
        await admit(people, "U2", "T2", disturbs=True)


async def test_slack_that_is_silent_is_not_waited_for(people, slack, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    slack.open.clear()
    await admit(people, "U1", "T1", disturbs=False)
    with pytest.raises(NotAllowed, match="right now"):
        await admit(people, "U1", "T1", disturbs=True)
    slack.open.set()
    await asyncio.sleep(0.01)
    await admit(people, "U1", "T1", disturbs=True)
    assert len(slack.asked) == 1


async def test_a_slack_that_hangs_is_waited_for_only_shortly_if_it_said_so_before(
    people, slack, monkeypatch
):
    await admit(people, "U1", "T1", disturbs=False)
    (person,) = people._known.values()
    object.__setattr__(person, "told_at", person.told_at - FRESH - 1)
    monkeypatch.setattr(module, "PATIENCE", 60)
    monkeypatch.setattr(module, "SOON", 0.01)
    slack.open.clear()
    async with asyncio.timeout(10):
        await admit(people, "U1", "T1", disturbs=False)
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    with pytest.raises(NotAllowed, match="right now"):
        await admit(people, "U1", "T1", disturbs=True)


async def test_a_member_who_became_a_guest_cannot_disturb(people, slack, aged):
    await admit(people, "U1", "T1", disturbs=True)
    slack.users["U1"] = {**MEMBER, "is_restricted": True}
    aged()
    with pytest.raises(NotAllowed, match="Guests"):
        await admit(people, "U1", "T1", disturbs=True)


async def test_a_guest_who_became_a_member_is_let_in_soon(people, slack, aged):
    slack.users["U1"] = {**MEMBER, "is_restricted": True}
    with pytest.raises(NotAllowed):
        await admit(people, "U1", "T1", disturbs=False)
    slack.users["U1"] = MEMBER
    aged()
    people.glance("U1", "T1")
    await admit(people, "U1", "T1", disturbs=False)


async def test_who_goes_on_is_asked_about_before_it_is_too_late(
    people, slack, monkeypatch
):
    await admit(people, "U1", "T1", disturbs=False)
    later = module.time.monotonic() + AGES + 1
    monkeypatch.setattr(module.time, "monotonic", lambda: later)
    slack.open.clear()  # nobody waits for the answer
    for disturbs in (False, True):
        await admit(people, "U1", "T1", disturbs=disturbs)
    await asyncio.sleep(0)
    assert len(slack.asked) == 2
    slack.open.set()
    for _ in range(5):  # its clock stands still: no sleep would end
        await asyncio.sleep(0)
    later += FRESH - 1
    await admit(people, "U1", "T1", disturbs=True)
    assert [method for method, _ in slack.asked[:2]] == 2 * ["users.info"]


async def test_a_glance_asks_nobody(people, slack):
    assert people.glance("U1", "T1") is None
    assert "another workspace" in people.glance("U1", "T2")
    assert slack.asked == []


async def test_a_prefetch_in_trouble_is_logged_and_harmless(people, slack):
    slack.fails = SlackUnsure("lost")
    with capture_logs() as lines:
        await people.prefetch()
    assert [line["event"] for line in lines] == ["people.not_prefetched"]


async def test_no_more_than_so_many_are_remembered(slack, monkeypatch):
    monkeypatch.setattr(module, "MANY", 3)
    people = People(slack, "T1")
    for number in range(5):
        slack.users[f"U{number}"] = {"id": f"U{number}", "team_id": "T1"}
        await admit(people, f"U{number}", "T1", disturbs=False)
    slack.asked.clear()
    for number in (2, 3, 4):
        await admit(people, f"U{number}", "T1", disturbs=False)
    assert slack.asked == []
