"""The rows that do not open: each is named, left out or refused alone, and told.

It is told in the log once, and as trouble of the store for as long as it is known to be
there. Its name holds no content: it stands in the clear.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import structlog

from bot.store.seal import SealBroken
from bot.store.seals import Seals

log = structlog.get_logger(__name__)

T = TypeVar("T")
Row = tuple[Any, ...]

OF_INCIDENTS = frozenset({"acts", "drawings", "events", "heads", "links"})
"""The tables whose rows are named by their incident first."""

NAMED = 3
"""How many rows are named to whoever asks; the log names all."""


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that does not open: its table, the columns that name it, and why."""

    table: str
    name: tuple[str | int, ...]
    why: str

    @property
    def incident(self) -> str | None:
        """Return whose row it is; None if it is of no incident."""
        return str(self.name[0]) if self.table in OF_INCIDENTS else None

    def __str__(self) -> str:
        """Say where it stands, as in "events, incident I1, 2"."""
        said = ", ".join(map(str, self.name))
        return f"{self.table}, {'incident ' if self.incident else ''}{said}"


def lost_head(incident: str) -> BrokenRow:
    """Name the head of an incident that no batch could ever move."""
    why = "Its number is not that of the incident's last event."
    return BrokenRow("heads", (incident,), why)


class RowBroken(SealBroken):
    """One row does not open, and what was asked for cannot be told without it."""

    def __init__(self, row: BrokenRow) -> None:
        """Say which row it is, why, and what to do."""
        self.row = row
        super().__init__(
            f"A row of the database cannot be opened ({row}). {row.why} "
            "Ask whoever runs this bot to restore the last backup."
        )


@dataclass(frozen=True, slots=True)
class Opened(Generic[T]):
    """What opened, and the rows that did not."""

    rows: list[T]
    broken: Sequence[BrokenRow]


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """How the rows of a table are opened; their first `named` columns name them."""

    table: str
    named: int
    open: Callable[[Row, Seals], T]

    def one(self, row: Row, seals: Seals) -> T:
        """Open a row; raise RowBroken."""
        try:
            return self.open(row, seals)
        except SealBroken as error:
            name = tuple(row[: self.named])
            raise RowBroken(BrokenRow(self.table, name, str(error))) from error

    def all(self, rows: Iterable[Row], seals: Seals) -> list[T]:
        """Open rows that tell nothing without each other; raise RowBroken."""
        return [self.one(row, seals) for row in rows]

    def each(self, rows: Iterable[Row], seals: Seals) -> list[T | BrokenRow]:
        """Open each row for itself."""
        return [self._tried(row, seals) for row in rows]

    def first(
        self, limit: int, fetch: Callable[[int], list[Row]], seals: Seals
    ) -> Opened[T]:
        """Open the first `limit` rows that do; `fetch` gives that many of all.

        One that does not open takes nobody's place.
        """
        asked = limit
        while True:
            fetched = fetch(asked)
            each = self.each(fetched, seals)
            opened = [one for one in each if not isinstance(one, BrokenRow)]
            if len(opened) >= limit or len(fetched) < asked:
                broken = [one for one in each if isinstance(one, BrokenRow)]
                return Opened(opened[:limit], broken)
            asked *= 2

    def _tried(self, row: Row, seals: Seals) -> T | BrokenRow:
        try:
            return self.one(row, seals)
        except RowBroken as error:
            return error.row


class BrokenRows:
    """What is known of such rows since the process began."""

    def __init__(self) -> None:
        """Begin with none."""
        self._told: set[tuple[str, tuple[str | int, ...]]] = set()
        self._there: dict[tuple[str, tuple[str | int, ...]], BrokenRow] = {}

    def tell(self, rows: Iterable[BrokenRow]) -> None:
        """Remember the rows, and say in the log which are new."""
        for row in rows:
            key = (row.table, row.name)
            self._there[key] = row
            if key not in self._told:
                self._told.add(key)
                _log(row)

    def forget(self, table: str, name: tuple[str | int, ...] | None = None) -> None:
        """Trouble nobody with that row any more, or with any row of that table.

        It was written anew, or may be gone; if it is not, the next read tells of it.
        """
        for key in [k for k in self._there if k[0] == table and name in {None, k[1]}]:
            del self._there[key]

    def trouble(self) -> str | None:
        """Name the rows in plain words, and what to do; None if there are none."""
        if not self._there:
            return None
        named = [str(row) for row in self._there.values()][:NAMED]
        more = len(self._there) - len(named)
        which = "; ".join(named) + (f"; and {more} more" if more else "")
        return (
            f"Rows of the database cannot be opened, all others can ({which}). They "
            "were changed, moved or damaged: find out who can write to the database, "
            "check the disk, and restore the last backup. The log has `row.broken`."
        )


def _log(row: BrokenRow) -> None:
    incident = {"incident": row.incident} if row.incident else {}
    log.error("row.broken", table=row.table, row=str(row), why=row.why, **incident)
