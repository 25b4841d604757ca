"""Acting: plan, intent, act, outcome, in that order, and settling what is in doubt."""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog

from bot.actions.shape import Action, Actions
from bot.core.actions import Effect, Outcome, Plan, Settlement
from bot.core.incident.approving import rests_on
from bot.core.incident.commands import (
    Block,
    Clear,
    Doubt,
    Finish,
    Intend,
    Prepared,
    Unblock,
    Withhold,
)
from bot.core.incident.events import BOT, StepRef
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Incident, Status, StepState, StepStatus
from bot.core.locks import target_of
from bot.engine.authority import Authority
from bot.engine.locks import Locks
from bot.engine.planning import Planner, doubtful, params_of, step_of
from bot.engine.service import Service
from bot.world import World

log = structlog.get_logger(__name__)

LOST = "The bot stopped before it could write down what came of it."


@dataclass(frozen=True)
class Actor:
    """Runs actions for the steps of incidents."""

    service: Service
    actions: Actions
    world: World
    authority: Authority

    async def prepare(self, state: Incident, ref: StepRef) -> None:
        """Look what the step's action would touch, and keep it for the button."""
        plan, why = await self._planner.plan(state, ref)
        if plan is not None and await self._blocked(state, ref, plan):
            return
        await self._tell(state.id, Prepared(step=ref, plan=plan, why=why))

    async def unblock(self, incident: str) -> None:
        """Let the incident's action go on if nothing blocks it any more, and no press.

        A button that lives goes as soon as somebody else has taken its target.
        """
        state = await self.service.load(incident)
        waiting, step = self.service.bells.waiting, _may_be_blocked(state)
        if step is None or step.plan is None:
            waiting.leave(incident)
            return
        target = target_of(step.plan, self._effect(step), state.report.room)
        if target is not None:
            # First, or one that is taken or let go meanwhile would ring in vain.
            waiting.add(incident, target.room)
        free = not await self._blocked(state, step.ref, step.plan)
        if free and step.status is StepStatus.BLOCKED:
            await self._tell(incident, Unblock(step.ref))

    async def act(self, state: Incident, ref: StepRef) -> None:
        """Do what a person pressed Run for, unless it would touch something else.

        The intent is committed before the world is touched. An act that raises leaves
        a doubt; nothing is ever done again by itself. The store refuses the intent if
        somebody was quicker to the target: then the engine comes back, and is blocked.
        """
        step = step_of(state, ref)
        if await self._withheld(state.id, step):
            return
        plan, why = await self._planner.plan(state, ref)
        if plan is None or step.plan is None or plan.binding != step.plan.binding:
            await self._tell(state.id, Prepared(step=ref, plan=plan, why=why))
            return
        if await self._blocked(state, ref, plan):
            return
        after = await self._tell(
            state.id, Intend(step=ref, plan=plan, params=params_of(state, step))
        )
        if after is not None and _has_begun(step_of(after, ref), since=step):
            await self._do(state.id, step_of(after, ref), plan)

    async def _withheld(self, incident: str, step: StepState) -> bool:
        """Ask once more whether all on whom the act rests may; if not, say so."""
        for deed, person in rests_on(step, self._effect(step)):
            ruling = await self.authority.rule(deed, person)
            if not ruling.allows:
                await self._tell(incident, Withhold(step.ref, person, ruling))
                return True
        return False

    async def settle(self, state: Incident, ref: StepRef) -> None:
        """Look whether an act in doubt happened; ask a person if it cannot be told."""
        step = step_of(state, ref)
        if step.status is StepStatus.RUNNING:
            await self._tell(state.id, Doubt(ref, step.attempt, LOST))
            return
        said = await self._settlement(step)
        tries = len(self.service.rules.settle)
        if said.happened is None and step.doubts < tries:
            await self._tell(state.id, Doubt(ref, step.attempt, said.detail))
            return
        await self._tell(state.id, Clear(ref, step.attempt, said.happened, said.detail))

    async def _do(self, incident: str, step: StepState, plan: Plan) -> None:
        ref, attempt = step.ref, step.attempt
        log.info("action.started", incident=incident, step=ref.step, attempt=attempt)
        try:
            outcome = await self._outcome(self._planner.action(step), plan)
        except Exception as error:  # noqa: BLE001  whatever it was, it is a doubt
            why = doubtful(error)
            log.warning("action.doubted", incident=incident, step=ref.step, why=why)
            await self._tell(incident, Doubt(ref, attempt, why))
            return
        log.info("action.finished", incident=incident, step=ref.step, ok=outcome.ok)
        await self._tell(
            incident, Finish(ref, attempt, ok=outcome.ok, detail=outcome.detail)
        )

    async def _outcome(self, action: Action, plan: Plan) -> Outcome:
        async with asyncio.timeout(action.TIMEOUT):
            return await action.act(plan, self.world)

    async def _settlement(self, step: StepState) -> Settlement:
        if step.plan is None:
            return Settlement(happened=None, detail="Its plan is not known.")
        try:
            action = self._planner.action(step)
            async with asyncio.timeout(action.TIMEOUT):
                return await action.settle(step.plan, self.world)
        except Exception as error:  # noqa: BLE001  a probe that fails cannot tell
            return Settlement(happened=None, detail=doubtful(error))

    async def _blocked(self, state: Incident, ref: StepRef, plan: Plan) -> bool:
        """Look whether anything keeps the act from beginning, and say what does."""
        effect = self._effect(step_of(state, ref))
        obstacle = await Locks(self.service).obstacle(state, plan, effect)
        if obstacle is not None:
            await self._tell(state.id, Block(ref, plan, obstacle))
        return obstacle is not None

    def _effect(self, step: StepState) -> Effect:
        call = step.step.call
        return self.service.rules.effect(call.name if call else "")

    @property
    def _planner(self) -> Planner:
        return Planner(self.actions, self.world, self.service.rules)

    async def _tell(self, incident: str, command: Any) -> Incident | None:  # noqa: ANN401  one of the engine's commands
        try:
            return await self.service.change(incident, command, by=BOT)
        except NotNow as refused:
            log.info("action.overtaken", incident=incident, why=refused.reason)
            return None


def _may_be_blocked(state: Incident) -> StepState | None:
    """Return the step whose act waits, or has a button; None: nothing of the kind."""
    step = state.run.current() if state.run else None
    if step is None or state.status is Status.RESOLVED:
        return None
    return step if step.status in (StepStatus.BLOCKED, StepStatus.READY) else None


def _has_begun(step: StepState, since: StepState) -> bool:
    """Say whether the intent was written, and not that others must approve it first."""
    running = step.status is StepStatus.RUNNING
    return running and step.attempt == since.attempt + 1
