"""A page written for people alone, cut into the steps that a careful reader would see.

Section by section: under a heading such as Mitigation or Steps, each item of a list and
each sentence that asks for an act is a step; a command belongs to the instruction
before it; what is nested, quoted or explained belongs to the step that it is next to,
so nothing is lost. Sections such as Meaning or Impact hold no steps. Without any such
heading, the page's other headings are read the same way; where that finds nothing, the
headings themselves are the steps, and else the paragraphs.
"""

from bot.core.runbook.cutting import cut
from bot.core.runbook.items import MOST_STEPS, Draft
from bot.core.runbook.markdown import Block, Kind
from bot.core.runbook.outline import Part, Section, outline

__all__ = ["Draft", "acts", "drafts"]


def drafts(page: tuple[Block, ...]) -> tuple[Draft, ...]:
    """Return a page's steps in its order; empty only if it says nothing at all."""
    sections = outline(page)
    found = cut(sections) or _headings(sections) or _paragraphs(page)
    return tuple(found[: MOST_STEPS + 1])


def acts(page: tuple[Block, ...]) -> tuple[Draft, ...]:
    """Return only what a page asks for in so many words; headings alone do not."""
    return tuple(cut(outline(page)))


def _headings(sections: tuple[Section, ...]) -> list[Draft]:
    return [
        Draft(one.title, tuple(block.text for block in one.blocks), one.line)
        for one in sections
        if one.title and one.part is not Part.EXPLAINS and not one.is_title
    ]


def _paragraphs(page: tuple[Block, ...]) -> list[Draft]:
    """Make each block a step; code goes to the paragraph before it."""
    found: list[Draft] = []
    for block in page:
        if block.kind is Kind.HEADING or not block.text.strip():
            continue
        if block.kind is Kind.CODE and found:
            found[-1] = found[-1].with_more(block.text)
        elif block.kind is Kind.LIST:
            found += [Draft(item.text, (), item.start + 1) for item in block.items]
        else:
            found.append(Draft(block.text, (), block.line))
    return found
