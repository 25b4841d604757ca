"""What the card says of a release or a rollback: verdict, proposals, rooms."""

from collections.abc import Iterator

from bot.core.incident.release_events import RecoveryOpened, RollbackProposed
from bot.core.incident.state import Incident, Status
from bot.core.release import Signed, verdict
from bot.core.report import Subject
from bot.core.rollback import MEANING, Trigger
from handlers.render import blocks as b
from handlers.render.blocks import Block
from handlers.render.words import literal, name, plural, prose, who

SHOWN = 10
"""How many rooms or incidents are named."""
NOT_COME_TO = "has no incident: the rollback was resolved before its turn"


def released(state: Incident) -> Iterator[Block]:
    """Yield the blocks of a release or a rollback; none of a room's incident."""
    if state.report.about is Subject.RELEASE:
        yield b.section(_verdict(state))
    for one in state.proposals:
        yield b.section(_proposed(one))
    if state.impacted:
        yield b.section(_rooms(state))


def _verdict(state: Incident) -> str:
    said = verdict(state)
    sign = (
        ":white_check_mark: *Verdict: go.*"
        if said.go
        else ":no_entry: *Verdict: no-go.*"
    )
    lines = [
        sign,
        *(f"• Missing: {prose(lack[:200])}" for lack in said.missing[:SHOWN]),
    ]
    return "\n".join([*lines, *map(_signed, said.signed[:SHOWN])])


def _signed(one: Signed) -> str:
    given = ", ".join(name(answer, 120) for answer in one.answers.values())
    told = f": {given}" if given else ""
    return f"• Signed: {name(one.title, 80)} {who(one.by)} {b.date(one.at)}{told}"


def _proposed(one: RollbackProposed) -> str:
    why = MEANING[Trigger(one.trigger)]
    rooms = plural(len(one.rooms), "room")
    where = ", ".join(name(incident) for incident in one.incidents[:SHOWN])
    return (
        f":rewind: *A rollback is proposed: {why}.* Seen in {rooms} since the release; "
        f"{one.needed} are enough. Incidents: {where}. Nothing is done by itself: "
        "`/triage rollback` opens one."
    )


def _rooms(state: Incident) -> str:
    done = {one.room: one for one in state.recoveries}
    none = "waits for its turn" if state.status is not Status.RESOLVED else NOT_COME_TO
    rooms = [_room(room, done.get(room), none) for room in state.impacted[:SHOWN]]
    left = len(state.impacted) - len(rooms)
    more = [f"…and {left} more."] if left else []
    return "\n".join(["*Impacted rooms*", *rooms, *more])


def _room(room: str, recovery: RecoveryOpened | None, none: str) -> str:
    if recovery is None:
        return f"• {literal(room, 80)}: {none}"
    page = f", {name(recovery.slug)}" if recovery.slug else ", no page started"
    return f"• {literal(room, 80)}: {name(recovery.incident)}{page}"
