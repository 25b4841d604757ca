"""What was seen: facts with a time and a source, and the verdict they add up to."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AllowInfNan, BaseModel

Value = bool | int | Annotated[float, AllowInfNan(False)] | str  # noqa: FBT003  pydantic's own form
"""What JSON can keep: a NaN or an infinity would be stored as null."""


class Verdict(StrEnum):
    """Whether what was looked at is healthy; *unknown* is never *ok*."""

    OK = "ok"
    BAD = "bad"
    UNKNOWN = "unknown"


AHEAD = timedelta(minutes=1)
"""By so much a fact may be ahead of whoever asks: clocks are corrected in steps."""


class Fact(BaseModel, frozen=True):
    """One thing that was seen, when, and by which check or signal.

    `name` has the form `subject.property`, as guards on runbook pages write it.
    """

    name: str
    value: bool | int | float | str
    observed_at: datetime
    source: str
    lasting: bool = False
    """It was read from a file, which stays as it is, so it does not go stale."""

    def is_fresh(self, now: datetime, fresh: timedelta) -> bool:
        """Say whether a guard may rest on it.

        It may not if it was seen later than now: the clock was turned back since, and
        nobody knows how old it is.
        """
        ahead = self.observed_at - now
        return self.lasting or (ahead <= AHEAD and self.age(now) <= fresh)

    def age(self, now: datetime) -> timedelta:
        """Return how long ago it was seen; never negative."""
        return max(now - self.observed_at, timedelta(0))


class Finding(BaseModel, frozen=True):
    """What a check says: a line that a tired person can act on, and its facts.

    A check knows neither the time nor its own name; the engine adds both (see
    `witnessed`), so that no check can claim to have seen something at another time.
    """

    verdict: Verdict
    headline: str
    facts: Mapping[str, Value] = {}


class Evidence(BaseModel, frozen=True):
    """A finding with its facts dated and signed.

    `reference` is set when the check itself failed: it is the id under which the log
    has the whole error.
    """

    verdict: Verdict
    headline: str
    facts: tuple[Fact, ...] = ()
    reference: str | None = None


def ok(headline: str, facts: Mapping[str, Value] | None = None) -> Finding:
    """Say that what was looked at is healthy."""
    return Finding(verdict=Verdict.OK, headline=headline, facts=facts or {})


def bad(headline: str, facts: Mapping[str, Value] | None = None) -> Finding:
    """Say that a fault was seen."""
    return Finding(verdict=Verdict.BAD, headline=headline, facts=facts or {})


def unknown(headline: str, facts: Mapping[str, Value] | None = None) -> Finding:
    """Say that it could not be told, and why."""
    return Finding(verdict=Verdict.UNKNOWN, headline=headline, facts=facts or {})


def witnessed(
    finding: Finding, *, source: str, at: datetime, lasting: bool = False
) -> Evidence:
    """Date the facts of a finding with the time at which the look *began*."""
    facts = tuple(
        Fact(name=name, value=value, observed_at=at, source=source, lasting=lasting)
        for name, value in finding.facts.items()
    )
    return Evidence(verdict=finding.verdict, headline=finding.headline, facts=facts)


def newest(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Keep, of each name, the fact that was seen last."""
    latest: dict[str, Fact] = {}
    for fact in facts:
        known = latest.get(fact.name)
        if known is None or fact.observed_at >= known.observed_at:
            latest[fact.name] = fact
    return latest


def superseded(known: Mapping[str, Fact], told: Iterable[Fact]) -> dict[str, Fact]:
    """Take what a look has just told into what was known, by name.

    Of two looks side by side the later one counts, in whatever order they tell. What
    seems to have been seen long before what is known is new all the same: no look takes
    that long, so the clock was turned back in between.
    """
    facts = dict(known)
    for fact in told:
        old = facts.get(fact.name)
        ahead = old.observed_at - fact.observed_at if old else timedelta(0)
        if not timedelta(0) < ahead <= AHEAD:
            facts[fact.name] = fact
    return facts


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst; of nothing at all, unknown."""
    seen = set(verdicts)
    for verdict in (Verdict.BAD, Verdict.UNKNOWN, Verdict.OK):
        if verdict in seen:
            return verdict
    return Verdict.UNKNOWN
