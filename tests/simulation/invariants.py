"""What must hold when all is over, whatever went wrong meanwhile."""

from collections.abc import Iterator

from tests.simulation.answered import unanswered, wrong_openings
from tests.simulation.exporting import wrong_exports
from tests.simulation.files import wrong_files
from tests.simulation.kept import Kept, kept
from tests.simulation.lost import wrong_doubts
from tests.simulation.probing import wrong_looks
from tests.simulation.record import Record
from tests.simulation.shown import refused_calls, wrong_messages
from tests.simulation.timelines import wrong_deeds_in_the_world, wrong_timelines
from tests.simulation.world import World

LOUD = frozenset({"error", "exception", "critical"})
"""Levels at which the bot logs what somebody must look at; faults are no such thing."""

BAD_DISK = ("The disk is full. ", "The database is read-only. ")
"""The plain words in which the bot must say that the disk takes nothing more."""

IN_ROOMS = {"announce-handshakes": 1}
"""What disturbs a room, and how many must approve it by the rehearsal's policy."""


async def broken(world: World, record: Record) -> list[str]:
    """Return what does not hold, in words."""
    found = await kept(world.database)
    return [*_of_the_bot(world, record), *_of_what_is_kept(world, found)]


def _of_the_bot(world: World, record: Record) -> Iterator[str]:
    if any(world.keeper.codes):
        yield f"it ended with {world.keeper.codes}"
    yield from world.loop.troubles
    bad_disk = BAD_DISK if world.mischief.bad_disks else ()
    for why in world.keeper.unstarted:
        if not any(words in why for words in bad_disk):
            yield f"it did not start: {why}"
    for level, event, told in record.logged:
        if level in LOUD and not any(words in told for words in bad_disk):
            yield f"it logged {event}: {told[:300]}"
    yield from refused_calls(world.workspace)
    if world.prober:
        yield from wrong_looks(world.prober, world.deployment.plane)
    for said in world.turning.untold:
        yield f"it did not tell that its clock was wrong: {said}"


def _of_what_is_kept(world: World, found: Kept) -> Iterator[str]:
    incidents, deeds = found.incidents, world.deeds.all
    needed = {"reconnect-participant": world.story.approvals, **IN_ROOMS}
    yield from wrong_timelines(incidents, needed)
    clock, journal = world.loop.clock, world.deployment.journal.entries
    yield from wrong_deeds_in_the_world(incidents, journal, clock)
    yield from wrong_doubts(incidents, journal)
    yield from wrong_messages(world.workspace, incidents)
    yield from wrong_openings(deeds, incidents)
    yield from unanswered(world.workspace, deeds, incidents, clock)
    yield from wrong_files(world.workspace, world.dropping.all, incidents)
    disturbed = len(world.keeper.lives) > 1 or world.mischief.bad_disks > 0
    yield from wrong_exports(
        world.workspace, world.deeds, incidents, disturbed=disturbed
    )
    for notice in found.notices:
        yield f"{notice.user} was never told: {notice.text!r}"
    for incident in found.behind:
        yield f"incident {incident} is not shown as it is"
