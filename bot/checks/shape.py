"""What a check is.

A check only looks, it never touches: it is safe to run twice. Each module in
bot/checks but this one is one check, and has the shape of Check. Its docstring's
first line is the question that it answers.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from pydantic import BaseModel

from bot.core.evidence import Finding
from bot.world import World


class Check(Protocol):
    """The shape of a module in bot/checks."""

    @property
    def TITLE(self) -> str:  # noqa: N802  a module constant
        """What is looked at, in three to six words."""
        ...

    @property
    def FACTS(self) -> Mapping[str, str]:  # noqa: N802  a module constant
        """The names of the facts that it may yield, each with its meaning."""
        ...

    @property
    def TIMEOUT(self) -> float:  # noqa: N802  a module constant
        """Seconds after which the engine gives up on it."""
        ...

    @property
    def ON_OPEN(self) -> bool:  # noqa: N802  a module constant
        """Whether every new incident runs it."""
        ...

    @property
    def Params(self) -> type[BaseModel]:  # noqa: N802  a class in the module
        """What a page must say to call it: at most room, identity and its own."""
        ...

    async def run(self, params: Any, world: World) -> Finding:  # noqa: ANN401  its Params
        """Look once, and say what was seen."""
        ...


Checks = Mapping[str, Check]
