"""A room in which people throw each other out for days."""

import pytest

from bot.core.incident.events import TransitionsSeen
from bot.core.incident.telling import AS_THEY_COME
from tests.simulation import run
from tests.simulation.kept import kept
from tests.simulation.story import FLAPPING, Story

pytestmark = pytest.mark.e2e

JUMPS = 200
"""Jumps of the clock in three days; at each of them somebody is thrown out."""
FEW = AS_THEY_COME + 40 + 3 * 24
"""As they come, then with growing pauses, at last once in an hour: in three days."""

DAYS = Story(
    seed=1,
    scene=FLAPPING,
    transport="http",
    hears=False,
    speed=10.0,
    fates=(),
    people=(2,),
    rest=3.0,
    wait=3 * 86_400.0,
    mischief=0,
    resolves=False,
    jumps=JUMPS,
    new=False,
)


def test_a_room_that_flaps_for_days_floods_neither_the_timeline_nor_slack(monkeypatch):
    found, broken = [], run.broken

    async def noting(world, record):
        found.extend((await kept(world.database)).incidents)
        found.append(len(world.workspace.journal))
        return await broken(world, record)

    monkeypatch.setattr(run, "broken", noting)
    assert run.tell(DAYS, whole=False).wrong == ()
    told, calls = found
    bodies = [one.body for one in told.events]
    seen = [one for one in bodies if isinstance(one, TransitionsSeen)]
    counted = sum(one.count for one in told.state.counted)
    assert counted + sum(len(one.transitions) for one in seen) > JUMPS
    assert len(seen) <= FEW
    assert calls < 2 * FEW
