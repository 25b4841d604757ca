"""Looking up what an action would touch: nothing is changed by it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError

from bot.actions.shape import Action, Actions
from bot.core.actions import Plan
from bot.core.incident.commands import Rules
from bot.core.incident.events import StepRef
from bot.core.incident.state import Incident, StepState
from bot.core.locks import too_many
from bot.core.runbook.fill import fill
from bot.errors import BotError
from bot.world import World

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Planner:
    """Plans the actions of steps, within the caps of the policy."""

    actions: Actions
    world: World
    rules: Rules

    async def plan(self, state: Incident, ref: StepRef) -> tuple[Plan | None, str]:
        """Return what the step's action would touch, or why it cannot be run now."""
        step = step_of(state, ref)
        try:
            action = self.action(step)
            params = action.Params.model_validate(params_of(state, step))
        except ValidationError as error:
            return None, _misfit(error)
        except BotError as error:
            return None, str(error)
        try:
            async with asyncio.timeout(action.TIMEOUT):
                plan = await action.plan(params, self.world)
        except Exception as error:  # noqa: BLE001  it cannot be run now, and says why
            return None, doubtful(error)
        why = too_many(plan, self.rules.policy.caps)
        return (None, why) if why else (plan, "")

    def action(self, step: StepState) -> Action:
        """Return the action that the step calls; raise BotError if there is none."""
        call = step.step.call
        action = self.actions.get(call.name) if call else None
        if action is None:
            raise BotError("This version of the bot does not have the action.")
        return action


def step_of(state: Incident, ref: StepRef) -> StepState:
    """Return the step, which there must be."""
    step = state.step(ref)
    if step is None:
        raise ValueError(f"There is no step {ref}.")
    return step


def params_of(state: Incident, step: StepState) -> Mapping[str, Any]:
    """Return what the page says to call the action with, as far as it is known."""
    call = step.step.call
    filled = fill(call.params, state.inputs()) if call else {}
    return {name: value for name, value in filled.items() if value is not None}


def doubtful(error: Exception) -> str:
    """Say why something failed, for a person; the log has what is a bug."""
    if isinstance(error, TimeoutError):
        return "No answer in time."
    if isinstance(error, BotError):
        return str(error)
    log.error("action.crashed", exc_info=error)
    return f"It failed unexpectedly ({type(error).__name__})."


def _misfit(error: ValidationError) -> str:
    wrong = [one for one in error.errors() if one["loc"]]
    names = ", ".join(str(one["loc"][0]) for one in wrong) or "a parameter"
    if all(one["type"] == "missing" for one in wrong):
        return f"It lacks {names}: the report does not say it."
    return f"It could not be asked: {names} is missing or wrong."
