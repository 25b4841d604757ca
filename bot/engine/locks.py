"""Who holds a target, and how much has begun, over all incidents.

The batch of an intent is the guard. Looking before it spares a person a press that
would be refused, and tells who holds what.
"""

from dataclasses import dataclass

from bot.core.actions import Effect, Plan
from bot.core.incident.state import Incident
from bot.core.locks import Capped, Holder, Obstacle, most_of, reach_of, target_of
from bot.engine.claims import Beginning, act_row
from bot.engine.service import Service
from bot.store.rows import ACTS_COUNTED, ActRow, HeldRow


@dataclass(frozen=True)
class Locks:
    """Looks whether an act could begin now."""

    service: Service

    async def obstacle(
        self, state: Incident, plan: Plan, effect: Effect
    ) -> Obstacle | None:
        """Return what keeps an act on this plan from beginning; None: nothing does."""
        act = self._act(state, plan, effect)
        return None if act is None else await self._of(act)

    async def capped(
        self, state: Incident, plan: Plan | None, effect: Effect
    ) -> Capped | None:
        """Return the caps of an act beside what counts towards them; None: none do."""
        reach, caps = reach_of(effect), self.service.rules.policy.caps
        if reach is None:
            return None
        act = self._act(state, plan, effect) if plan else None
        return Capped(
            participants=caps.participants,
            touches=plan.touches if plan else None,
            acts=most_of(reach, caps),
            begun=len(await self.service.store.begun(act)) if act else None,
        )

    def _act(self, state: Incident, plan: Plan, effect: Effect) -> ActRow | None:
        target = target_of(plan, effect, state.report.room)
        if target is None:
            return None
        begins = Beginning(state.id, "", self.service.now())
        return act_row(begins, target, effect, self.service.rules)

    async def _of(self, act: ActRow) -> Obstacle | None:
        held = await self.service.store.holder(act)
        if held is not None:
            return Obstacle(holder=_holder(held))
        begun = await self.service.store.begun(act)
        if len(begun) < act.most:
            return None
        # As many must be forgotten as leave room for one; with a cap of 0 none helps.
        first = begun[-act.most] if act.most else None
        until = first and first + ACTS_COUNTED
        return Obstacle(begun=len(begun), most=act.most, until=until)


def _holder(held: HeldRow) -> Holder:
    return Holder(
        incident=held.incident,
        by=held.by,
        since=held.at,
        whole_room=held.whole_room,
    )
