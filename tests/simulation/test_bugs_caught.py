"""Bugs that are put into the bot are found, each by the invariant that it breaks."""

from dataclasses import replace

import pytest

from bot.engine import act
from bot.store import writes
from handlers import adopt, brush, steps
from handlers.notices import Notices
from tests.simulation.run import tell
from tests.simulation.story import Story

pytestmark = pytest.mark.e2e

TRIES = 12
"""Seeds that are tried until the bug shows: chance may spare the bot once or twice."""

PLAIN = Story(
    seed=0,
    scene="expired-token",
    transport="http",
    speed=10.0,
    fates=(),
    people=(6,),
    rest=3.0,
    wait=0.0,
    mischief=0,
    resolves=False,
)
TROUBLED = replace(PLAIN, mischief=25, people=(6, 6))


def _found(told: Story) -> str:
    """Return what is found wrong in the first seeds of a story, until anything is."""
    for seed in range(TRIES):
        wrong = tell(replace(told, seed=seed)).wrong
        if wrong:
            return "\n".join(wrong)
    return ""


def test_without_a_bug_nothing_is_found():
    assert tell(PLAIN).wrong == ()
    assert tell(TROUBLED).wrong == ()


def test_a_store_that_forgets_receipts_opens_incidents_twice(monkeypatch):
    monkeypatch.setattr(writes, "_add_receipt", lambda *_: None)
    assert "opened 2 incidents" in _found(TROUBLED)


def test_a_reconciler_that_adopts_nothing_posts_twice(monkeypatch):
    async def nothing_is_there(*_):
        return None

    monkeypatch.setattr(adopt, "find", nothing_is_there)
    assert "was posted 2 times" in _found(TROUBLED)


def test_an_act_without_its_intent_is_found(monkeypatch):
    tell_it = act.Actor._tell

    async def forgetful(self, incident, command):
        if isinstance(command, act.Intend):
            return await self.service.load(incident)
        return await tell_it(self, incident, command)

    monkeypatch.setattr(act.Actor, "_tell", forgetful)
    assert "without an intent" in _found(PLAIN)


def test_refusals_that_are_never_delivered_are_found(monkeypatch):
    async def nobody_is_told(*_):
        return 0.0

    monkeypatch.setattr(Notices, "_deliver_all", nobody_is_told)
    assert "was not answered" in _found(replace(PLAIN, people=(8, 8), rest=0.3))


def test_presses_that_are_taken_and_dropped_are_found(monkeypatch):
    async def dropped(*_):
        return None

    monkeypatch.setattr(steps, "press", dropped)
    assert "was not answered" in _found(PLAIN)


def test_a_message_that_is_never_updated_is_found(monkeypatch):
    async def unchanged(self, drawing, message):
        return drawing

    monkeypatch.setattr(brush.Brush, "update", unchanged)
    assert "shows other blocks than it should" in _found(PLAIN)
