"""Taking one look: a check within its time, whatever happens being evidence."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from pydantic import ValidationError

from bot.checks.shape import Check, Checks
from bot.core.evidence import Evidence, Finding, unknown, witnessed
from bot.core.incident.events import CheckCall
from bot.errors import BotError
from bot.world import World

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Looker:
    """Runs checks against the world."""

    checks: Checks
    world: World
    reference: Callable[[], str]
    """Makes the id under which the log has a check's own failure."""

    async def look(self, call: CheckCall) -> tuple[Evidence, float]:
        """Run the check that is called; return what it saw and the seconds it took."""
        began = time.monotonic()
        evidence = await self._seen(call)
        return evidence, round(time.monotonic() - began, 3)

    async def _seen(self, call: CheckCall) -> Evidence:
        at, check = self.world.now(), self.checks.get(call.check)
        if check is None:
            said = f"This version of the bot has no check {call.check}."
            return witnessed(unknown(said), source=call.check, at=at)
        try:
            finding = await self._find(check, call)
            evidence = witnessed(finding, source=call.check, at=at)
            evidence.model_dump_json()  # what cannot be stored is the check's failure
        except Exception:
            reference = self.reference()
            log.exception("check.crashed", check=call.check, reference=reference)
            said = f"The check itself failed; the log has it under {reference}."
            evidence = witnessed(unknown(said), source=call.check, at=at)
            return evidence.model_copy(update={"reference": reference})
        return evidence

    async def _find(self, check: Check, call: CheckCall) -> Finding:
        try:
            params = check.Params.model_validate(dict(call.params))
        except ValidationError as error:
            return unknown(_misfit(error))
        try:
            async with asyncio.timeout(check.TIMEOUT):
                return await check.run(params, self.world)
        except TimeoutError:
            return unknown(f"No answer within {check.TIMEOUT:g} s.")
        except BotError as error:
            return unknown(str(error))


def _misfit(error: ValidationError) -> str:
    names = ", ".join(str(one["loc"][0]) for one in error.errors() if one["loc"])
    return f"It could not be asked: {names or 'a parameter'} is missing or wrong."
