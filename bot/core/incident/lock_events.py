"""An action whose target somebody else holds, or that would go over a cap."""

from typing import Literal

from pydantic import BaseModel

from bot.core.actions import Plan
from bot.core.incident.step_ref import StepRef
from bot.core.locks import Obstacle


class ActionBlocked(BaseModel, frozen=True):
    """The action may not be run now: its target is held, or a cap is reached.

    Nothing was done. `asked_by` is who had pressed Run, if somebody had.
    """

    kind: Literal["action.blocked"] = "action.blocked"
    step: StepRef
    plan: Plan
    obstacle: Obstacle
    asked_by: str | None = None
