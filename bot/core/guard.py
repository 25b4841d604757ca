"""Guards: questions over facts, answered with yes, no or «cannot be told».

A guard such as `token.status == 'ok' && room.participants > 0` is written on a runbook
page: in `for` and `against`, where it ranks the page, and in `when`, where a step waits
for it. A fact that is missing or too old is never guessed: the answer is None, unless
the rest of the guard decides without it. See bot.core.expression for the language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from pydantic import BaseModel

from bot.core.evidence import Fact
from bot.core.expression import Expression, GuardError, compile_expression

__all__ = ["DEFAULT_FRESH", "Guard", "GuardError", "Weighed"]

DEFAULT_FRESH = timedelta(minutes=5)
"""How old a fact may be for a guard, unless the page says otherwise."""


class Weighed(BaseModel, frozen=True):
    """What a guard says at one time, and on what that rests."""

    holds: bool | None
    """None: it cannot be told, and `reason` says why."""
    used: tuple[Fact, ...] = ()
    """The facts that it read: present and fresh."""
    missing: tuple[str, ...] = ()
    """The names that it reads and nobody has seen yet."""
    stale: tuple[str, ...] = ()
    """The names that it reads and that were seen too long ago."""
    reason: str = ""
    """Why it cannot be told; empty when it can."""


@dataclass(frozen=True)
class Guard:
    """A guard that was read; equal to another with the same text."""

    text: str
    expression: Expression

    @staticmethod
    def parse(text: str) -> "Guard":
        """Read a guard, once for each text.

        Raise GuardError with the column and what to write instead.
        """
        return _parsed(text)

    @property
    def names(self) -> tuple[str, ...]:
        """The facts that it reads, in alphabetical order."""
        return self.expression.names

    def weigh(
        self,
        facts: Mapping[str, Fact],
        now: datetime,
        fresh: timedelta = DEFAULT_FRESH,
    ) -> Weighed:
        """Answer from facts that are at most `fresh` old. Nothing is raised."""
        present = [facts[name] for name in self.names if name in facts]
        used = tuple(fact for fact in present if fact.is_fresh(now, fresh))
        missing = tuple(name for name in self.names if name not in facts)
        stale = tuple(fact.name for fact in present if not fact.is_fresh(now, fresh))
        holds = self.expression.evaluate({fact.name: fact.value for fact in used})
        reason = _reason(used, missing, stale) if holds is None else ""
        return Weighed(
            holds=holds, used=used, missing=missing, stale=stale, reason=reason
        )


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Guard:
    return Guard(text=text, expression=compile_expression(text))


def _reason(
    used: tuple[Fact, ...], missing: tuple[str, ...], stale: tuple[str, ...]
) -> str:
    absent = f"no such fact yet: {', '.join(missing)}" if missing else ""
    old = f"too old: {', '.join(stale)}" if stale else ""
    if absent or old:
        return "; ".join(part for part in (absent, old) if part)
    seen = ", ".join(f"{fact.name} is {fact.value!r}" for fact in used)
    return f"the guard does not fit its facts: {seen or 'it reads none'}"
