"""An action that may not begin now, and that may again."""

from typing import Final

from bot.core.incident import commands as c
from bot.core.incident import events as e
from bot.core.incident import must
from bot.core.incident.approving import void
from bot.core.incident.commands import Context
from bot.core.incident.events import Body
from bot.core.incident.lock_events import ActionBlocked
from bot.core.incident.state import Incident, StepStatus

NOT_FREE: Final = "It cannot begin now, so it must be approved anew when it can."
_MAY_BE_BLOCKED = (
    *(StepStatus.PREPARING, StepStatus.READY),
    *(StepStatus.ASKED, StepStatus.BLOCKED),
)


def block(state: Incident, command: c.Block, _: Context) -> tuple[Body, ...]:
    """Say what blocks the action, and to whom who had pressed Run; once."""
    step = must.be_at(state, command.step, *_MAY_BE_BLOCKED)
    if step.status is StepStatus.BLOCKED and step.obstacle == command.obstacle:
        return ()
    blocked = ActionBlocked(
        step=step.ref,
        plan=command.plan,
        obstacle=command.obstacle,
        asked_by=step.by if step.status is StepStatus.ASKED else None,
    )
    return (*void(step, "held", NOT_FREE), blocked)


def unblock(state: Incident, command: c.Unblock, _: Context) -> tuple[Body, ...]:
    """Let the action be planned anew: what it would touch may have changed."""
    must.be_open(state)
    step = must.be_at(state, command.step, StepStatus.BLOCKED)
    return (e.StepReached(step=step.ref),)
