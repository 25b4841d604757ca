"""Read a runbook page: a text in, runbooks and problems out. Nothing is raised."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import BaseModel

from bot.core.runbook.catalogue import Catalogue
from bot.core.runbook.fences import Allowed
from bot.core.runbook.frontmatter import (
    REPORTED,
    FrontMatter,
    Head,
    foreign_title,
    read_front_matter,
    split,
)
from bot.core.runbook.html import html_blocks
from bot.core.runbook.inline import anchor, plain
from bot.core.runbook.items import MOST_STEPS
from bot.core.runbook.markdown import Block, Kind, blocks
from bot.core.runbook.outline import checklist_sections, runbook_sections, symptoms
from bot.core.runbook.pages import Runbook, Step
from bot.core.runbook.plain import acts
from bot.core.runbook.problems import Flaw, Problem
from bot.core.runbook.steps import our_fences, our_steps, plain_steps

LONGEST = 2_000_000
"""How many characters a page may have."""
MOST_ROWS = 20_000
"""How many rows a page may have; reading that many takes seconds."""


class Reading(BaseModel, frozen=True):
    """What a page holds. A page with any problem yields no runbooks."""

    runbooks: tuple[Runbook, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Page:
    """A page on its way to being runbooks."""

    slug: str
    sha256: str
    head: Head
    blocks: tuple[Block, ...]


def read(text: str, *, file: str, catalogue: Catalogue) -> Reading:
    """Read a page; `file` is its path as problems should name it.

    A page for people alone always yields a runbook if it says anything. A page with
    front matter or fences for the bot must be right in every detail.
    """
    if _is_too_long(text):
        return _too_long(file)
    page = _page(text, file)
    is_ours = page.head.is_ours or bool(our_fences(page.blocks))
    return _reading(_ours(page, catalogue) if is_ours else _plain(page), file)


def read_plain(text: str, *, file: str) -> Reading:
    """Read a page from elsewhere: whatever it says, people confirm its steps.

    Front matter is passed over but for its title, and fences are shown, never run.
    """
    return (
        _too_long(file)
        if _is_too_long(text)
        else _reading(_plain(_page(text, file)), file)
    )


def _is_too_long(text: str) -> bool:
    return len(text) > LONGEST or len(text.splitlines()) > MOST_ROWS


def _too_long(file: str) -> Reading:
    words = f"a page has at most {LONGEST} characters in {MOST_ROWS} rows."
    flaw = Flaw(line=1, message=words, hint="Cut it into several.")
    return Reading(problems=(flaw.within(file),))


_Found = tuple[tuple[Runbook, ...], tuple[Flaw, ...]]


def _reading(found: _Found, file: str) -> Reading:
    runbooks, flaws = found
    flaws = (*flaws, *(_endless(book) for book in runbooks if _is_endless(book)))
    problems = tuple(flaw.within(file) for flaw in sorted(flaws, key=_line))
    return Reading(runbooks=() if problems else runbooks, problems=problems)


def _is_endless(book: Runbook) -> bool:
    return len(book.steps) > MOST_STEPS


def _endless(book: Runbook) -> Flaw:
    words = f"«{book.title}» has more than {MOST_STEPS} steps."
    return Flaw(line=book.steps[0].line, message=words, hint="Cut it into several.")


def is_page(file: str) -> bool:
    """Tell whether a file of the folder is a page: Markdown, and no README."""
    name = re.split(r"[\\/]", file)[-1].lower()
    return name.endswith(".md") and name != "readme.md"


def slug_of(file: str) -> str:
    """Return a page's slug: its file's name without folders and `.md`."""
    return re.split(r"[\\/]", file)[-1].removesuffix(".md")


def _page(text: str, file: str) -> _Page:
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head = split(rows)
    shown = (part for block in blocks(head.body) for part in _shown(block))
    return _Page(slug_of(file), sha256, head, tuple(shown))


def _shown(block: Block) -> tuple[Block, ...]:
    return html_blocks(block) if block.kind is Kind.OTHER else (block,)


def _plain(page: _Page) -> _Found:
    named = _sections(page)
    if named:
        return _collection(page, named)
    steps = plain_steps(page.blocks)
    flaws = () if steps else (_empty(page),)
    title = foreign_title(page.head) or _heading(page) or page.slug
    runbook = _runbook(page, FrontMatter(title=title), page.blocks, steps)
    return (runbook,), flaws


def _ours(page: _Page, catalogue: Catalogue) -> _Found:
    front, flaws = read_front_matter(page.head, catalogue)
    allowed = Allowed(catalogue, frozenset(REPORTED))
    steps, wrong = our_steps(page.blocks, allowed)
    more = [] if steps else [_empty(page)]
    more += _several(page)
    title = front.title or _heading(page) or page.slug
    front = front.model_copy(update={"title": title})
    return (_runbook(page, front, page.blocks, steps),), (*flaws, *wrong, *more)


def _sections(page: _Page) -> list[tuple[str, tuple[Block, ...]]]:
    """Return the runbooks of a collection; a single page's title is none."""
    named = list(runbook_sections(page.blocks))
    first = next((b for b in page.blocks if b.kind is Kind.HEADING), None)
    alone = len(named) == 1 and first is not None and first.level == 1
    return [] if alone and named[0][0] == _heading(page) else named


def _collection(page: _Page, named: list[tuple[str, tuple[Block, ...]]]) -> _Found:
    """Return the runbooks of the named sections and the checklists beside them."""
    found: dict[str, Runbook] = {}
    flaws: list[Flaw] = []
    checklists = [one for one in checklist_sections(page.blocks) if acts(one[1])]
    for title, section in sorted([*named, *checklists], key=_place):
        slug = f"{page.slug}#{anchor(title)}"
        steps = plain_steps(section)
        line = section[0].line if section else 1
        if not steps:
            flaws.append(Flaw(line=line, message=f"«{title}» has no steps."))
        if slug in found:
            flaws.append(Flaw(line=line, message=f"«{title}» is there twice."))
        runbook = _runbook(page, FrontMatter(title=title), section, steps)
        found[slug] = runbook.model_copy(update={"slug": slug})
    return tuple(found.values()), tuple(flaws)


def _place(section: tuple[str, tuple[Block, ...]]) -> int:
    return section[1][0].start if section[1] else 0


def _runbook(
    page: _Page,
    front: FrontMatter,
    section: tuple[Block, ...],
    steps: tuple[Step, ...],
) -> Runbook:
    return Runbook(
        slug=page.slug,
        title=front.title,
        symptoms=front.symptoms or symptoms(section),
        for_=front.for_,
        against=front.against,
        fresh=front.fresh,
        about=front.about,
        owner=front.owner,
        reviewed=front.reviewed,
        steps=steps,
        sha256=page.sha256,
    )


def _heading(page: _Page) -> str:
    """Return the page's first heading, without «Runbook:» before it."""
    headings = (block for block in page.blocks if block.kind is Kind.HEADING)
    first = next(headings, None)
    said = plain(first.text) if first else ""
    return re.sub(
        r"^(?:run|play)book(?:\s+#?\d+)?\s*[:\u2013\u2014-]\s*(?=\S)",
        "",
        said,
        flags=re.IGNORECASE,
    )


def _several(page: _Page) -> Iterator[Flaw]:
    named = _sections(page)
    if len(named) > 1:
        words = f"a page for the bot holds one runbook, this one has {len(named)}."
        hint = "Make each a file of its own."
        yield Flaw(line=1, message=words, hint=hint)


def _empty(page: _Page) -> Flaw:
    if not any(block.text.strip() for block in page.blocks):
        return Flaw(line=1, message="the page is empty.", hint="Write its steps.")
    words = "the page has no steps."
    return Flaw(line=1, message=words, hint="Number them under a heading `## Steps`.")


def _line(flaw: Flaw) -> int:
    return flaw.line
