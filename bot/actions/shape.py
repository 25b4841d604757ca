"""What an action is.

An action changes something outside, so it leaves an intent before it acts and an
outcome after. Each module in bot/actions but this one is one action, and has the
shape of Action.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import BaseModel

from bot.core.actions import Effect, Outcome, Plan, Settlement
from bot.world import World


class Action(Protocol):
    """The shape of a module in bot/actions."""

    @property
    def TITLE(self) -> str:  # noqa: N802  a module constant
        """What is done, in three to six words."""
        ...

    @property
    def EFFECT(self) -> Effect:  # noqa: N802  a module constant
        """How far it reaches."""
        ...

    @property
    def TIMEOUT(self) -> float:  # noqa: N802  a module constant
        """Seconds after which an act without an answer is in doubt."""
        ...

    @property
    def Params(self) -> type[BaseModel]:  # noqa: N802  a class in the module
        """What a page must say to call it."""
        ...

    async def plan(self, params: Any, world: World) -> Plan:  # noqa: ANN401  its Params
        """Look what would be touched; raise WorldError when it cannot be done now."""
        ...

    async def act(self, plan: Plan, world: World) -> Outcome:
        """Do it, once, to the plan's target.

        An Outcome is certain, either way. Raising (WorldError, TimeoutError or
        anything else) means that it may or may not have happened.
        """
        ...

    async def settle(self, plan: Plan, world: World) -> Settlement:
        """Look whether it happened; change nothing."""
        ...


Actions = Mapping[str, Action]
