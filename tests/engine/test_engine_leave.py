"""Right before an act the engine asks once more whether everybody may."""

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from engine_story import ACT, ANN, BEN, FAST, House

from bot.actions import announce_handshakes
from bot.core.actions import Effect, Plan
from bot.core.incident.commands import Press
from bot.core.incident.state import StepStatus, Verb
from bot.core.policy import Deed, Standing
from bot.engine.authority import Authority, NobodyKnown
from tests.fakes.allowed import EVERYTHING
from tests.fakes.scripted import ROOM, ScriptedAction

ONE_OTHER = replace(EVERYTHING, approvals={**EVERYTHING.approvals, Effect.ROOM: 1})
WATCHED = replace(FAST, policy=ONE_OTHER, effects={"kick": Effect.ROOM})


def ruled_by(page):
    """Return rules whose library has this page."""
    return replace(WATCHED, library={**WATCHED.library, page.slug: page})


@asynccontextmanager
async def asking(house):
    """Let Ann ask for what another must approve."""
    async with house.running():
        await house.opened()
        await house.ready()
        await house.press(Verb.RUN)
        await house.at(StepStatus.AWAITING)
        yield house


@pytest.fixture
async def asked(store):
    async with asking(House(store, rules=WATCHED)) as house:
        yield house


@pytest.fixture
async def asked_for_two(store):
    """The same for what reaches everybody in a room: alice and bob."""
    house = House(store, rules=WATCHED, actions={"kick": announce_handshakes})
    for identity in ("alice", "bob"):
        house.rooms.put(identity, room=ROOM)
    async with asking(house):
        yield house


async def approve(house, verb=Verb.APPROVE):
    state = await house.state()
    step = state.run.current()
    press = Press(step.ref, verb, "So.", step.approval.digest)
    return await house.service.change(state.id, press, by=BEN)


async def test_what_another_approved_is_done_once(asked):
    await approve(asked)
    await asked.until(lambda state: state.run.current() is None)
    assert len(asked.kick.acts) == 1


async def test_what_was_approved_by_an_earlier_page_is_not_done_after_a_restart(store):
    house = House(store, rules=ruled_by(ACT))
    async with asking(house):
        pass
    await approve(house)
    house.rules = ruled_by(ACT.model_copy(update={"sha256": "ef" * 32}))
    house.restart()
    async with house.running():
        state = await house.at(StepStatus.READY)
        assert "page was changed" in state.run.current().void
        await house.press(Verb.RUN)
        state = await house.at(StepStatus.AWAITING)
        assert state.run.current().approval.given_by == ()
        assert house.kick.acts == []
        await approve(house)
        await house.until(lambda state: state.run.current() is None)
    assert len(house.kick.acts) == 1


async def test_nothing_is_done_before(asked):
    assert asked.kick.acts == []


@pytest.mark.parametrize("person", [ANN, BEN])
async def test_whoever_may_not_any_more_stops_the_act(asked, person):
    asked.people.people[person] = Standing(person, refused="Guests cannot do that.")
    await approve(asked)
    state = await asked.at(StepStatus.UNREADY)
    assert "may not" in state.run.current().why
    assert asked.kick.acts == []
    assert "action.refused" in await asked.kinds()


async def test_broken_glass_spares_approvals_and_no_leave(asked):
    asked.people.people[BEN] = Standing(BEN, member=False)
    await approve(asked, Verb.BREAK_GLASS)
    await asked.at(StepStatus.UNREADY)
    assert asked.kick.acts == []


async def test_what_disturbs_is_asked_freshly(asked):
    await approve(asked)
    await asked.until(lambda state: state.run.current() is None)
    assert asked.people.asked[-2:] == [(ANN, True), (BEN, True)]


async def test_without_anybody_who_knows_people_nothing_disturbs():
    authority = Authority(EVERYTHING, NobodyKnown())
    assert not (await authority.rule(Deed.ROOM, ANN)).allows
    assert (await authority.rule(Deed.OPEN, ANN)).allows


async def test_what_was_approved_for_two_is_not_done_to_two_others(asked_for_two):
    asked_for_two.rooms.drop("bob", room=ROOM)
    asked_for_two.rooms.put("carol", room=ROOM)
    await approve(asked_for_two)
    state = await asked_for_two.at(StepStatus.READY)
    assert state.run.current().void == "What it would touch has changed."
    assert asked_for_two.rooms.sent == []
    await asked_for_two.press(Verb.RUN)
    state = await asked_for_two.at(StepStatus.AWAITING)
    assert state.run.current().approval.given_by == ()
    await approve(asked_for_two)
    await asked_for_two.until(lambda state: state.run.current() is None)
    assert len(asked_for_two.rooms.sent) == 1


async def test_those_who_are_reached_stand_nowhere_in_what_is_kept(asked_for_two):
    (asked,) = [
        event.body
        for event in await asked_for_two.service.events("INC-1")
        if event.body.kind == "approval.asked"
    ]
    assert "bob" not in asked.model_dump_json()


async def test_a_plan_from_before_people_were_bound_is_asked_for_anew(store):
    counted = Plan(target="2", blast="2", touches=2, binding={"participants": 2})
    script = ScriptedAction(planned=lambda: counted)
    async with asking(House(store, rules=WATCHED, actions={"kick": script})) as house:
        for identity in ("alice", "bob"):
            house.rooms.put(identity, room=ROOM)
        house.actions["kick"] = announce_handshakes
        await approve(house)
        await house.at(StepStatus.READY)
        assert house.rooms.sent == []
        assert "approval.voided" in await house.kinds()
