"""Copies of one room's database, held against each other.

Which rows can never arrive is a question about ids, and ids do not leave the confined
process; so the copies are compared in it, from their paths.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.artefacts.bounded_json import read_json
from bot.artefacts.room_database import has_header, rows
from bot.artefacts.shape import Asked
from bot.artefacts.sqlite import Damaged, Trouble, opened
from bot.cohrtz.databases import comparing, web
from bot.cohrtz.databases.comparing import Holding, compared, holding, newest
from bot.cohrtz.databases.rows import Row
from bot.core.evidence import Finding, unknown

FACTS = comparing.FACTS
MOST = 4
"""Copies, each of another device, that are held in memory at once."""


def compare(paths: Sequence[Path], asked: Asked) -> Finding | None:
    """Compare all copies among the files; None when there are fewer than two.

    `paths` are files that readers took for a CRDT database or web storage, in any
    order. One that holds no row of a room is passed over; one that is damaged is told
    of. Run it confined, like a reader. Raises OSError when a file has gone.
    """
    copies: list[Holding] = []
    read, damaged = 0, 0
    for path in paths:
        try:
            held = _held(path)
        except Damaged:
            damaged += 1
            continue
        read += len(held)
        copies = newest([*copies, *held])
        if len(copies) > MOST:
            return unknown(f"More than {MOST} devices: hand over those that matter.")
    if read + damaged < 2:  # noqa: PLR2004  it takes two
        return None
    older = read - len(copies)
    return compared(copies, asked.room, damaged=damaged, older=older)


def _held(path: Path) -> list[Holding]:
    """Return what the file holds, if it holds rows; raises Damaged."""
    if has_header(path):
        return _of_database(path)
    found = read_json(path)
    if isinstance(found, dict) and web.form(found) is web.WebForm.ROWS:
        return _non_empty(web.rows(found))
    if found is not None:
        return []
    raise Damaged(Trouble.UNREADABLE)


def _of_database(path: Path) -> list[Holding]:
    with opened(path) as copy:
        if not copy.is_sound():
            raise Damaged(Trouble.MALFORMED)
        return _non_empty(rows(copy))


def _non_empty(found: Iterable[Row]) -> list[Holding]:
    held = holding(found)
    return [held] if held.copy.rows else []
