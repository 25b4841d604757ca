"""A step to be, and how an item, a row or a command alone becomes one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from bot.core.runbook.inline import plain, sentences
from bot.core.runbook.markdown import Block, Kind, blocks
from bot.core.runbook.vocabulary import TYPED
from bot.core.runbook.wording import LOOKED_AT, tells_acts

MOST_STEPS = 2_000
"""How many steps a runbook may have: nobody walks through more."""

_BAR = re.compile(r"(?<!\\)\|")
_PROMPT = re.compile(r"[$>]\s+(?=\S)")
_ONE_PARAGRAPH = re.compile(r"(?:\*\*)?\w+[^\n.):]")
"""How a row begins that can be nothing but a paragraph."""


@dataclass(frozen=True)
class Draft:
    """A step to be: its first sentence and the rest, both still Markdown."""

    title: str
    more: tuple[str, ...]
    line: int

    def with_more(self, text: str) -> "Draft":
        """Return the draft with a further block behind the others."""
        return replace(self, more=(*self.more, text))


def item_head(text: str) -> tuple[str, str]:
    """Cut the Markdown of an item into its first sentence and the rest."""
    if "\n" not in text and _ONE_PARAGRAPH.match(text):
        first, *rest = sentences(text)
        return first, " ".join(rest)
    inner = blocks(text)
    if not inner or inner[0].kind is not Kind.PARAGRAPH:
        return (command(inner[0]) if inner else ""), text
    first, *rest = sentences(inner[0].text) or [""]
    below = "\n".join(text.split("\n")[inner[0].stop :]).strip("\n")
    return first, "\n\n".join(part for part in (" ".join(rest), below) if part)


def is_typed(block: Block) -> bool:
    """Tell whether a block of code is what a person types, by its fence's word."""
    return not block.fences or block.fences[0].word.strip("{}.") in TYPED


def command(block: Block) -> str:
    """Make an instruction of a block of code that has none."""
    word = block.fences[0].word if block.fences else ""
    if block.kind is not Kind.CODE or word not in TYPED:
        return f"Use this {word}".rstrip() if word else "Go through this"
    code = block.fences[0].content if block.fences else block.text
    rows = (_PROMPT.sub("", row.strip(), count=1) for row in code.split("\n"))
    row = next((row for row in rows if row and not row.startswith("#")), "")
    return f"Run `{row}`" if row and "`" not in row else "Run the command below"


def table_drafts(block: Block) -> tuple[Draft, ...]:
    """Return each row of a table as a step; none if no column tells what to do.

    A row's other cells are kept below, with the headers of their columns.
    """
    said = block.text.split("\n")[: MOST_STEPS + 3]
    header, *rows = (_cells(row) for row in said)
    columns = [at for at, name in enumerate(header) if tells_acts(plain(name))]
    columns = [at for at in columns if any(_says(row, at) for row in rows[1:])]
    return tuple(_rows(header, rows[1:], columns[0], block.line + 2)) if columns else ()


def _rows(
    header: list[str], rows: list[list[str]], column: int, line: int
) -> Iterator[Draft]:
    for at, row in enumerate(rows):
        if not any(row):
            continue
        title = row[column] if column < len(row) and row[column] else " ".join(row)
        others = (
            f"{name}: {cell}" if name else cell
            for n, (name, cell) in enumerate(zip(header, row, strict=False))
            if n != column and cell and cell != str(at + 1)
        )
        more = "\n".join(f"- {other}" for other in others)
        yield Draft(title, (more,) if more else (), line + at)


def _cells(row: str) -> list[str]:
    bare = row.strip().removeprefix("|").removesuffix("|")
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(bare)]


def _says(row: list[str], column: int) -> bool:
    """Tell whether a cell is more than a number."""
    cell = row[column] if column < len(row) else ""
    return any(letter.isalpha() for letter in cell)


def rows_of(text: str, parts: list[str]) -> list[int]:
    """Return on which row of a text each of its parts begins, counted from 0."""
    rows, at, row = [], 0, 0
    for part in parts:
        begins = max(text.find(part, at), at)
        row += text.count("\n", at, begins)
        rows.append(row)
        at = begins
    return rows


def lead_of(before: Block | None) -> str:
    """Return the paragraph that introduces a list with a colon, if one does."""
    if before is None or before.kind is not Kind.PARAGRAPH:
        return ""
    said = plain(before.text[-LOOKED_AT:])
    return said if said.endswith(":") else ""
