import asyncio

import pytest
from engine_story import FAST, SOON, House, ended
from pydantic import BaseModel

from bot.core.evidence import Verdict, ok
from bot.core.incident.commands import Resolve
from bot.core.incident.events import CheckCall, Purpose
from bot.core.incident.state import Status, StepStatus, Verb
from bot.engine import engine as engine_module
from bot.engine.look import Looker
from bot.errors import WorldError
from tests.fakes.scripted import CALM, LOOK, ScriptedCheck, failing, hang, page
from tests.fakes.world import world


def looker(**checks):
    return Looker(checks, world(), lambda: "ref-1")


def call(check="endpoint", **params):
    return CheckCall(number=1, check=check, params=params, purpose=Purpose.OPEN)


async def look(check, **params):
    seen, took = await looker(endpoint=check).look(call(**(params or {"room": "r1"})))
    assert took >= 0
    return seen


async def test_a_look_is_dated_when_it_began_and_signed():
    seen = await look(ScriptedCheck(lambda: ok("Two.", {"room.people": 2})))
    (fact,) = seen.facts
    assert (fact.source, fact.observed_at) == ("endpoint", world().now())


@pytest.mark.parametrize(
    ("script", "headline"),
    [
        (failing(WorldError("The server is away.")), "The server is away."),
        (hang, "No answer within 0.01 s."),
    ],
)
async def test_what_cannot_be_told_is_unknown_with_its_reason(script, headline):
    seen = await look(ScriptedCheck(script, TIMEOUT=0.01))
    assert (seen.verdict, seen.headline) == (Verdict.UNKNOWN, headline)
    assert seen.reference is None


@pytest.mark.parametrize(
    "script",
    [
        failing(KeyError("sid")),
        lambda: None,
        lambda: ok("A lone \ud800 surrogate."),
        lambda: ok("NaN.", {"a.b": float("nan")}),
    ],
)
async def test_a_check_that_fails_itself_is_unknown_with_a_reference(script, logged):
    seen = await look(ScriptedCheck(script))
    assert (seen.verdict, seen.reference) == (Verdict.UNKNOWN, "ref-1")
    assert "ref-1" in seen.headline
    (entry,) = logged
    assert (entry["event"], entry["reference"]) == ("check.crashed", "ref-1")
    assert entry["exc_info"]


async def test_a_check_that_cannot_be_asked_says_what_it_lacks():
    seen = await look(ScriptedCheck(), identity="alice")
    assert seen.headline == "It could not be asked: room is missing or wrong."


async def test_a_check_that_refuses_the_whole_says_so():
    class Nothing(BaseModel, extra="forbid"):
        def __init__(self, **_):
            super().__init__(room=1)

    seen = await look(ScriptedCheck(Params=Nothing))
    assert "could not be asked" in seen.headline


async def test_a_check_of_another_version_is_unknown():
    seen, _ = await looker().look(call("gone"))
    assert seen.headline == "This version of the bot has no check gone."


async def test_a_hanging_check_does_not_hold_the_others(store):
    house = House(store, {"endpoint": ScriptedCheck(hang, TIMEOUT=0.2)})
    async with house.running():
        await house.opened()
        state = await house.until(lambda state: "people" in state.latest())
        assert "endpoint" not in state.latest()
        state = await house.ranked()
    assert state.latest()["endpoint"].evidence.headline == "No answer within 0.2 s."


async def test_an_incident_goes_on_when_all_checks_fail_themselves(store):
    broken = ScriptedCheck(failing(RuntimeError("boom")))
    house = House(store, {"endpoint": broken, "people": broken, "connected": broken})
    async with house.running():
        await house.opened()
        state = await house.ranked()
        assert state.latest()["people"].evidence.reference
        await house.start(CALM)
        await house.press(Verb.CONFIRM)
        await house.press(Verb.CONFIRM)
        await house.until(ended)


async def test_looks_of_one_incident_are_taken_side_by_side(store):
    both = asyncio.Barrier(2)

    async def together():
        await both.wait()
        return ok("Here.")

    house = House(store, {n: ScriptedCheck(together) for n in ("endpoint", "people")})
    async with house.running():
        await house.opened()
        state = await house.ranked()
    assert {k.evidence.headline for k in state.latest().values()} == {"Here."}


async def test_only_so_many_looks_are_taken_at_once(store, monkeypatch):
    monkeypatch.setattr(engine_module, "MAX_LOOKS", 3)

    full, go = asyncio.Event(), asyncio.Event()
    check = ScriptedCheck(lambda: held(check, full, go))
    house = House(store, {"endpoint": check, "people": check})
    async with house.running():
        incidents = [await house.opened() for _ in range(8)]
        async with asyncio.timeout(SOON):
            await full.wait()
        go.set()
        for incident in incidents:
            await house.ranked(incident)
    assert (check.most, len(check.asked)) == (3, 16)


async def held(check, full, go):
    """Hold each look until three are taken at once."""
    if check.at_once == 3:
        full.set()
    await go.wait()
    return ok("Fine.")


async def test_a_failing_check_is_run_again_when_it_is_resolved(house):
    async with house.running():
        await house.opened()
        await house.ranked()
        await house.service.change("INC-1", Resolve("Over."), by="U0ANN")
        state = await house.until(lambda state: state.status is Status.HELD)
        assert state.failing == ("endpoint",)
        house.checks["endpoint"].script = lambda: ok("Up.", {"endpoint.up": True})
        await house.service.change("INC-1", Resolve("Over."), by="U0ANN")
        await house.until(lambda state: state.status is Status.RESOLVED)


async def test_a_check_step_looks_by_itself_and_again_when_told(house):
    async with house.running():
        await house.opened()
        await house.start(page("look", LOOK))
        await house.at(StepStatus.ATTENTION)
        house.checks["endpoint"].script = lambda: ok("Up.")
        await house.press(Verb.LOOK_AGAIN)
        await house.until(ended)


async def test_a_look_that_was_overtaken_is_let_go(house, logged):
    incident = await house.opened()
    state = await house.state(incident)
    waiting = next(state.unreported())
    for _ in range(2):
        await house.engine._look(incident, waiting)
    assert logged[-1]["event"] == "look.overtaken"
    assert FAST.opening[0] in (await house.state(incident)).latest()
