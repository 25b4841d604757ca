"""The steps of a page: those of its own numbered list, or those a reader would see."""

from collections.abc import Iterable, Iterator

from bot.core.runbook.fences import WORDS, Allowed, Order, read_fence
from bot.core.runbook.inline import says_more, title
from bot.core.runbook.items import Draft, item_head
from bot.core.runbook.markdown import Block, Fence, Item, Kind
from bot.core.runbook.outline import Part, outline
from bot.core.runbook.pages import Step, StepKind
from bot.core.runbook.plain import drafts
from bot.core.runbook.problems import Flaw


def our_fences(page: Iterable[Block]) -> tuple[Fence, ...]:
    """Return all fences on the page that are meant for the bot."""
    return tuple(f for block in page for f in block.fences if f.word in WORDS)


def plain_steps(page: tuple[Block, ...]) -> tuple[Step, ...]:
    """Return the steps of a page for people; each is confirmed by a person."""
    return tuple(_step(draft) for draft in drafts(page))


def our_steps(
    page: tuple[Block, ...], allowed: Allowed
) -> tuple[tuple[Step, ...], tuple[Flaw, ...]]:
    """Return the numbered items of the page as steps, and what is wrong with them.

    Numbered lists in sections that explain (Meaning, Causes …) are no steps. A page
    without numbered items is read like a page for people.
    """
    items = [item for block in _numbered(page) for item in block.items]
    read = list(_reads(items, allowed))
    inside = {fence for item in items for fence in item.fences}
    stray = (fence for fence in our_fences(page) if fence not in inside)
    flaws = [flaw for _, wrong in read for flaw in wrong] + [_stray(f) for f in stray]
    steps = tuple(step for step, _ in read) or plain_steps(page)
    return steps, tuple(flaws)


def _numbered(page: tuple[Block, ...]) -> Iterable[Block]:
    for section in outline(page):
        if section.part is not Part.EXPLAINS:
            yield from (b for b in section.blocks if b.kind is Kind.LIST and b.ordered)


def _reads(
    items: list[Item], allowed: Allowed
) -> Iterator[tuple[Step, tuple[Flaw, ...]]]:
    """Read the items in order: a guard may read what a step before it asks."""
    for item in items:
        step, flaws = _read(item, allowed)
        allowed = allowed.after(step.asks)
        yield step, flaws


def _read(item: Item, allowed: Allowed) -> tuple[Step, tuple[Flaw, ...]]:
    ours = tuple(fence for fence in item.fences if fence.word in WORDS)
    first, more = item_head(item.without(ours))
    flaws = [_second(fence) for fence in ours[1:]]
    order = Order(StepKind.CONFIRM)
    if ours:
        order, wrong = read_fence(ours[0], allowed)
        flaws += wrong
    draft = Draft(first, (more,) if more else (), item.start + 1)
    return _step(draft, order), tuple(flaws)


def _step(draft: Draft, order: Order | None = None) -> Step:
    told = order or Order(StepKind.CONFIRM)
    said = title(draft.title) or "(this step has no words)"
    whole = (draft.title,) if says_more(draft.title) else ()
    return Step(
        title=said,
        body="\n\n".join((*whole, *draft.more)),
        kind=told.kind,
        call=told.call,
        when=told.when,
        only_if=told.only_if,
        asks=told.asks,
        verify=told.verify,
        fresh=told.fresh,
        line=draft.line,
    )


def _second(fence: Fence) -> Flaw:
    return Flaw(
        line=fence.start + 1,
        message="a step has one fence for the bot.",
        hint="Make this one a step of its own.",
    )


def _stray(fence: Fence) -> Flaw:
    return Flaw(
        line=fence.start + 1,
        message=f"this {fence.word} stands in no numbered step.",
        hint="Put it into an item of the numbered list, indented like its text.",
    )
