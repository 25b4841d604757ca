"""Whatever people ask for goes through one place, and a refusal is written down."""

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from desk_house import ELI, GALE, SAM, house

from bot.core.policy import Deed, Policy
from bot.engine.authority import Authority
from handlers.authorising import TYPED
from handlers.commands import _VERBS
from handlers.grammar import Verb

HANDLERS = Path(__file__).parents[2] / "handlers"
LEADS = Policy(
    groups={"leads": frozenset({SAM}), "crew": frozenset({"S0ONCALL"})},
    may={
        **Policy().may,
        Deed.ONE_PARTICIPANT: frozenset({"leads"}),
        Deed.POLICY_BOUND: frozenset({"crew"}),
    },
    given=True,
)


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as one:
        object.__setattr__(one.desk, "authority", Authority(LEADS, one.desk.people))
        yield one


def test_every_verb_that_can_be_typed_is_a_deed():
    assert set(TYPED) == set(get_args(Verb))
    assert set(_VERBS) == set(TYPED) - {"form"}


def test_nobody_but_the_one_place_asks_the_service_for_a_change():
    calls = re.compile(r"service\.(?:change|open|erase)\(")
    sources = {path.name: path.read_text("utf-8") for path in HANDLERS.glob("*.py")}
    callers = {name for name, text in sources.items() if calls.search(text)}
    assert callers == {"authorising.py"}


async def test_whoever_may_not_is_told_who_could_and_it_stands_on_the_timeline(at):
    incident = await at.ready()
    drawn = await at.draw(incident)
    for _ in range(3):
        await at.press(drawn["step:1:1"], "triage:run")
    assert "Who could: leads" in await at.whispered()
    refused = [b for b in await at.bodies(incident) if b.kind == "press.refused"]
    assert [(one.step, one.deed, one.could) for one in refused] == [
        ((1, 1), Deed.ONE_PARTICIPANT, ("leads",))
    ]


async def test_whoever_may_is_let_through(at):
    incident = await at.ready()
    drawn = await at.draw(incident)
    await at.press(drawn["step:1:1"], "triage:run", user=SAM)
    assert (await at.kinds(incident))[-1] == "action.asked"


async def test_a_refusal_to_what_was_typed_stands_on_the_channels_incident(at):
    incident = await at.open()
    said = await at.type("erase 1 It names somebody", user=GALE)
    assert "Guests cannot do that" in said
    assert (await at.kinds(incident))[-1] == "press.refused"


async def test_who_left_a_group_a_minute_ago_may_not_any_more(at):
    directory, crew = at.workspace.state.directory, at.workspace.settings.usergroups[0]
    directory.set_group(replace(crew, users=(SAM,)))
    incident = await at.open()
    said = await at.type("erase 1 It names somebody", user=SAM)
    assert "has no words to erase" in said
    directory.set_group(replace(crew, users=()))
    at.grow_old()
    said = await at.type("erase 1 It names somebody", user=SAM)
    assert "does not let you change what the policy binds" in said
    assert (await at.kinds(incident))[-1] == "press.refused"


async def test_without_a_policy_nothing_is_disturbed_and_everybody_may_look(tmp_path):
    async with house(tmp_path) as one:
        object.__setattr__(one.desk, "authority", Authority(Policy(), one.desk.people))
        incident = await one.ready()
        drawn = await one.draw(incident)
        await one.press(drawn["step:1:1"], "triage:run")
        assert "lets nobody" in await one.whispered()
        assert "Whoever runs this bot can change its policy." in await one.whispered()
        for line in ("export", "release 1.2.3", "erase 1 It names somebody"):
            assert "lets nobody" in await one.type(line)
        assert "action.asked" not in await one.kinds(incident)
        assert "blue" in await one.type("list")
        assert await one.type("resolve Over. anyway") is None
        assert (await one.kinds(incident))[-1] == "incident.resolved"


async def test_strangers_are_told_no_name_of_the_policys_groups(at):
    said = await at.type("release 1.2.3", user=ELI, channel="C0SHARED")
    assert "People of another workspace cannot do that. A full member" in said
    assert "crew" not in said


async def test_without_an_incident_a_refusal_is_said_all_the_same(at):
    at.workspace.state.directory.set_group(
        replace(at.workspace.settings.usergroups[0], users=(SAM,))
    )
    said = await at.type("release 1.2.3")
    assert "does not let you change what the policy binds" in said
    assert await at.incidents() == []
    assert "No runbook page" in await at.type("release 1.2.3", user=SAM)
