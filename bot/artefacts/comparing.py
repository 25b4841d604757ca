"""What is compared when several files of a kind were handed over, written out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.artefacts import comparing_databases, comparing_logs
from bot.artefacts.shape import Asked
from bot.core.artefact import Kind
from bot.core.evidence import Finding, Value

Digest = Mapping[str, Value | Mapping[str, Value]]


@dataclass(frozen=True)
class Compared:
    """One of the files that are compared: where it lies and what was read in it."""

    path: Path
    digest: Digest


@dataclass(frozen=True)
class Comparer:
    """What two or more files say together."""

    kinds: frozenset[Kind]
    """The files that it compares with one another."""
    facts: Mapping[str, str]
    """The names of the facts that it may yield, each with its meaning."""
    compare: Callable[[Sequence[Compared], Asked], Finding | None]
    """Runs confined; None: too few of the files say anything that can be compared."""


def by_paths(
    compare: Callable[[Sequence[Path], Asked], Finding | None],
) -> Callable[[Sequence[Compared], Asked], Finding | None]:
    """Make a comparison that reads the files once more."""
    return lambda files, asked: compare([one.path for one in files], asked)


def by_digests(
    compare: Callable[[Sequence[Digest]], Finding | None],
) -> Callable[[Sequence[Compared], Asked], Finding | None]:
    """Make a comparison of what reading each file gave."""
    return lambda files, _: compare([one.digest for one in files])


COMPARERS: Mapping[str, Comparer] = {
    "copies": Comparer(
        kinds=frozenset({Kind.CRDT_DATABASE, Kind.WEB_STORAGE}),
        facts=comparing_databases.FACTS,
        compare=by_paths(comparing_databases.compare),
    ),
    "counts": Comparer(
        kinds=frozenset({Kind.LOG}),
        facts=comparing_logs.FACTS,
        compare=by_digests(comparing_logs.compare),
    ),
}
"""What is compared, by the subject of the facts that it yields."""
