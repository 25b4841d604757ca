"""Which file would tell what is missing, who has it, and what it is good for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.core.artefact import Artefact, Kind
from bot.core.ranking import Ranking


@dataclass(frozen=True)
class Wanted:
    """A file to ask somebody for."""

    what: str
    source: str
    """Who has it."""
    why: str


@dataclass(frozen=True)
class _Source:
    """Where the facts of a subject come from."""

    what: str
    source: str
    why: str
    kind: Kind | None = None
    again: str = ""
    """What is needed when a file of that kind is there and does not tell."""


_AFFECTED = "the person who has the problem, from the affected device"
_BOTH = "two people: the one who lacks something, and one who has it"
_LIVE = "the bot, in Slack: /triage ROOM PARTICIPANT"

_SOURCES: dict[str, _Source] = {
    "log": _Source(
        "the app's log, from before the problem until after it",
        _AFFECTED,
        "It tells which part of the app failed, and how often.",
        Kind.LOG,
        "a longer log, best of a debug build: a release build leaves these lines out",
    ),
    "keys": _Source(
        "cohrtz_secure.db (only names, times and lengths of keys are read)",
        _AFFECTED,
        "It tells which keys the device has and which it lost.",
        Kind.SECURE_STORE,
    ),
    "database": _Source(
        "cohrtz_ROOM.db, copied while the app is closed",
        _AFFECTED,
        "It tells whether the database is damaged, new, or short of rows.",
        Kind.CRDT_DATABASE,
    ),
    "copies": _Source(
        "cohrtz_ROOM.db of a second device, copied while the app is closed",
        _BOTH,
        "Two copies tell, table by table, who lacks what and whether it can arrive.",
    ),
    "counts": _Source(
        "logs of two devices, from the same hour",
        _BOTH,
        "Their last row counts tell which tables differ.",
    ),
    "store": _Source(
        "packet_store_ROOM.db",
        _AFFECTED,
        "It tells whose packets arrived and whose never did.",
        Kind.PACKET_STORE,
    ),
    "packets": _Source(
        "a capture of the room's packets, as JSON Lines",
        "the bot's probe, while people are in the room",
        "It tells who asks for keys, and whose signatures fail.",
        Kind.PACKETS,
    ),
    "diagnostics": _Source(
        "the app's sync diagnostics, as JSON Lines",
        _AFFECTED,
        "They tell what was asked for and never answered.",
        Kind.DIAGNOSTICS,
    ),
}
_LOOK = _Source(
    "a look at the running room and its token endpoint",
    _LIVE,
    "Only the running system tells it; no file does.",
)


def wanted(ranking: Ranking, artefacts: Sequence[Artefact]) -> tuple[Wanted, ...]:
    """Return what to ask for, by the facts that open guards of the pages lack."""
    lacking = [name for missing in ranking.missing for name in missing.facts]
    return tuple(_asked(dict.fromkeys(lacking), ranking, _given(artefacts)))


def _asked(
    facts: Iterable[str], ranking: Ranking, given: frozenset[Kind]
) -> Iterator[Wanted]:
    by_source: dict[_Source, list[str]] = {}
    for name in facts:
        source = _SOURCES.get(name.partition(".")[0], _LOOK)
        by_source.setdefault(source, []).append(name)
    for source, names in by_source.items():
        known = source.kind in given
        what = (source.again or f"another {source.what}") if known else source.what
        why = f"{source.why} It speaks for or against: {_pages(names, ranking)}."
        yield Wanted(what, source.source, why)


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
