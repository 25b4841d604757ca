"""Markdown, as runbook pages are written, to Slack's mrkdwn.

Slack knows no escape for `*`, `_` and `~`, so a word in which they would read as
markup is shown as code: what a person must type stays as it was written. Links are
shown as their text and their address, nothing is hidden behind a word. Source of the
markup: docs.slack.dev, «Formatting message text».
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from handlers.render.block_kit.cutting import FENCE, cut_mrkdwn
from handlers.render.blocks import clean, code, safe
from handlers.render.words import prose

CHUNK: Final = 2_900
"""How long a piece may be, in characters; a section of Slack's holds 3,000."""
_FENCED: Final = 2_000
_WORD: Final = re.compile(r"(\s+)")
_EDGE: Final = re.compile(r"(?<!\w)[*_~]|[*_~](?!\w)|`")
_BULLET: Final = "•"
_LOOK_ALIKE: Final = "\u02cb"


@lru_cache(maxsize=256)
def pieces(markdown: str) -> tuple[str, ...]:
    """Return the text as mrkdwn, in pieces of at most 2,900 characters, in order."""
    tree = SyntaxTreeNode(_parser().parse(clean(markdown, len(markdown) + 1)))
    return tuple(_joined(_blocks(tree.children)))


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("strikethrough")


def _joined(parts: Iterable[str]) -> Iterator[str]:
    held = ""
    for part in parts:
        if held and len(held) + len(part) + 1 > CHUNK:
            yield held
            held = ""
        held = f"{held}\n{part}" if held else part
    if held:
        yield held


def _blocks(nodes: Iterable[SyntaxTreeNode]) -> Iterator[str]:
    for node in nodes:
        for part in _BLOCK.get(node.type, _verbatim)(node):
            if part.strip():
                yield part if len(part) <= CHUNK else cut_mrkdwn(part, CHUNK)


def _paragraph(node: SyntaxTreeNode) -> Iterator[str]:
    yield _run(node.children, "")


def _heading(node: SyntaxTreeNode) -> Iterator[str]:
    yield f"*{_run(node.children, '*')}*"


def _fence(node: SyntaxTreeNode) -> Iterator[str]:
    held = ""
    for line in node.content.splitlines(keepends=True):
        if held and len(held) + len(line) > _FENCED:
            yield code(held.rstrip("\n"), CHUNK)
            held = ""
        held += line
    yield code(held.rstrip("\n"), CHUNK)


def _quote(node: SyntaxTreeNode) -> Iterator[str]:
    for part in _blocks(node.children):
        fenced = part.startswith(FENCE)
        lines = part if fenced else "\n".join(f"> {ln}" for ln in part.split("\n"))
        yield lines


def _bullets(node: SyntaxTreeNode) -> Iterator[str]:
    for item in node.children:
        yield from _item(item, _BULLET)


def _numbers(node: SyntaxTreeNode) -> Iterator[str]:
    first = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, first):
        yield from _item(item, f"{number}.")


def _item(item: SyntaxTreeNode, mark: str) -> Iterator[str]:
    sign, inside = mark, list(_blocks(item.children))
    for part in inside or [""]:
        if part.startswith(FENCE):
            yield part
            continue
        yield f"{sign or '   '} {part}".replace("\n", "\n    ")
        sign = ""


def _rule(_: SyntaxTreeNode) -> Iterator[str]:
    yield "———"


def _verbatim(node: SyntaxTreeNode) -> Iterator[str]:
    yield code(node.content.rstrip("\n"), CHUNK)


_BREAKS = {"softbreak": " ", "hardbreak": "\n"}
"""Where a page's line ends is no matter of meaning; Slack would break it there."""


def _inline(node: SyntaxTreeNode, inside: str) -> str:
    """Return a node within a line; `inside` holds the marks that are open."""
    if node.type == "text":
        return _text(node.content)
    if node.type in _STYLE:
        return _styled(node, inside)
    if node.type in _BREAKS:
        return " " if inside else _BREAKS[node.type]
    if node.type in {"code_inline", "html_inline"}:
        return _exact(node.content)
    if node.type in {"link", "image"}:
        return _link(node, inside)
    return _run(node.children, inside)


def _run(nodes: Iterable[SyntaxTreeNode], inside: str) -> str:
    """Return nodes within a line; the backticks of two never run together."""
    held = ""
    for node in nodes:
        said = _inline(node, inside)
        apart = " " if held.endswith("`") and said.startswith("`") else ""
        held += apart + said
    return held


def _styled(node: SyntaxTreeNode, inside: str) -> str:
    mark = _STYLE[node.type]
    held = _run(node.children, inside + mark)
    if mark in inside or not held.strip():
        return held
    return f"{mark}{held.strip()}{mark}"


def _link(node: SyntaxTreeNode, inside: str) -> str:
    label = _run(node.children, inside)
    target = str(node.attrs.get("src" if node.type == "image" else "href", ""))
    address = prose(target, len(target) + 1)
    return address if label in {address, "", "—"} else f"{label} ({address})"


def _text(text: str) -> str:
    return "".join(map(_word, _WORD.split(text)))


def _word(word: str) -> str:
    if not word or word.isspace():
        return word
    risky = len(word) > 1 and _EDGE.search(word)
    return _exact(word) if risky else prose(word, len(word) + 1)


def _exact(text: str) -> str:
    """Return text as code; a short fence keeps the backticks that it may hold."""
    shown = safe(clean(text, len(text) + 1), len(text) * 5 + 1)
    if "`" not in text:
        return f"`{shown}`"
    return f"{FENCE} {shown.replace(FENCE, _LOOK_ALIKE * 3)} {FENCE}"


_STYLE: Final = {"strong": "*", "em": "_", "s": "~"}
_BLOCK: Final[Mapping[str, Callable[[SyntaxTreeNode], Iterator[str]]]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "fence": _fence,
    "code_block": _fence,
    "blockquote": _quote,
    "bullet_list": _bullets,
    "ordered_list": _numbers,
    "hr": _rule,
}
