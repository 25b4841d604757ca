"""Which runbook: the proposal with its reasons, the runners-up, and what is missing."""

from collections.abc import Iterator
from typing import Final

from bot.cohrtz.whence import file_of, lacking
from bot.core.incident.looks import requestable
from bot.core.incident.state import ACTING, Incident, Status
from bot.core.ranking import Lack, Ranked, Ranking, Reason
from bot.core.runbook.pages import Runbook
from handlers import refs
from handlers.render import blocks as b
from handlers.render.blocks import Block
from handlers.render.step import heading, instructions
from handlers.render.words import (
    Catalogue,
    Drawn,
    literal,
    name,
    prose,
    source,
    told_fact,
)

PAGES: Final = 5
"""How many pages are shown, the proposed one among them."""
_FIRST: Final = ":point_right: "
_NEXT: Final = "Runner-up: "
_REASONS: Final = 3
_FACTS: Final = 4
_FILES: Final = 3
"""How many files are asked for at once."""
_LACK: Final = {Lack.MISSING: "Not known yet", Lack.STALE: "Seen too long ago"}


def ranking(state: Incident, ranked: Ranking, catalogue: Catalogue) -> Drawn:
    """Draw the last ranking; no page is started by itself.

    While the incident is being ranked again it is shown without buttons.
    """
    proposed = [one for one in ranked.ranked if one.slug == ranked.proposed]
    others = [one for one in ranked.ranked if one.slug != ranked.proposed]
    left = PAGES - len(proposed)
    shown = [
        b.section(f"*Which runbook*\n{_verdict(state, ranked)}"),
        *(_page(state, one, catalogue, _FIRST) for one in proposed),
        *_opposed(ranked),
        *_requests(state, ranked, catalogue),
        *_lacking(ranked, catalogue),
        *(
            _page(state, one, catalogue, _NEXT if proposed and not at else "")
            for at, one in enumerate(others[:left])
        ),
        *_rest(others[left:]),
        *_no_start(state),
    ]
    return Drawn(_fallback(proposed), shown)


def proposal(state: Incident, ranked: Ranking, catalogue: Catalogue) -> Drawn:
    """Draw the first step of the proposed page, before anybody started it."""
    page = catalogue.library.get(ranked.proposed or "")
    if state.ranking is None or page is None:
        return _withdrawn(state)
    title = name(page.title, 100)
    shown = [
        heading(1, len(page.steps), page.steps[0]),
        *instructions(page.steps[0]),
        b.section(f"Proposed: *{title}*. Nothing runs before somebody starts it."),
        *_start_row(state, page),
        *_no_start(state),
    ]
    return Drawn(f"Proposed runbook: {title}. Its first step is here.", shown)


def _fallback(proposed: list[Ranked]) -> str:
    if proposed:
        return f"Proposed runbook: {name(proposed[0].title, 100)}"
    return "No runbook stands out yet; choose one, or look further"


def _verdict(state: Incident, ranked: Ranking) -> str:
    if state.ranking is None:
        return _unranked(state)
    if ranked.proposed:
        return "The evidence speaks for this page. Start it, or choose another one."
    level = [one for one in ranked.ranked if one.for_ and not one.against]
    titles = " and ".join(f"*{name(one.title, 60)}*" for one in level[:3])
    why = f"No clear lead: {titles}" if level else "No fact speaks for a page"
    return f"{why}. Choose a page, or find out what is missing."


def _unranked(state: Incident) -> str:
    if state.status is Status.RESOLVED:
        return "This was the last ranking before the incident was resolved."
    return "The evidence is being gathered again; this was the last ranking."


def _page(state: Incident, page: Ranked, catalogue: Catalogue, lead: str) -> Block:
    lines = [
        f"{lead}*{name(page.title, 100)}* (score {page.score})",
        *_reasons("For", page.for_),
        *_reasons("Against", page.against),
        *_undecided(page),
    ]
    start = _start(state, page, catalogue, first=lead == _FIRST)
    return b.section("\n".join(lines), accessory=start)


def _reasons(label: str, reasons: tuple[Reason, ...]) -> Iterator[str]:
    for reason in reasons[:_REASONS]:
        yield f"{label}: {literal(reason.guard, 120)}{_facts(reason)}"
    if len(reasons) > _REASONS:
        yield f"…and {len(reasons) - _REASONS} more {label.lower()} it"


def _facts(reason: Reason) -> str:
    told = ", ".join(told_fact(fact) for fact in reason.facts[:_FACTS])
    return f", seen: {told}" if told else ""


def _undecided(page: Ranked) -> Iterator[str]:
    if len(page.open) > _REASONS and not (page.for_ or page.against):
        # Nothing is known of the page; which files would tell is said above.
        yield f"{len(page.open)} of its signs could not be told."
    elif page.open:
        guards = ", ".join(literal(one.guard, 80) for one in page.open[:_REASONS])
        left = len(page.open) - _REASONS
        yield f"Could not be told: {guards}{f' and {left} more' if left > 0 else ''}"


def _lacking(ranked: Ranking, catalogue: Catalogue) -> Iterator[Block]:
    wanted: list[str] = []
    for one in ranked.missing:
        in_files = [fact for fact in one.facts if _only_in_files(fact, catalogue)]
        wanted += in_files
        seen = [fact for fact in one.facts if fact not in in_files]
        told = ", ".join(source(fact, catalogue) for fact in seen[:10])
        more = f" and {len(seen) - 10} more" if seen[10:] else ""
        yield from [b.context(f"{_LACK[one.reason]}: {told}{more}.")] if seen else []
    # Nobody is asked for files while a page is clear.
    for need in () if ranked.proposed else lacking(wanted)[:_FILES]:
        yield b.context(f"Would tell: {prose(need.whence.words)}")


def _requests(
    state: Incident, ranked: Ranking, catalogue: Catalogue
) -> Iterator[Block]:
    """Offer the looks that take a while, if the ranking lacks what they tell."""
    if state.ranking is None or state.status is Status.RESOLVED:
        return
    lacked = requestable(ranked, catalogue.yields or {}, catalogue.on_request)
    for check in lacked:
        offer = catalogue.on_request[check]
        value = refs.RequestButton(incident=state.id, check=check).encoded()
        yield b.section(
            f"Would tell: *{name(catalogue.title(check))}*. {name(offer.words)}",
            accessory=b.button(offer.button, action=refs.REQUEST, value=value),
        )


def _only_in_files(fact: str, catalogue: Catalogue) -> bool:
    return fact not in (catalogue.yields or {}) and file_of(fact) is not None


def _opposed(ranked: Ranking) -> Iterator[Block]:
    for one in ranked.opposed:
        seen = " but ".join(
            f"{told_fact(fact)} ({name(fact.source, 40)} {b.date(fact.observed_at)})"
            for fact in one.facts
        )
        means = name(one.means, 300)
        yield b.context(f":left_right_arrow: *Contradiction:* {seen}. {means}")


def _rest(pages: list[Ranked]) -> Iterator[Block]:
    if pages:
        titles = ", ".join(name(one.title, 60) for one in pages[:20])
        more = "Start one with /triage runbook NAME."
        yield b.context(f"Also in the library: {titles}. {more}")


def _start(
    state: Incident, page: Ranked, catalogue: Catalogue, *, first: bool
) -> Block | None:
    book = catalogue.library.get(page.slug)
    if book is None or not _startable(state, book):
        return None
    style = "primary" if first else None
    label = f"Start “{b.one_line(book.title, 60)}”"
    return _button(state, book, label, style)


def _start_row(state: Incident, book: Runbook) -> Iterator[Block]:
    if _startable(state, book):
        yield b.actions(_button(state, book, "Start runbook", "primary"))


def _button(state: Incident, book: Runbook, label: str, style: str | None) -> Block:
    value = refs.StartButton(incident=state.id, slug=book.slug).encoded()
    return b.button(label, action=refs.START, value=value, style=style)


def _startable(state: Incident, book: Runbook) -> bool:
    if state.ranking is None or _why_not(state) or len(book.slug) > refs.MAX_SLUG:
        return False
    run = state.run
    return not (run and run.slug == book.slug and run.current())


def _why_not(state: Incident) -> str | None:
    """Say why no page can be started now; None if one can."""
    if state.status is Status.RESOLVED:
        return "The incident is resolved. Reopen it to start a page: /triage reopen."
    step = state.run.current() if state.run else None
    if step and step.status in ACTING:
        return f"Step {step.number} is acting or in doubt: it is settled first."
    return None


def _no_start(state: Incident) -> Iterator[Block]:
    why = _why_not(state)
    if why:
        yield b.context(why)


def _withdrawn(state: Incident) -> Drawn:
    if state.ranking is None:
        told = "A page was proposed here; the evidence is being gathered again."
    else:
        told = "The page that was proposed here is not proposed any more."
    return Drawn(told, [b.section(told), *_no_start(state)])
