"""A page's blocks in order, each with its source and its place in the file.

Only blocks are parsed here (CommonMark and tables): the text within them stays as it
was written, so that a step's body is the author's own Markdown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import takewhile

from markdown_it import MarkdownIt
from markdown_it.token import Token

_MARK = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s{1,4}|$)")
_BLANKS = re.compile(r"\n{3,}")
_BOX = re.compile(r"\[[ xX]\]\s+")
_HEADING = re.compile(r"#{2,6}\s+\S")
_REPAIRS = 8
"""How many unclosed blocks of code are looked for on a page."""


class Kind(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CODE = "code"
    LIST = "list"
    TABLE = "table"
    OTHER = "other"
    """A quotation, HTML, a rule: kept, never cut."""


@dataclass(frozen=True)
class Fence:
    """A fenced block: its first word, what is in it, and its rows in the file."""

    word: str
    content: str
    start: int
    stop: int


@dataclass(frozen=True)
class Item:
    """One item of a list; `rows` are its source lines without mark and indent."""

    rows: tuple[str, ...]
    start: int
    fences: tuple[Fence, ...] = ()
    boxed: bool = False
    """Whether it has a checkbox."""

    @property
    def text(self) -> str:
        """The item's Markdown."""
        return "\n".join(self.rows).strip("\n")

    def without(self, fences: tuple[Fence, ...]) -> str:
        """Return the item's Markdown without these of its fences."""
        gone = {row for fence in fences for row in range(fence.start, fence.stop)}
        numbered = enumerate(self.rows, self.start)
        kept = ("" if at in gone else row for at, row in numbered)
        return _BLANKS.sub("\n\n", "\n".join(kept)).strip("\n") if gone else self.text


@dataclass(frozen=True)
class Block:
    """A block of the page; `start` and `stop` count rows from 0."""

    kind: Kind
    text: str
    start: int
    stop: int
    level: int = 0
    """Of a heading: 1 to 6."""
    ordered: bool = False
    items: tuple[Item, ...] = ()
    fences: tuple[Fence, ...] = ()
    """All fences within, however deep."""

    @property
    def line(self) -> int:
        """Where it begins, counted from 1."""
        return self.start + 1


def blocks(text: str) -> tuple[Block, ...]:
    """Return the page's blocks, top level only; a row ends with LF alone.

    A block of code that nobody closed ends before the next heading, if there is one:
    else its author would lose the rest of the page.
    """
    rows = text.split("\n")
    tokens = _parser().parse(text)
    for _ in range(_REPAIRS):
        if not _closed_before_heading(tokens, rows):
            break
        tokens = _parser().parse("\n".join(rows))
    return tuple(_block(group, rows) for group in _groups(tokens))


def _closed_before_heading(tokens: list[Token], rows: list[str]) -> bool:
    """Close a last fence that is open, on an empty row, so that rows keep their place.

    Return whether the rows were changed.
    """
    last = tokens[-1] if tokens else None
    if last is None or last.type != "fence" or last.level or not last.map:
        return False
    start, stop = last.map
    if stop - start > 1 and rows[stop - 1].strip().startswith(last.markup):
        return False
    for at in range(start + 1, stop - 1):
        if not rows[at].strip() and _HEADING.match(rows[at + 1]):
            rows[at] = last.markup
            return True
    return False


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").disable("inline")


def _groups(tokens: list[Token]) -> Iterator[list[Token]]:
    """Cut the tokens into those of each top-level block."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield group
            group = []


def _block(group: list[Token], rows: list[str]) -> Block:
    first = group[0]
    start, stop = first.map or (0, 0)
    kind = _KINDS.get(first.type, Kind.OTHER)
    return Block(
        kind=kind,
        text=_text(kind, group, rows[start:stop]),
        start=start,
        stop=stop,
        level=int(first.tag[1]) if kind is Kind.HEADING else 0,
        ordered=first.type == "ordered_list_open",
        items=tuple(_items(group, rows)) if kind is Kind.LIST else (),
        fences=tuple(_fences(group)),
    )


_KINDS = {
    "heading_open": Kind.HEADING,
    "paragraph_open": Kind.PARAGRAPH,
    "fence": Kind.CODE,
    "code_block": Kind.CODE,
    "bullet_list_open": Kind.LIST,
    "ordered_list_open": Kind.LIST,
    "table_open": Kind.TABLE,
}


def _text(kind: Kind, group: list[Token], rows: list[str]) -> str:
    if kind in {Kind.HEADING, Kind.PARAGRAPH}:
        return next(token.content for token in group if token.type == "inline")
    text = "\n".join(rows).strip("\n")
    return _closed(group[0], text) if group[0].type == "fence" else text


def _closed(fence: Token, text: str) -> str:
    """Close a block of code that runs to the end of the page."""
    rows = text.split("\n")
    ends = len(rows) > 1 and rows[-1].strip().startswith(fence.markup)
    return text if ends else f"{text.rstrip()}\n{fence.markup}"


def _fences(group: list[Token]) -> Iterator[Fence]:
    for token in group:
        if token.type == "fence" and token.map:
            word = (token.info.split() or [""])[0]
            yield Fence(word, token.content, token.map[0], token.map[1])


def _items(group: list[Token], rows: list[str]) -> Iterator[Item]:
    """Return the items of a list; what is nested in one is part of it."""
    item: list[Token] = []
    for token in group:
        item.append(token)
        if token.type == "list_item_open" and token.level == 1:
            item = [token]
        if token.type == "list_item_close" and token.level == 1:
            start, stop = item[0].map or (0, 0)
            shed, fences = tuple(_shed(rows[start:stop])), tuple(_fences(item))
            yield Item(shed, start, fences, boxed=_is_boxed(rows[start]))


def _is_boxed(row: str) -> bool:
    mark = _MARK.match(row)
    return mark is not None and _BOX.match(row, mark.end()) is not None


def _shed(rows: list[str]) -> Iterator[str]:
    """Take the mark, a checkbox and the indent that they cause off an item."""
    first = rows[0].expandtabs(4)
    mark = _MARK.match(first)
    width = mark.end() if mark else 0
    yield _BOX.sub("", first[width:], count=1)
    for row in rows[1:]:
        wide = row.expandtabs(4) if row[:1] == "\t" else row
        indent = sum(1 for _ in takewhile(str.isspace, wide[:width]))
        yield wide[indent:]
