"""Do logs of several devices agree on how many rows each table has?

The app prints after each merge how many rows the merged tables have, deleted ones
included, and not of which room. So the last numbers of two logs can be compared, but
only if each log names one room at most; and numbers that agree do not prove that the
rows do.
"""

from collections.abc import Mapping, Sequence

from bot.core.evidence import Finding, Value, bad, ok, unknown

FACTS = {
    "counts.differ": "true if logs end with different numbers of rows in a table",
    "counts.tables_differing": "tables of which they do",
}

ROWS, ROOMS = "rows", "rooms"
NAMED = 5
"""Tables that the headline names."""

Digest = Mapping[str, Value | Mapping[str, Value]]


def compare(digests: Sequence[Digest]) -> Finding | None:
    """Compare the last row counts of logs; None if fewer than two have any."""
    told = [one for one in digests if isinstance(one.get(ROWS), Mapping) and one[ROWS]]
    if len(told) < 2:  # noqa: PLR2004  it takes two to differ
        return None
    tables = _shared([_rows(one) for one in told])
    if not tables:
        return unknown("The logs tell row counts, but of no table that both name.")
    if any(_several_rooms(one) for one in told):
        return unknown(
            "A log names several data rooms, and a row count does not say of which "
            "it is."
        )
    return _finding(tables)


def _rows(digest: Digest) -> Mapping[str, Value]:
    rows = digest[ROWS]
    return rows if isinstance(rows, Mapping) else {}


def _several_rooms(digest: Digest) -> bool:
    rooms = digest.get(ROOMS)
    return isinstance(rooms, int) and rooms > 1


def _shared(rows: Sequence[Mapping[str, Value]]) -> dict[str, list[Value]]:
    """Return the counts of each table that at least two logs tell."""
    tables: dict[str, list[Value]] = {}
    for one in rows:
        for table, count in one.items():
            tables.setdefault(table, []).append(count)
    return {table: counts for table, counts in tables.items() if len(counts) > 1}


def _finding(tables: Mapping[str, Sequence[Value]]) -> Finding:
    apart = sorted(name for name, counts in tables.items() if len(set(counts)) > 1)
    facts: dict[str, Value] = {
        "counts.differ": bool(apart),
        "counts.tables_differing": len(apart),
    }
    if not apart:
        return ok(
            f"The last row counts agree in {len(tables)} tables; that does not prove "
            "that the rows do.",
            facts,
        )
    shown = ", ".join(apart[:NAMED]) + (" …" if len(apart) > NAMED else "")
    return bad(f"The last row counts differ in {len(apart)} tables: {shown}.", facts)
