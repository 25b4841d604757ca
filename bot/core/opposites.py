"""Facts that contradict each other: shown as such, and never weighed away.

Two sources may say opposite things because they looked at different times, or at
different devices. Which one is right is for a person to see; the bot says that they
differ, with when and where each was seen.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pydantic import BaseModel

from bot.core.evidence import Fact, newest
from bot.core.guard import DEFAULT_FRESH, Guard


class Opposite(BaseModel, frozen=True):
    """A guard that holds when facts contradict each other, and what that may mean."""

    guard: str
    means: str


class Opposed(BaseModel, frozen=True):
    """Facts that contradict each other now."""

    facts: tuple[Fact, ...]
    means: str

    def told(self) -> str:
        """Say it in one or two sentences."""
        seen = " but ".join(f"{one.name} is {one.value}" for one in self.facts)
        return f"{seen}. {self.means}"


def opposed(
    rules: Iterable[Opposite],
    facts: Iterable[Fact],
    now: datetime,
    fresh: timedelta = DEFAULT_FRESH,
) -> tuple[Opposed, ...]:
    """Return what contradicts itself among the newest facts of each name.

    Raise GuardError on a rule that cannot be read.
    """
    known = newest(facts)
    found = (_found(rule, known, now, fresh) for rule in rules)
    return tuple(one for one in found if one is not None)


def _found(
    rule: Opposite, known: Mapping[str, Fact], now: datetime, fresh: timedelta
) -> Opposed | None:
    weighed = Guard.parse(rule.guard).weigh(known, now, fresh)
    if weighed.holds is not True:
        return None
    return Opposed(facts=weighed.used, means=rule.means)
