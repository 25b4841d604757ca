"""Refusals on the timeline: who was not let do what, bounded. Pure."""

from datetime import timedelta
from typing import Final

from bot.core.incident.apply_approvals import refusal_key
from bot.core.incident.approval_events import PressRefused
from bot.core.incident.commands import Context, Refuse
from bot.core.incident.events import Body
from bot.core.incident.state import Incident

AGAIN: Final = timedelta(minutes=1)
"""How long the same refusal is not written down again."""

MAX_REFUSALS: Final = 300
"""How many refusals one incident's timeline takes: then only the log tells of them."""


def refuse(state: Incident, command: Refuse, context: Context) -> tuple[Body, ...]:
    """Write down that somebody was refused, unless that was said a moment ago."""
    ruling = command.ruling
    told = PressRefused(
        step=command.step, deed=ruling.deed, why=ruling.why or "", could=ruling.could
    )
    before = state.refusals.get(refusal_key(context.by, told))
    if before is not None and context.now - before < AGAIN:
        return ()
    return (told,) if state.refused < MAX_REFUSALS else ()
