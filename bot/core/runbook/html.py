"""Blocks of a page that are written in HTML: its headings, lists, code and paragraphs.

What shows nothing by itself (`div`, `span`, `details`, a comment) stays HTML: it is
kept as it was written and never cut.
"""

import re
from html.parser import HTMLParser

from bot.core.runbook.markdown import Block, Fence, Item, Kind

_WHOLE = re.compile(r"\s*<(?:h[1-6]|ol|ul|li|p|pre)\b", re.IGNORECASE)
_FOLDING = re.compile(r"</?(?:details|table|summary)\b", re.IGNORECASE)
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "code": "`", "kbd": "`"}
_LISTS = ("ol", "ul")


def html_blocks(block: Block) -> tuple[Block, ...]:
    """Return what an HTML block shows as blocks; itself if it is no such HTML."""
    if not _WHOLE.match(block.text) or _FOLDING.search(block.text):
        return (block,)
    reader = _Reader(block.start)
    reader.feed(block.text)
    reader.close()
    return tuple(reader.finish()) or (block,)


class _Reader(HTMLParser):
    """Collects the blocks of one HTML text."""

    def __init__(self, start: int) -> None:
        super().__init__(convert_charrefs=True)
        self.start = start
        self.found: list[Block] = []
        self.items: list[Item] = []
        self.depth = 0
        self.ordered = False
        self.kind: str = "p"
        self.words: list[str] = []
        self.began = start
        self.link = ""

    def finish(self) -> list[Block]:
        """Return the blocks, with what was left open."""
        self._end()
        self._end_list()
        return self.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, an item, or what marks a text within them."""
        if tag in _LISTS:
            self._open_list(tag)
        elif tag == "li" and self.depth > 1:
            self.words.append(f"\n{'  ' * (self.depth - 2)}- ")
        elif tag in {"li", "pre"} or (not self.depth and _is_text(tag)):
            self._begin(tag)
        elif tag == "a":
            self.link = dict(attrs).get("href") or ""
            self.words.append("[" if self.link else "")
        elif tag in {"br", "p"}:
            self.words.append("\n")
        elif self.kind != "pre":
            self.words.append(_MARKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        """End a block, an item, or what marks a text within them."""
        if tag in _LISTS:
            self._close_list()
        elif self._ends_block(tag):
            self._end()
        elif tag == "a" and self.link:
            self.words.append(f"]({self.link})")
            self.link = ""
        elif self.kind != "pre":
            self.words.append(_MARKS.get(tag, ""))

    def handle_data(self, data: str) -> None:
        """Take a text; line breaks count in code alone."""
        in_code = self.kind == "pre"
        self.words.append(data if in_code else re.sub(r"\s+", " ", data))

    def _ends_block(self, tag: str) -> bool:
        outside = not self.depth and _is_text(tag)
        return outside or (tag == "li" and self.depth <= 1) or tag == "pre"

    def _open_list(self, tag: str) -> None:
        if not self.depth:
            self._end()
            self.ordered = tag == "ol"
        self.depth += 1

    def _close_list(self) -> None:
        if self.depth == 1:
            self._end()
            self._end_list()
        self.depth = max(self.depth - 1, 0)

    def _begin(self, kind: str) -> None:
        if kind == "pre" and self.depth:
            self.words.append("\n")
            return
        self._end()
        self.kind = kind
        self.began = self.start + self.getpos()[0] - 1

    def _end(self) -> None:
        """Put what was read where it belongs."""
        text = "".join(self.words)
        text = text.strip("\n") if self.kind == "pre" else _lines(text)
        kind, self.kind, self.words = self.kind, "p", []
        if not text.strip():
            return
        if kind == "li" or self.depth:
            self.items.append(Item(tuple(text.split("\n")), self.began))
        else:
            self.found.append(self._block(kind, text))

    def _block(self, kind: str, text: str) -> Block:
        at = self.began
        if kind == "pre":
            fenced = f"```\n{text}\n```"
            return Block(Kind.CODE, fenced, at, at + 1, fences=(_fence(text, at),))
        if kind[0] == "h":
            return Block(Kind.HEADING, text, at, at + 1, level=int(kind[1]))
        return Block(Kind.PARAGRAPH, text, at, at + 1)

    def _end_list(self) -> None:
        if self.items:
            text = "\n".join(f"- {item.text}" for item in self.items)
            at, items = self.items[0].start, tuple(self.items)
            self.found.append(
                Block(Kind.LIST, text, at, at + 1, ordered=self.ordered, items=items)
            )
        self.items = []


def _is_text(tag: str) -> bool:
    return tag == "p" or re.fullmatch(r"h[1-6]", tag) is not None


def _fence(text: str, at: int) -> Fence:
    return Fence("", f"{text}\n", at, at + 1)


def _lines(text: str) -> str:
    rows = (row.rstrip() for row in text.split("\n"))
    return "\n".join(row for row in rows if row.strip()).strip()
