"""Ranking: which runbook the evidence speaks for.

The rule. A page scores 2 for each `for` guard that holds and -3 for each `against`
guard that holds; a guard that cannot be told counts 0. Facts are the newest of each
name. A page that any `against` guard rules out is never proposed, and stands behind all
that nothing rules out. Pages are listed by score, then by slug. The page at the top is
proposed if it scores at least 2, nothing rules it out, and it leads the next page that
nothing rules out by at least 2. Else none is proposed, and `because` says what ruled a
candidate out, which pages tie, or which facts are missing. Facts that contradict each
other count as they are, and are told beside the ranking.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from itertools import groupby

from pydantic import BaseModel

from bot.core.evidence import Fact, newest
from bot.core.guard import DEFAULT_FRESH, Guard, Weighed
from bot.core.opposites import Opposed, Opposite, opposed
from bot.core.report import Subject
from bot.core.runbook.pages import Library, Runbook

FOR = 2
AGAINST = -3
FEW = 3
"""How many missing facts of one subject are named; more are counted."""
CLEAR = 2
"""What the top page must score, and by how much it must lead."""


class Reason(BaseModel, frozen=True):
    """A guard and the facts that it read."""

    guard: str
    facts: tuple[Fact, ...] = ()
    why: str = ""
    """Why it could not be told; empty when it could."""


class Ranked(BaseModel, frozen=True):
    """A page, its score, and what that rests on."""

    slug: str
    title: str
    score: int
    for_: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()
    open: tuple[Reason, ...] = ()
    """The guards, for or against, that could not be told."""


class Lack(StrEnum):
    """Why a fact could not be used."""

    MISSING = "no such fact yet"
    STALE = "stale"


class Missing(BaseModel, frozen=True):
    """Facts that open guards ask for, and why they could not be used."""

    facts: tuple[str, ...]
    reason: Lack


class Ranking(BaseModel, frozen=True):
    """All pages in order, and the one that is proposed, if any."""

    ranked: tuple[Ranked, ...]
    proposed: str | None
    because: str
    """Why that one, or why none; one or more sentences for a person."""
    missing: tuple[Missing, ...] = ()
    opposed: tuple[Opposed, ...] = ()
    """Facts that contradict each other."""


def rank(
    library: Library,
    facts: Iterable[Fact],
    now: datetime,
    opposites: Iterable[Opposite] = (),
) -> Ranking:
    """Rank the pages about rooms by the facts as they are at `now`.

    Raise GuardError on a bad guard; pages that `bot.core.runbook.read` let through
    have none.
    """
    known = newest(facts)
    library = {s: page for s, page in library.items() if page.about is Subject.ROOM}
    weighed = {slug: _weigh(page, known, now) for slug, page in sorted(library.items())}
    pages = [_ranked(slug, library[slug], said) for slug, said in weighed.items()]
    ranked = tuple(sorted(pages, key=_order))
    missing = _missing([one for said in weighed.values() for one in said.values()])
    rival = next((page for page in ranked[1:] if not page.against), None)
    if ranked and _clear(ranked[0], rival):
        because, proposed = _lead(ranked[0], rival), ranked[0].slug
    else:
        because, proposed = _no_lead(ranked, missing), None
    return Ranking(
        ranked=ranked,
        proposed=proposed,
        because=because,
        missing=missing,
        opposed=opposed(opposites, known.values(), now),
    )


def _weigh(
    page: Runbook, facts: Mapping[str, Fact], now: datetime
) -> dict[str, Weighed]:
    fresh = page.fresh or DEFAULT_FRESH
    return {
        text: Guard.parse(text).weigh(facts, now, fresh)
        for text in (*page.for_, *page.against)
    }


def _ranked(slug: str, page: Runbook, said: Mapping[str, Weighed]) -> Ranked:
    for_ = _holding(page.for_, said)
    against = _holding(page.against, said)
    return Ranked(
        slug=slug,
        title=page.title,
        score=FOR * len(for_) + AGAINST * len(against),
        for_=for_,
        against=against,
        open=tuple(
            Reason(guard=text, facts=one.used, why=one.reason)
            for text, one in said.items()
            if one.holds is None
        ),
    )


def _holding(
    guards: tuple[str, ...], said: Mapping[str, Weighed]
) -> tuple[Reason, ...]:
    return tuple(
        Reason(guard=text, facts=said[text].used)
        for text in guards
        if said[text].holds is True
    )


def _order(page: Ranked) -> tuple[bool, int, str]:
    return (bool(page.against), -page.score, page.slug)


def _clear(top: Ranked, rival: Ranked | None) -> bool:
    lead = top.score - (rival.score if rival else 0)
    return not top.against and top.score >= CLEAR and lead >= CLEAR


def _missing(said: Iterable[Weighed]) -> tuple[Missing, ...]:
    undecided = [one for one in said if one.holds is None]
    absent = sorted({name for one in undecided for name in one.missing})
    stale = sorted({name for one in undecided for name in one.stale})
    lacking = ((Lack.MISSING, absent), (Lack.STALE, stale))
    return tuple(
        Missing(facts=tuple(names), reason=reason) for reason, names in lacking if names
    )


def _lead(top: Ranked, rival: Ranked | None) -> str:
    reasons = "; ".join(told(reason) for reason in top.for_)
    behind = f" The next, «{rival.title}», scores {rival.score}." if rival else ""
    return f"«{top.title}» scores {top.score}: {reasons}.{behind}"


def _no_lead(ranked: tuple[Ranked, ...], missing: tuple[Missing, ...]) -> str:
    spoken = [page for page in ranked if page.for_]
    ruled_out = [_ruled_out(page) for page in ranked if page.against]
    level = [page for page in spoken if not page.against]
    tie = " and ".join(f"«{page.title}» ({page.score})" for page in level)
    sentences = [
        *([] if spoken else ["No fact speaks for any page."]),
        *ruled_out,
        *([f"No clear lead: {tie}."] if level else []),
        *(f"{_LACKING[one.reason]}: {in_short(one.facts)}." for one in missing),
    ]
    return " ".join(sentences)


def in_short(facts: tuple[str, ...]) -> str:
    """Name the facts; many of one subject are only counted."""
    told: list[str] = []
    for subject, names in groupby(facts, key=lambda name: name.partition(".")[0]):
        of_one = list(names)
        told += [f"{len(of_one)} of {subject}"] if len(of_one) > FEW else of_one
    return ", ".join(told)


_LACKING = {Lack.MISSING: "Not known yet", Lack.STALE: "Too old to use"}


def _ruled_out(page: Ranked) -> str:
    reasons = "; ".join(told(reason) for reason in page.against)
    return f"«{page.title}» is ruled out: {reasons}."


def told(reason: Reason) -> str:
    """Return a guard with the values that it saw, as one line."""
    seen = ", ".join(f"{fact.name} is {fact.value}" for fact in reason.facts)
    return f"{reason.guard} ({seen})" if seen else reason.guard
