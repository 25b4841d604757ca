"""A table of counts in plain text, with a line of sums."""

from collections import Counter
from collections.abc import Mapping, Sequence


def table(
    names: Sequence[str],
    columns: Sequence[str],
    rows: Mapping[tuple[str, ...], Counter[str]],
) -> list[str]:
    """Return the lines: `names` head the words of a row, `columns` its counts."""
    lines = [tuple(names), *rows, ("all", *[""] * (len(names) - 1))]
    widths = [max(len(line[at]) for line in lines) for at in range(len(names))]
    sums = sum(rows.values(), Counter())

    def line(words: Sequence[str], counts: Sequence[object]) -> str:
        said = [f"{word:{width}}" for word, width in zip(words, widths, strict=True)]
        cells = [
            f"{count:>{len(of)}}" for count, of in zip(counts, columns, strict=True)
        ]
        return "  ".join([*said, *cells]).rstrip()

    return [
        line(names, columns),
        *(line(row, [counts[of] for of in columns]) for row, counts in rows.items()),
        line(lines[-1], [sums[of] for of in columns]),
    ]
