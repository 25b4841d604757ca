"""A page's sections: what each heading announces, and the blocks under it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.runbook.inline import plain
from bot.core.runbook.markdown import Block, Kind
from bot.core.runbook.wording import is_action_heading, is_explaining_heading

LABEL_LEVEL = 7
"""A paragraph such as `Actions:` stands below every heading."""
_LONGEST_LABEL = 60
_RUNBOOK = re.compile(
    r"(?:run|play)book(?:\s+#?\d+)?\s*[:\u2013\u2014-]\s*(?P<name>\S.*)", re.IGNORECASE
)


class Part(StrEnum):
    """What a section is for."""

    ACTS = "acts"
    EXPLAINS = "explains"
    OTHER = "other"


@dataclass(frozen=True)
class Section:
    """A heading and the blocks under it, up to the next heading of any level."""

    title: str
    level: int
    part: Part
    line: int
    blocks: tuple[Block, ...] = ()
    is_title: bool = False
    """Whether it is the page's title rather than a part of the page."""
    within_acts: bool = False
    """Whether it stands within a section that asks for acts."""
    context: str = ""
    """The headings above and its own that say what it is about, not what it is for."""


def outline(page: tuple[Block, ...]) -> tuple[Section, ...]:
    """Return the sections in order; what precedes all headings is untitled.

    A section that says nothing of its part has that of the one it stands in.
    """
    found: list[tuple[Section, list[Block]]] = [(Section("", 0, Part.OTHER, 1), [])]
    above: list[Section] = []
    for block in page:
        level = _level(block)
        if level:
            above = [one for one in above if one.level < level]
            above.append(_section(block, level, above, first=len(found) == 1))
            found.append((above[-1], []))
        else:
            found[-1][1].append(block)
    return tuple(replace(one, blocks=tuple(below)) for one, below in found)


def runbook_sections(
    page: tuple[Block, ...],
) -> Iterator[tuple[str, tuple[Block, ...]]]:
    """Return the name and blocks of each `Runbook: name` section of a collection."""
    for at, block in enumerate(page):
        named = (
            _RUNBOOK.match(plain(block.text)) if block.kind is Kind.HEADING else None
        )
        if named:
            yield named["name"].strip(), _below(page, at)


def checklist_sections(
    page: tuple[Block, ...],
) -> Iterator[tuple[str, tuple[Block, ...]]]:
    """Return the other sections of a collection that ask for acts, by their headings.

    They stand beside its `Runbook: name` sections, on the same level.
    """
    headings = [block for block in page if block.kind is Kind.HEADING]
    named = [block for block in headings if _RUNBOOK.match(plain(block.text))]
    levels = {block.level for block in named}
    for at, block in enumerate(page):
        if block.kind is Kind.HEADING and block.level in levels and block not in named:
            title = plain(block.text).rstrip(":")
            if is_action_heading(title):
                yield title, page[at : at + 1] + _below(page, at)


def _below(page: tuple[Block, ...], at: int) -> tuple[Block, ...]:
    """Return the blocks under a heading, up to the next one that is not below it."""
    rest = page[at + 1 :]
    ends = (n for n, b in enumerate(rest) if 0 < b.level <= page[at].level)
    return rest[: next(ends, len(rest))]


def _level(block: Block) -> int:
    """Return a heading's level, that of a label, or 0 for any other block."""
    if block.kind is Kind.HEADING:
        return block.level
    return LABEL_LEVEL if block.kind is Kind.PARAGRAPH and _is_label(block.text) else 0


def _is_label(text: str) -> bool:
    """Tell whether a paragraph is a heading in disguise: `Actions:`, `**Steps**`."""
    if len(text) > _LONGEST_LABEL or "\n" in text:
        return False
    bold = text.startswith(("**", "__")) and text.rstrip(":").endswith(("**", "__"))
    said = plain(text)
    if not (said.endswith(":") or bold) or len(said.split()) > _LABEL_WORDS:
        return False
    return is_action_heading(said) or is_explaining_heading(said)


_LABEL_WORDS = 3


def _section(block: Block, level: int, above: list[Section], *, first: bool) -> Section:
    title = plain(block.text).rstrip(":")
    is_title = first and level == 1
    inherited = above[-1].part if above else Part.OTHER
    part = Part.OTHER if is_title else _part(title, inherited)
    return Section(
        title,
        level,
        part,
        block.line,
        is_title=is_title,
        within_acts=any(one.part is Part.ACTS for one in above),
        context="" if is_title else _context(title, above),
    )


def _context(title: str, above: list[Section]) -> str:
    over = above[-1].context if above else ""
    announces = is_action_heading(title) or is_explaining_heading(title)
    return over if announces else " \u203a ".join(filter(None, (over, title)))


def _part(title: str, inherited: Part) -> Part:
    if is_action_heading(title):
        return Part.ACTS
    return Part.EXPLAINS if is_explaining_heading(title) else inherited


def symptoms(page: tuple[Block, ...]) -> tuple[str, ...]:
    """Return the listed items under headings or labels such as `Symptoms:`."""
    lists = (
        block
        for section in outline(page)
        if "symptom" in section.title.lower()
        for block in section.blocks
        if block.kind is Kind.LIST
    )
    return tuple(plain(item.text) for block in lists for item in block.items)
