"""Which rooms a rollback still has to come to."""

from bot.core.incident.state import Incident


def unrecovered(state: Incident) -> tuple[str, ...]:
    """Return the rooms that a rollback was asked to recover and has not come to."""
    done = {one.room for one in state.recoveries}
    return tuple(room for room in state.impacted if room not in done)
