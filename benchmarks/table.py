"""The speed table: a row for each figure, and whether it reached what it must."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEADINGS = ("figure", "value", "yardstick", "ratio", "must reach", "reached")
GAP = "  "


@dataclass(frozen=True)
class Row:
    """One line; texts are as printed, `reached` None for a line that only informs."""

    figure: str
    value: str
    yardstick: str
    ratio: str
    must: str
    reached: bool | None

    def cells(self) -> tuple[str, ...]:
        """Return the texts in the order of the headings."""
        said = {True: "yes", False: "NO", None: "-"}[self.reached]
        return (self.figure, self.value, self.yardstick, self.ratio, self.must, said)


def table(rows: Sequence[Row]) -> str:
    """Return the table as text, its columns aligned."""
    lines = [HEADINGS, *(row.cells() for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rule = tuple("-" * width for width in widths)
    return "\n".join(_line(line, widths) for line in (lines[0], rule, *lines[1:]))


def missed(rows: Iterable[Row]) -> list[str]:
    """Name the figures that did not reach what they must."""
    return [row.figure for row in rows if row.reached is False]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.ljust(width) for cell, width in zip(cells, widths, strict=True)]
    return GAP.join(padded).rstrip()


def ms(seconds: float) -> str:
    """Return seconds as milliseconds, with as many digits as they deserve."""
    scaled = seconds * 1000
    return f"{scaled:.2f} ms" if scaled < 10 else f"{scaled:.0f} ms"  # noqa: PLR2004  where two digits stop to tell anything
