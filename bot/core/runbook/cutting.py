"""Cut the sections of a plain page into drafts of steps.

Of a page with too many steps the rest is left unread: it is refused (see read.py).
"""

import re

from bot.core.runbook import wording
from bot.core.runbook.inline import anchor, plain, sentences, without_comments
from bot.core.runbook.items import (
    MOST_STEPS,
    Draft,
    command,
    is_typed,
    item_head,
    lead_of,
    rows_of,
    table_drafts,
)
from bot.core.runbook.markdown import Block, Item, Kind
from bot.core.runbook.outline import Part, Section

_NOTHING = re.compile(
    r"(?:to-?do|tbd|tba|n/?a|none|to be (?:added|done|defined|written|completed)|"
    r"\[\[?_?toc_?\]\]?|-{3,}|\*{3,}|_{3,})\W*$",
    re.IGNORECASE,
)
_CODE = re.compile(r"\s*(?:```|~~~)|(?: {4}|\t)")
_LINK = re.compile(r"\(#([\w-]{1,200})\)")
_MOST = 0.5
"""From which share of instructions on the items of a list are steps."""


def cut(sections: tuple[Section, ...]) -> list[Draft]:
    """Return the steps of the sections in order; empty if none asks for an act."""
    acting = any(section.part is Part.ACTS for section in sections)
    told = (section.blocks for section in sections if not section.is_title)
    cutter = _Cutter(acting=acting, outlined=not any(told))
    for at, section in enumerate(sections):
        after = sections[at + 1] if at + 1 < len(sections) else None
        cutter.take(section, deeper=after is not None and after.level > section.level)
    return cutter.finish()


class _Cutter:
    """Goes through the sections once, with the drafts so far and what awaits one."""

    def __init__(self, *, acting: bool, outlined: bool) -> None:
        self.acting = acting
        self.outlined = outlined
        self.drafts: list[Draft] = []
        self.awaiting: list[str] = []
        self.opened = self.waited = 0
        self.whole: int | None = None
        self.folded = False
        self.context = self.named = ""
        self.links: dict[str, int] = {}
        self.linked: tuple[int, int] | None = None

    def take(self, section: Section, *, deeper: bool) -> None:
        """Read a section; `deeper` tells that the next one stands within it."""
        self.opened = len(self.drafts)
        self.waited = len(self.awaiting)
        self.context = section.context
        if self.whole is not None and section.level > self.whole:
            self._fold_section(section)
            return
        self.whole = None
        if section.part is Part.EXPLAINS:
            self._explained(section)
        elif _is_step(section, deeper=deeper, outlined=self.outlined):
            self._whole(section)
        else:
            self._blocks(section)
            self._close(section)

    def finish(self) -> list[Draft]:
        """Return the drafts; what still awaits one goes to the last."""
        if not self.drafts and any(_CODE.match(text) for text in self.awaiting):
            self.drafts.append(Draft(self.awaiting.pop(0), (), 1))
        if self.drafts:
            for text in self.awaiting:
                self.drafts[-1] = self.drafts[-1].with_more(text)
        return self.drafts

    def _explained(self, section: Section) -> None:
        """Keep an explanation among the acts: before the act that it prepares for."""
        if not section.within_acts:
            return
        if wording.is_before_work(section.title):
            self.awaiting += [f"**{section.title}**", *_texts(section)]
        elif not self._is_linked(section):
            self._fold_section(section)

    def _is_linked(self, section: Section) -> bool:
        """Put a section to the step that links to it, with all that is below it."""
        if self.linked is None or section.level <= self.linked[0]:
            home = self.links.get(anchor(section.title))
            self.linked = None if home is None else (section.level, home)
        if self.linked is None:
            return False
        home = self.linked[1]
        for text in (f"**{section.title}**", *_texts(section)):
            self.drafts[home] = self.drafts[home].with_more(text)
        return True

    def _whole(self, section: Section) -> None:
        """Make a section and all that stands within it one step."""
        self.whole = section.level
        self.context = self.named
        self._open(section.title, section.line)
        for text in _texts(section):
            self._fold(text)

    def _fold_section(self, section: Section) -> None:
        self.opened = 0
        self._fold(f"**{section.title}**")
        for text in _texts(section):
            self._fold(text)

    def _blocks(self, section: Section) -> None:
        before: Block | None = None
        acts = section.part is Part.ACTS or not self.acting
        for at, block in enumerate(section.blocks):
            after = section.blocks[at + 1] if at + 1 < len(section.blocks) else None
            if self.folded or block.kind is Kind.OTHER:
                self._other(block)
            elif block.kind is Kind.PARAGRAPH:
                self._paragraph(block, after, acts=acts)
            elif block.kind is Kind.CODE:
                self._code(block, acts=acts)
            elif block.kind is Kind.TABLE:
                self._table(block, lead_of(before))
            else:
                self._list(block, lead_of(before), acts=acts)
            before = block

    def _close(self, section: Section) -> None:
        """Let a section that only points elsewhere do so, and drop descriptions."""
        if len(self.drafts) > self.opened:
            return
        if section.part is Part.ACTS or not self.acting:
            if self.awaiting and wording.is_pointer(plain(self.awaiting[-1])):
                text = self.awaiting.pop()
                self._open(text, section.blocks[-1].line)
        elif wording.is_before_work(section.title):
            self.awaiting.insert(self.waited, f"**{section.title}**")
        else:
            self.awaiting = [text for text in self.awaiting if wording.is_note(text)]

    def _open(self, title: str, line: int) -> None:
        more = list(self.awaiting)
        if self.context != self.named and self.context:
            more.insert(0, f"**{self.context}**")
        self.named = self.context
        self.drafts.append(Draft(title, tuple(more), line))
        self.awaiting.clear()
        self._note_links(title)

    def _note_links(self, text: str) -> None:
        """Remember which draft is the first to link to a section of the page."""
        for name in _LINK.findall(text):
            self.links.setdefault(name.lower(), len(self.drafts) - 1)

    def _fold(self, text: str) -> None:
        """Keep a text with the section's last draft, or for the next draft."""
        if not text.strip() or _NOTHING.match(text):
            return
        if len(self.drafts) > self.opened:
            self.drafts[-1] = self.drafts[-1].with_more(text)
            self._note_links(text)
        else:
            self.awaiting.append(text)

    def _other(self, block: Block) -> None:
        """Keep quotations and HTML; all within <details> is explanation."""
        if block.kind is Kind.OTHER and "<details" in block.text:
            self.folded = True
        if "</details" in block.text:
            self.folded = False
        self._fold(without_comments(block.text))

    def _paragraph(self, block: Block, after: Block | None, *, acts: bool) -> None:
        parts = sentences(block.text)[: MOST_STEPS + 1]
        asks = [wording.is_instruction(plain(part)) for part in parts]
        pointing = [wording.is_pointer(plain(part)) for part in parts]
        if not any(asks) and not all(pointing) and self._leads(parts, after, acts):
            asks[-1] = True
        if all(pointing) or not any(asks):
            self._fold(block.text)
            return
        first = asks.index(True)
        if parts[:first]:
            self.awaiting.append(" ".join(parts[:first]))
        rest: list[str] = []
        rows = rows_of(block.text, parts)
        for at, part in enumerate(parts[first:], first):
            if at == first or (asks[at] and not _goes_on(part, pointing[at])):
                self._fold(" ".join(rest))
                self._open(part, block.line + rows[at])
                rest = []
            else:
                rest.append(part)
        self._fold(" ".join(rest))

    def _leads(self, parts: list[str], after: Block | None, acts: bool) -> bool:  # noqa: FBT001  read once, privately
        """Tell whether what stands before code says what to do with it."""
        if after is None or after.kind is not Kind.CODE or wording.is_note(parts[0]):
            return False
        told = len(self.drafts) > self.opened
        sample = told and wording.is_sample(plain(parts[-1]))
        return not sample and (acts or is_typed(after))

    def _code(self, block: Block, *, acts: bool) -> None:
        if len(self.drafts) == self.opened and (acts or is_typed(block)):
            self._open(command(block), block.line)
        self._fold(block.text)

    def _table(self, block: Block, lead: str) -> None:
        rows = table_drafts(block)
        told = len(self.drafts) > self.opened
        if not rows or (told and not wording.announces_acts(lead)):
            self._fold(block.text)
            return
        self._take_back(lead)
        for row in rows:
            self._open(row.title, row.line)
            self._fold("\n".join(row.more))

    def _list(self, block: Block, lead: str, *, acts: bool) -> None:
        items = block.items[: MOST_STEPS + 1]
        heads = [item_head(item.text) for item in items]
        asks = [wording.is_instruction(plain(head)) for head, _ in heads]
        if not self._are_steps(block, lead, asks, acts=acts):
            self._fold(block.text)
            return
        self._take_back(lead)
        for item, (title, more), ask in zip(items, heads, asks, strict=True):
            if not ask and _is_remark(block, item, asks):
                self._fold(item.text)
            else:
                self._open(title, item.start + 1)
                self._fold(more)

    def _take_back(self, lead: str) -> None:
        """Make an introduction that is no act itself part of the first item."""
        empty = wording.announces_acts(lead) or wording.is_bare_verb(lead)
        if lead and empty and len(self.drafts) > self.opened:
            led = self.drafts.pop()
            self.awaiting += [*led.more, led.title]

    def _are_steps(
        self, block: Block, lead: str, asks: list[bool], *, acts: bool
    ) -> bool:
        boxed = any(item.boxed for item in block.items)
        if boxed or sum(asks) >= _MOST * len(asks):
            return True
        announced = wording.announces_acts(lead) or wording.is_bare_verb(lead)
        if not announced and wording.names_causes(lead):
            return False
        if block.ordered:
            return acts or announced or not lead
        told = len(self.drafts) > self.opened
        return acts and (wording.is_bare_verb(lead) or not (lead or told))


def _is_step(section: Section, *, deeper: bool, outlined: bool) -> bool:
    """Tell whether a heading is itself the instruction."""
    title = section.title
    if section.is_title or not title:
        return False
    if outlined:
        return not (deeper and wording.is_action_heading(title))
    lists = any(block.kind is Kind.LIST for block in section.blocks)
    act = wording.starts_with_verb(title) and " " in title.strip()
    if act and not lists and not deeper and section.level <= _DEEPEST_HEADING:
        return True
    return wording.is_step_heading(title)


_DEEPEST_HEADING = 6


def _is_remark(block: Block, item: Item, asks: list[bool]) -> bool:
    """Tell whether an item that asks nothing is a remark beside those that ask."""
    said = plain(item.text)
    marked = block.ordered or item.boxed
    return any(asks) and not marked and said.endswith(".") and " " in said


def _texts(section: Section) -> list[str]:
    return [text for block in section.blocks if (text := block.text).strip()]


def _goes_on(part: str, pointing: bool) -> bool:  # noqa: FBT001  read once, privately
    return pointing or wording.goes_on(part)
