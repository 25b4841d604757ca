"""A runbook walked through in memory: everything is shown and nothing is touched."""

import asyncio
from dataclasses import replace

import pytest
from engine_story import ANN, BEN, FAST, SOON, House, step_of

from bot.core.actions import Effect
from bot.core.evidence import bad, ok, unknown
from bot.core.incident.commands import Resolve
from bot.core.incident.state import Status, StepStatus, Verb
from bot.core.policy import Caps, Policy
from bot.core.report import Report
from bot.engine.dry_run import IMAGINED, DryRun
from bot.engine.look import Looker
from bot.engine.planning import Planner
from bot.errors import WorldError
from bot.world.looking import OnlyLooks, only_looks
from tests.fakes.scripted import (
    BLIND,
    CALM,
    CAREFUL,
    EMPTY,
    HALT,
    KICK,
    KICK_BLINDLY,
    PLAN,
    REPAIR,
    ROOM,
    TALK,
    failing,
    page,
)
from tests.fakes.world import ALICE, FakeRooms, world
from tests.fakes.world import ROOM as HERE


def dry(house):
    looking = only_looks(world(clock=house.now))
    rules = house.service.rules
    looker = Looker(house.checks, looking, lambda: "ref-1")
    return DryRun(house.service, looker, Planner(house.actions, looking, rules))


async def walked(house, book, incident="INC-1", by=BEN):
    state = await house.state(incident)
    events = await house.service.events(incident)
    async with asyncio.timeout(SOON):
        return [one async for one in dry(house).walk(state, events, book, by=by)]


def statuses(moments):
    return [one.step.status for one in moments]


@pytest.fixture
async def ranked(house):
    """An incident that the engine has looked at, and that nobody touches now."""
    async with house.running():
        await house.opened()
        await house.ranked()
    return house


async def test_each_step_is_shown_once_and_in_order_as_it_would_be(ranked):
    ranked.checks["endpoint"].script = lambda: unknown("It does not answer.")
    moments = await walked(ranked, REPAIR)
    assert [one.step.number for one in moments] == [1, 2, 3, 4]
    assert statuses(moments) == [
        StepStatus.OPEN,
        StepStatus.ATTENTION,
        StepStatus.READY,
        StepStatus.BARRED,
    ]
    assert moments[2].step.plan == PLAN


async def test_nothing_of_it_is_kept_intended_or_held(ranked):
    before = await ranked.service.events("INC-1")
    moments = await walked(ranked, REPAIR)
    assert await ranked.service.events("INC-1") == before
    assert ranked.kick.acts == []
    shown = {event.body.kind for event in moments[-1].events}
    assert not shown & {"action.asked", "action.intended"}
    assert (await ranked.state()).runs == ()


async def test_its_looks_are_really_taken(ranked):
    asked = len(ranked.checks["endpoint"].asked)
    await walked(ranked, REPAIR)
    assert len(ranked.checks["endpoint"].asked) == asked + 1


async def test_a_check_that_is_ok_is_shown_and_passed_as_in_life(ranked):
    ranked.checks["endpoint"].script = lambda: ok("It answers.")
    moments = await walked(ranked, REPAIR)
    assert statuses(moments)[1] is StepStatus.DONE


async def test_stops_and_what_waits_for_answers_are_shown_with_their_reasons(ranked):
    ranked.checks["people"].script = lambda: bad("Empty.", {"room.people": 0})
    moments = await walked(ranked, page("halting", HALT, TALK))
    assert statuses(moments)[1] is StepStatus.OPEN
    moments = await walked(ranked, CAREFUL)
    assert [one.step.number for one in moments] == [1, 2, 3, 4]
    assert "told.seen" in moments[2].step.why


async def test_what_cannot_be_planned_says_why(ranked):
    ranked.kick.planned = failing(WorldError("Nobody is there."))
    (first, _) = await walked(ranked, BLIND)
    assert (first.step.status, first.step.why) == (
        StepStatus.UNREADY,
        "Nobody is there.",
    )


async def test_the_blast_radius_is_counted_from_the_live_room_and_capped(store):
    rules = replace(FAST, policy=Policy(caps=Caps(participants=0)))
    house = House(store, rules=rules)
    async with house.running():
        await house.opened()
        await house.ranked()
    (first, _) = await walked(house, BLIND)
    assert "disturb 1 participants" in first.step.why


async def test_each_act_comes_with_what_the_policy_demands_and_nothing_else_does(
    store,
):
    policy = Policy(approvals={**Policy().approvals, Effect.ONE_PARTICIPANT: 2})
    house = House(store, rules=replace(FAST, policy=policy))
    async with house.running():
        await house.opened()
        await house.ranked()
    moments = await walked(house, REPAIR)
    told = [one.demand and one.demand.needed for one in moments]
    assert told == [None, None, 2, None]
    assert moments[2].demand.effect is Effect.ONE_PARTICIPANT


async def test_who_holds_the_target_now_is_shown(house):
    never = asyncio.Event()
    house.kick.acting = never.wait
    async with house.running():
        await house.opened()
        await house.ready(BLIND)
        await house.press(Verb.RUN)
        await house.at(StepStatus.RUNNING)
        await house.opened()
        await house.ranked("INC-2")
        (first, _) = await walked(house, BLIND, "INC-2")
    assert first.step.status is StepStatus.BLOCKED
    assert first.step.obstacle.holder.incident == "INC-1"


async def test_a_resolved_incident_and_one_that_acts_can_be_tried_too(house):
    async with house.running():
        await house.opened()
        await house.ready(BLIND)
        moments = await walked(house, CALM)
        assert statuses(moments) == [StepStatus.OPEN, StepStatus.OPEN]
        assert moments[0].step.ref.run == 2
        await house.service.change("INC-1", Resolve(anyway=True), by=ANN)
        moments = await walked(house, BLIND)
    assert statuses(moments)[0] is StepStatus.READY
    assert (await house.state()).status is Status.RESOLVED
    assert step_of(await house.state()).status is StepStatus.READY


async def test_a_page_without_steps_has_nothing_to_show(ranked):
    assert await walked(ranked, EMPTY) == []


async def test_an_action_that_no_call_names_cannot_be_planned(ranked):
    odd = KICK_BLINDLY.model_copy(update={"call": None})
    (only,) = await walked(ranked, page("odd", odd))
    assert "does not have the action" in only.step.why
    assert only.demand.effect is Effect.IRREVERSIBLE


async def test_facts_that_never_last_do_not_keep_it_for_ever(ranked):
    ranked.checks["people"].script = lambda: unknown("It does not say.")
    guarded = KICK.model_copy(update={"when": "room.people > 7"})
    (only,) = await walked(ranked, page("never", guarded))
    assert only.step.status is StepStatus.BARRED


async def test_without_an_incident_one_is_imagined_with_its_first_looks(house):
    report = Report(room=ROOM, participant="alice")
    state, events = await dry(house).imagined(report, by="the terminal")
    assert state.id == IMAGINED
    assert state.ranking is not None
    assert {"endpoint.up", "room.people"} <= set(state.facts)
    assert events[0].by == "the terminal"
    assert await house.store.heads() == []


async def test_a_world_for_looking_refuses_every_change_before_it_is_made():
    rooms = FakeRooms()
    rooms.put(ALICE)
    here = only_looks(world(rooms=rooms)).rooms
    with pytest.raises(OnlyLooks):
        await here.remove(HERE, ALICE)
    with pytest.raises(OnlyLooks):
        await here.send(HERE, b"x")
    assert (rooms.removed, rooms.sent) == ([], [])
    assert (await here.participant(HERE, ALICE)).identity == ALICE
    assert [one.identity for one in await here.participants(HERE)] == [ALICE]
    assert [one.name for one in await here.rooms([HERE])] == [HERE]
