"""Cut the sections of a plain page into drafts of steps."""

import re
from dataclasses import dataclass, replace

from bot.core.runbook import wording
from bot.core.runbook.inline import plain, sentences
from bot.core.runbook.markdown import Block, Kind, blocks
from bot.core.runbook.outline import Part, Section

_NOTHING = re.compile(r"(?:to-?do|tbd|n/?a|none|-{3,}|\*{3,}|_{3,})\W*$", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_PROMPT = re.compile(r"[$>]\s+(?=\S)")
_ONE_PARAGRAPH = re.compile(r"(?:\*\*)?\w+[^\n.):]")
"""How a row begins that can be nothing but a paragraph."""
_TYPED = frozenset(
    ["", "sh", "bash", "zsh", "shell", "console", "shell-session", "promql", "sql"]
)
_MOST = 0.5
"""From which share of instructions on the items of a list are steps."""


@dataclass(frozen=True)
class Draft:
    """A step to be: its first sentence and the rest, both still Markdown."""

    title: str
    more: tuple[str, ...]
    line: int

    def with_more(self, text: str) -> "Draft":
        """Return the draft with a further block behind the others."""
        return replace(self, more=(*self.more, text))


def cut(sections: tuple[Section, ...]) -> list[Draft]:
    """Return the steps of the sections in order; empty if none asks for an act."""
    acting = any(section.part is Part.ACTS for section in sections)
    cutter = _Cutter(acting=acting)
    for at, section in enumerate(sections):
        after = sections[at + 1] if at + 1 < len(sections) else None
        cutter.take(section, deeper=after is not None and after.level > section.level)
    return cutter.finish()


class _Cutter:
    """Goes through the sections once, with the drafts so far and what awaits one."""

    def __init__(self, *, acting: bool) -> None:
        self.acting = acting
        self.drafts: list[Draft] = []
        self.awaiting: list[str] = []
        self.opened = 0
        self.whole: int | None = None
        self.folded = False

    def take(self, section: Section, *, deeper: bool) -> None:
        """Read a section; `deeper` tells that the next one stands within it."""
        self.opened = len(self.drafts)
        if self.whole is not None and section.level > self.whole:
            self._fold_section(section, first=0)
            return
        self.whole = None
        if section.part is Part.EXPLAINS:
            self._explained(section)
        elif _is_step(section, deeper=deeper):
            self._whole(section)
        else:
            self._blocks(section)
            self._close(section)

    def finish(self) -> list[Draft]:
        """Return the drafts; what still awaits one goes to the last."""
        if self.drafts:
            for text in self.awaiting:
                self.drafts[-1] = self.drafts[-1].with_more(text)
        return self.drafts

    def _explained(self, section: Section) -> None:
        if section.within_acts:
            self._fold_section(section, first=0)

    def _whole(self, section: Section) -> None:
        """Make a section and all that stands within it one step."""
        self.whole = section.level
        self._open(section.title, section.line)
        for block in section.blocks:
            self._fold(block.text)

    def _fold_section(self, section: Section, *, first: int) -> None:
        self.opened = first
        self._fold(f"**{section.title}**")
        for block in section.blocks:
            self._fold(block.text)

    def _blocks(self, section: Section) -> None:
        before: Block | None = None
        for at, block in enumerate(section.blocks):
            after = section.blocks[at + 1] if at + 1 < len(section.blocks) else None
            if self.folded or block.kind is Kind.OTHER:
                self._other(block)
            elif block.kind is Kind.PARAGRAPH:
                self._paragraph(block, after)
            elif block.kind is Kind.CODE:
                self._code(block)
            else:
                self._list(section, block, before)
            before = block

    def _close(self, section: Section) -> None:
        """Let a section that only points elsewhere do so, and drop descriptions."""
        if len(self.drafts) > self.opened:
            return
        if section.part is Part.ACTS or not self.acting:
            if self.awaiting and wording.is_pointer(plain(self.awaiting[-1])):
                text = self.awaiting.pop()
                self._open(text, section.blocks[-1].line)
        else:
            self.awaiting.clear()

    def _open(self, title: str, line: int) -> None:
        self.drafts.append(Draft(title, tuple(self.awaiting), line))
        self.awaiting.clear()

    def _fold(self, text: str) -> None:
        """Keep a text with the section's last draft, or for the next draft."""
        if not text.strip() or _NOTHING.match(text):
            return
        if len(self.drafts) > self.opened:
            self.drafts[-1] = self.drafts[-1].with_more(text)
        else:
            self.awaiting.append(text)

    def _other(self, block: Block) -> None:
        """Keep quotations, tables and HTML; all within <details> is explanation."""
        if block.kind is Kind.OTHER and "<details" in block.text:
            self.folded = True
        if "</details" in block.text:
            self.folded = False
        self._fold(_COMMENT.sub("", block.text))

    def _paragraph(self, block: Block, after: Block | None) -> None:
        parts = sentences(block.text)
        asks = [wording.is_instruction(plain(part)) for part in parts]
        pointing = [wording.is_pointer(plain(part)) for part in parts]
        if after and after.kind is Kind.CODE and not any(asks) and not all(pointing):
            asks[-1] = True
        if all(pointing) or not any(asks):
            self._fold(block.text)
            return
        first = asks.index(True)
        if parts[:first]:
            self.awaiting.append(" ".join(parts[:first]))
        rest: list[str] = []
        for at, part in enumerate(parts[first:], first):
            if at == first or (asks[at] and not _goes_on(part, pointing[at])):
                self._fold(" ".join(rest))
                self._open(part, block.line + _rows_before(block.text, part))
                rest = []
            else:
                rest.append(part)
        self._fold(" ".join(rest))

    def _code(self, block: Block) -> None:
        if len(self.drafts) > self.opened:
            self._fold(block.text)
        else:
            self._open(_command(block), block.line)
            self._fold(block.text)

    def _list(self, section: Section, block: Block, before: Block | None) -> None:
        acts = section.part is Part.ACTS or not self.acting
        lead = _lead(before)
        if not self._are_steps(block, lead, acts=acts):
            self._fold(block.text)
            return
        if lead and wording.announces_acts(lead) and len(self.drafts) > self.opened:
            led = self.drafts.pop()
            self.awaiting += [led.title, *led.more]
        for item in block.items:
            title, more = item_head(item.text)
            self._open(title, item.start + 1)
            self._fold(more)

    def _are_steps(self, block: Block, lead: str, *, acts: bool) -> bool:
        asks = [
            wording.is_instruction(plain(item_head(item.text)[0]))
            for item in block.items
        ]
        if sum(asks) >= _MOST * len(asks):
            return True
        acts = acts and (wording.announces_acts(lead) or not wording.names_causes(lead))
        if not acts:
            return False
        told = len(self.drafts) > self.opened
        return block.ordered or not (lead or told)


def _is_step(section: Section, *, deeper: bool) -> bool:
    """Tell whether a heading is itself the instruction."""
    title = section.title
    if section.is_title or not title:
        return False
    lists = any(block.kind is Kind.LIST for block in section.blocks)
    act = wording.starts_with_verb(title) and " " in title.strip()
    if act and not lists and not deeper and section.level <= _DEEPEST_HEADING:
        return True
    return wording.is_step_heading(title)


_DEEPEST_HEADING = 6


def _goes_on(part: str, pointing: bool) -> bool:  # noqa: FBT001  read once, privately
    return pointing or wording.goes_on(part)


def _rows_before(text: str, part: str) -> int:
    return text[: max(text.find(part), 0)].count("\n")


def _lead(before: Block | None) -> str:
    """Return the paragraph that introduces a list with a colon, if one does."""
    if before is None or before.kind is not Kind.PARAGRAPH:
        return ""
    said = plain(before.text[-wording.LOOKED_AT :])
    return said if said.endswith(":") else ""


def item_head(text: str) -> tuple[str, str]:
    """Cut the Markdown of an item into its first sentence and the rest."""
    if "\n" not in text and _ONE_PARAGRAPH.match(text):
        first, *rest = sentences(text)
        return first, " ".join(rest)
    inner = blocks(text)
    if not inner or inner[0].kind is not Kind.PARAGRAPH:
        return (_command(inner[0]) if inner else ""), text
    first, *rest = sentences(inner[0].text) or [""]
    below = "\n".join(text.split("\n")[inner[0].stop :]).strip("\n")
    return first, "\n\n".join(part for part in (" ".join(rest), below) if part)


def _command(block: Block) -> str:
    """Make an instruction of a block of code that has none."""
    word = block.fences[0].word if block.fences else ""
    if block.kind is not Kind.CODE or word not in _TYPED:
        return f"Use this {word}".rstrip() if word else "Go through this"
    code = block.fences[0].content if block.fences else block.text
    rows = (_PROMPT.sub("", row.strip(), count=1) for row in code.split("\n"))
    row = next((row for row in rows if row and not row.startswith("#")), "")
    return f"Run `{row}`" if row and "`" not in row else "Run the command below"
