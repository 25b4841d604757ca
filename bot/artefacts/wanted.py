"""Which file would tell what is missing, who has it, and what it is good for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.cohrtz.whence import PAIRS, WHENCE, Whence, file_of
from bot.core.artefact import Artefact, Kind
from bot.core.ranking import Ranking


@dataclass(frozen=True)
class Wanted:
    """A file to ask somebody for."""

    what: str
    source: str
    """Who has it."""
    why: str


_LOOK = Whence(
    "a look at the running room and its token endpoint",
    "the bot, in Slack: /triage ROOM PARTICIPANT",
    why="Only the running system tells it; no file does.",
)


def wanted(ranking: Ranking, artefacts: Sequence[Artefact]) -> tuple[Wanted, ...]:
    """Return what to ask for, by the facts that open guards of the pages lack."""
    lacking = [name for missing in ranking.missing for name in missing.facts]
    return tuple(_asked(dict.fromkeys(lacking), ranking, _given(artefacts)))


def _asked(
    facts: Iterable[str], ranking: Ranking, given: frozenset[Kind]
) -> Iterator[Wanted]:
    by_file: dict[tuple[Whence, bool], list[str]] = {}
    for name in facts:
        known = file_of(name) in given
        by_file.setdefault((_whence(name), known), []).append(name)
    for (file, known), names in by_file.items():
        what = _another(file) if known else file.what
        why = f"{file.why} It speaks for or against: {_pages(names, ranking)}."
        yield Wanted(what.rstrip(","), file.whom, why)


def _whence(fact: str) -> Whence:
    pair, kind = PAIRS.get(fact.partition(".")[0]), file_of(fact)
    return pair or (WHENCE.get(kind, _LOOK) if kind else _LOOK)


def _another(file: Whence) -> str:
    """Say what to get when a file of the kind is there and does not tell."""
    if file in PAIRS.values():
        return file.what
    return file.again or f"another one: {file.what}"


def _given(artefacts: Iterable[Artefact]) -> frozenset[Kind]:
    return frozenset(one.kind for one in artefacts)


def _pages(names: Sequence[str], ranking: Ranking) -> str:
    slugs = (
        page.slug
        for page in ranking.ranked
        for reason in page.open
        if any(name in reason.guard for name in names)
    )
    return ", ".join(dict.fromkeys(slugs)) or "none of the pages"
