"""Presses of buttons: who may, where, once; and the small form that asks why."""

import asyncio

import pytest
from desk_house import (
    ELI,
    GALE,
    HERE,
    LOU,
    ROBIN,
    SAM,
    SHARED,
    calls,
    house,
    plan,
    step_button,
)

from bot.core.evidence import Verdict
from bot.core.incident import commands as c
from bot.core.incident.events import StepRef
from bot.core.incident.press import plan_digest
from bot.core.incident.state import Verb
from handlers.refs import RequestButton, StartButton
from rehearsal.slack.faults import Delay, Fault, Status

FIRST = "step:1:1"


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        yield up


@pytest.fixture
def aged(monkeypatch):
    """Let what Slack told of people be old."""
    monkeypatch.setattr("handlers.asking.FRESH", -1.0)


async def settled(at, incident):
    return [b for b in await at.bodies(incident) if b.kind == "step.settled"]


async def test_a_press_settles_the_step_for_who_pressed(at):
    incident = await at.started()
    drawn = await at.draw(incident)
    before = calls(at)
    assert (await at.press(drawn[FIRST], "triage:confirm")).ok
    events = await at.desk.service.events(incident)
    [told] = [event for event in events if event.body.kind == "step.settled"]
    assert (told.by, told.body.how) == (ROBIN, "confirmed")
    assert calls(at) == before


async def test_a_press_from_another_workspace_is_refused_by_the_payload_alone(at):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:confirm", user=GALE)
    forged = at.last()
    forged["user"] = {**forged["user"], "id": ROBIN, "team_id": "T0OTHER"}
    forged["actions"][0]["action_ts"] = "9.9"
    asked = calls(at, "users.info")
    await at.send(forged)
    assert "People of another workspace cannot do that." in await at.whispered()
    assert await settled(at, incident) == []
    assert calls(at, "users.info") == asked


async def test_the_second_of_two_people_is_told_who_was_first_and_when(at):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:confirm", user=SAM)
    await at.press(drawn[FIRST], "triage:confirm")
    told = await at.whispered()
    assert "Step 1 is done." in told
    assert f"<@{SAM}> <!date^" in told
    assert at.workspace.ephemerals(SAM) == []
    assert len(await settled(at, incident)) == 1


async def test_of_two_presses_at_once_one_wins(at):
    drawn = await at.draw(incident := await at.started())
    ts = drawn[FIRST]
    await asyncio.gather(
        at.press(ts, "triage:confirm", user=SAM), at.press(ts, "triage:confirm")
    )
    await at.workspace.wait_for(
        lambda: at.workspace.ephemerals(SAM) or at.workspace.ephemerals(ROBIN)
    )
    assert len(await settled(at, incident)) == 1


async def test_the_same_press_delivered_twice_is_one_and_nobody_is_told_off(at):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:confirm")
    assert await at.send(at.last()) == (200, "")
    assert len(await settled(at, incident)) == 1
    assert await at.store.notices(at.clock.at, 10) == []


async def test_a_runbook_is_started_by_its_button(at):
    incident = await at.open()
    drawn = await at.draw(incident)
    await at.press(drawn["card"], "triage:resolve")
    pressed = at.last()
    pressed["actions"][0] |= {
        "action_id": "triage:start:1",
        "action_ts": "9.9",
        "value": StartButton(incident=incident, slug="restart-router").encoded(),
    }
    assert (await at.send(pressed))[0] == 200
    assert "runbook.started" in await at.kinds(incident)


async def test_resolve_anyway_and_reopen_work_from_the_card(at):
    incident = await at.open()
    await at.report(incident, 1, Verdict.BAD)
    await at.press((await at.draw(incident))["card"], "triage:resolve")
    await at.report(incident, 2, Verdict.BAD)
    await at.press((await at.draw(incident))["card"], "triage:resolve-anyway")
    assert (await at.incidents())[0].status == "resolved"
    await at.press((await at.draw(incident))["card"], "triage:reopen")
    assert (await at.incidents())[0].status == "open"


async def test_run_on_the_plan_that_was_shown_is_taken(at):
    drawn = await at.draw(incident := await at.ready())
    await at.press(drawn[FIRST], "triage:run")
    assert "action.asked" in await at.kinds(incident)


async def test_run_on_an_older_plan_is_refused(at):
    drawn = await at.draw(incident := await at.ready("PA_1"))
    step = StepRef(1, 1)
    await at.do(incident, c.Press(step, Verb.LOOK_AGAIN), by=SAM)
    await at.do(incident, c.Prepared(step, plan("PA_2")))
    await at.press(drawn[FIRST], "triage:run")
    assert "older plan" in await at.whispered()
    assert "action.asked" not in await at.kinds(incident)


@pytest.mark.parametrize("forged", [None, plan_digest(plan("PA_9"))])
async def test_run_without_the_plans_mark_is_refused(at, forged):
    drawn = await at.draw(incident := await at.ready())
    await at.press(drawn[FIRST], "triage:look-again")
    pressed = at.last()
    await at.do(incident, c.Prepared(StepRef(1, 1), plan()))
    pressed["actions"][0] |= {
        "action_id": "triage:run",
        "action_ts": "9.9",
        "value": step_button(incident, shown=forged),
    }
    await at.send(pressed)
    assert "older plan" in await at.whispered()


async def test_a_press_in_another_channel_is_refused(at):
    incident = await at.started()
    other = await at.open("far", channel=SHARED)
    drawn = await at.draw(other)
    await at.press(drawn["card"], "triage:resolve")
    pressed = at.last()
    value = step_button(incident)
    pressed["actions"][0] |= {"action_id": "triage:confirm", "value": value}
    await at.send(pressed)
    told = await at.whispered()
    assert "belongs to another channel" in told
    assert await settled(at, incident) == []


@pytest.mark.parametrize(
    ("action", "value", "said"),
    [
        ("triage:confirm", "", "cannot be read"),
        ("triage:confirm", '{"i":"inc1"}', "cannot be read"),
        ("triage:dance", step_button("inc1"), "another version"),
        ("triage:confirm", step_button("inc9"), "no incident inc9"),
        ("triage:confirm", step_button("inc1", step=7), "no such step"),
        ("triage:start:1", '{"i":"inc1","b":"zzz"}', "no runbook of that name"),
    ],
)
async def test_what_a_button_never_carried_is_refused_in_words(at, action, value, said):
    drawn = await at.draw(await at.started())
    await at.press(drawn[FIRST], "triage:confirm", user=SAM)
    pressed = at.last()
    pressed["user"]["id"] = ROBIN
    pressed["actions"][0] |= {"action_id": action, "value": value, "action_ts": "9.9"}
    assert (await at.send(pressed))[0] == 200
    assert said in await at.whispered()


@pytest.mark.parametrize(
    ("user", "said"),
    [(GALE, "Guests"), (ELI, "another workspace"), (LOU, "deactivated")],
)
async def test_who_may_not_act_is_told_and_nothing_happens(tmp_path, user, said):
    async with house(tmp_path, delivers=False) as at:
        drawn = await at.draw(incident := await at.started())
        await at.press(drawn[FIRST], "triage:skip", user=SAM)
        pressed = at.last()
        team = at.workspace.state.directory.team_of(user)
        pressed["user"] = {"id": user, "team_id": team}
        pressed["actions"][0]["action_id"] = "triage:confirm"
        await at.send(pressed)
        [notice] = await at.store.notices(at.clock.at, 10)
        assert (notice.user, notice.channel) == (user, HERE)
        assert said in notice.text
        assert "A full member of this workspace can." in notice.text
        assert await settled(at, incident) == []


async def test_what_disturbs_asks_slack_again_and_is_refused_in_its_trouble(at, aged):
    confirming = await at.draw(await at.started())
    running = await at.draw(incident := await at.ready())
    at.workspace.faults.add(Fault("users.info", Status(500), times=None))
    await at.press(confirming[FIRST], "triage:confirm")
    assert len(await settled(at, "inc1")) == 1
    await at.press(running[FIRST], "triage:run")
    assert "who you are right now" in await at.whispered()
    assert "action.asked" not in await at.kinds(incident)
    at.workspace.faults.clear()
    await at.press(running[FIRST], "triage:run")
    assert "action.asked" in await at.kinds(incident)


async def test_slack_that_is_slow_to_say_who_it_is_does_not_hold_the_press(
    at, aged, monkeypatch
):
    monkeypatch.setattr("handlers.people.PATIENCE", 0.1)
    drawn = await at.draw(await at.ready())
    at.workspace.faults.add(Fault("users.info", Delay(1.0)))
    seen = await at.press(drawn[FIRST], "triage:run")
    assert seen.ok
    assert "who you are right now" in await at.whispered()


async def test_what_only_one_person_sees_stands_in_the_thread(at):
    drawn = await at.draw(await at.started())
    await at.press(drawn[FIRST], "triage:confirm", user=SAM)
    await at.press(drawn[FIRST], "triage:confirm")
    await at.whispered()
    [seen] = at.workspace.ephemerals(ROBIN)
    assert seen["channel"] == HERE
    assert seen["thread_ts"] == drawn["card"]


async def test_presses_of_other_elements_are_taken_and_ignored(at):
    drawn = await at.draw(incident := await at.started())
    await at.press(drawn[FIRST], "triage:confirm")
    pressed = at.last()
    pressed["actions"][0] |= {"action_id": "link-to-somewhere", "action_ts": "9.9"}
    assert await at.send(pressed) == (200, "")
    assert len(await settled(at, incident)) == 1


async def ranked(at):
    """Open an incident and come to its ranking; return it with what was drawn."""
    incident = await at.open()
    await at.report(incident, 1)
    return incident, await at.draw(incident)


async def test_a_look_that_the_ranking_lacks_is_asked_for_by_its_button(at):
    incident, drawn = await ranked(at)
    assert (await at.press(drawn["ranking"], "triage:request")).ok
    [asked] = [b for b in await at.bodies(incident) if b.kind == "checks.requested"][1:]
    assert [one.check for one in asked.calls] == ["listen"]


async def test_the_second_who_asks_for_a_look_is_told_who_was_first(at):
    _, drawn = await ranked(at)
    await at.press(drawn["ranking"], "triage:request", user=SAM)
    await at.press(drawn["ranking"], "triage:request")
    told = await at.whispered()
    assert "looking already" in told
    assert f"<@{SAM}>" in told


async def test_a_guest_cannot_ask_for_a_look(at):
    incident, drawn = await ranked(at)
    await at.press(drawn["ranking"], "triage:request", user=GALE)
    assert "Guests cannot" in await at.whispered(GALE)
    assert (await at.kinds(incident)).count("checks.requested") == 1


async def test_a_look_of_several_has_a_numbered_button(at):
    incident, drawn = await ranked(at)
    await at.press(drawn["card"], "triage:resolve")
    pressed = at.last()
    value = RequestButton(incident=incident, check="listen").encoded()
    pressed["actions"][0] |= {"action_id": "triage:request:1", "value": value}
    await at.do(incident, c.Reopen())
    await at.report(incident, 2)
    pressed["actions"][0]["action_ts"] = "9.9"
    assert (await at.send(pressed))[0] == 200
    assert (await at.kinds(incident)).count("checks.requested") == 3
