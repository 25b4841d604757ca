"""Erasing words for privacy: what of each kind of event goes, and what must stay.

What people typed and what was told in prose goes, and so do facts whose value is text;
who, when, what kind and whatever the state rests on stay, so that the events still add
up. In the place of words stands who erased them and when. Where the bot repeated the
words of an event in another one, they go from there as well.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from bot.core.evidence import Evidence, Fact
from bot.core.incident import events as e
from bot.core.incident.events import BOT, Body, Event
from bot.core.incident.refusal import NotNow
from bot.core.ranking import Ranked, Ranking, Reason
from bot.core.report import MAX_NAME, MAX_WORDS, visible
from bot.core.trail.chain import remains_digest


@dataclass(frozen=True)
class Erase:
    """Erase the words of one event; `by` is who, `at` when, `why` goes on record."""

    seq: int
    by: str
    at: datetime
    why: str

    @property
    def mark(self) -> str:
        """Return what stands in the place of the words."""
        return f"[erased by {self.by}, {self.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC]"


@dataclass(frozen=True)
class Erasing:
    """What is left of each event, by number, and the events that say so."""

    left: Mapping[int, Body]
    records: tuple[e.Erased, ...]


def erase(events: Sequence[Event], wish: Erase) -> Erasing:
    """Return what an erasure makes of the events; raise NotNow if it may not be."""
    wish = _readable(wish)
    event = next((one for one in events if one.seq == wish.seq), None)
    if event is None:
        raise NotNow(f"There is no event {wish.seq}.")
    first = next((one for one in events if _erases(one, wish.seq)), None)
    if first is not None:
        reason = f"The words of event {wish.seq} are erased already."
        raise NotNow(reason, by=first.by, at=first.at)
    left = {one.seq: _left(one.body, wish.mark) for one in _told_in(event, events)}
    if left[wish.seq] == event.body:
        raise NotNow(f"Event {wish.seq} ({event.body.kind}) has no words to erase.")
    return Erasing(left, tuple(_record(seq, left[seq], wish) for seq in sorted(left)))


def _readable(wish: Erase) -> Erase:
    by, why = str(visible(wish.by)), str(visible(wish.why))
    if not 0 < len(by) <= MAX_NAME or by == BOT:
        raise NotNow("Say who erases it.")
    if not 0 < len(why) <= MAX_WORDS:
        raise NotNow("Say in a few words why, without what is to be erased.")
    return Erase(wish.seq, by, wish.at, why)


def _erases(event: Event, seq: int) -> bool:
    return isinstance(event.body, e.Erased) and event.body.erased == seq


def _record(seq: int, left: Body, wish: Erase) -> e.Erased:
    digest = remains_digest(left.model_dump_json())
    return e.Erased(erased=seq, left=digest, why=wish.why)


def _told_in(event: Event, events: Sequence[Event]) -> Iterator[Event]:
    """Yield the event, and those in which the bot told the same."""
    yield event
    for other in events:
        if other.seq != event.seq and _repeats(event, other):
            yield other


def _repeats(event: Event, other: Event) -> bool:
    if isinstance(event.body, e.CheckReported):
        return _tells(other.body, tuple(_textual(event.body.evidence.facts)))
    words = getattr(event.body, "words", None)
    once = BOT in (event.by, other.by) and event.by != other.by
    return bool(words) and once and getattr(other.body, "words", None) == words


def _tells(body: Body, facts: tuple[Fact, ...]) -> bool:
    """Say whether a ranking or a guard told the value of one of the facts."""
    if isinstance(body, e.RunbooksRanked):
        told = {fact for page in body.ranking.ranked for fact in _facts_of(page)}
        return not told.isdisjoint(facts)
    barred = body.barred or "" if isinstance(body, e.StepReached) else ""
    return any(f"{fact.name} is {fact.value}" in barred for fact in facts)


def _facts_of(page: Ranked) -> Iterator[Fact]:
    for reason in (*page.for_, *page.against, *page.open):
        yield from reason.facts


def _textual(facts: Sequence[Fact]) -> Iterator[Fact]:
    return (fact for fact in facts if isinstance(fact.value, str))


def _plain(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if not isinstance(fact.value, str))


def _left(body: Body, mark: str) -> Body:
    return ERASABLE[body.kind](body, mark)


def _words(*names: str) -> Callable[[Any, str], Body]:
    """Erase these fields where they say something."""

    def left(body: Any, mark: str) -> Body:  # noqa: ANN401  of the kind in the table
        changes = {name: mark for name in names if getattr(body, name)}
        erased: Body = body.model_copy(update=changes)
        return erased

    return left


def _nothing(body: Body, _: str) -> Body:
    return body


def _opened(body: e.Opened, mark: str) -> Body:
    """Keep the room and the participant; what was typed besides goes."""
    report = body.report
    changes = {
        "words": report.words and mark,
        "transitions": report.transitions and mark,
        "packet_type": None,
        "request_id": None,
    }
    return body.model_copy(update={"report": report.model_copy(update=changes)})


def _reported(body: e.CheckReported, mark: str) -> Body:
    seen = body.evidence
    left = Evidence(
        verdict=seen.verdict,
        headline=mark,
        facts=_plain(seen.facts),
        reference=seen.reference,
    )
    return body.model_copy(update={"evidence": left})


def _ranked(body: e.RunbooksRanked, mark: str) -> Body:
    ranking = body.ranking
    left = Ranking(
        ranked=tuple(_page(page) for page in ranking.ranked),
        proposed=ranking.proposed,
        because=mark,
        missing=ranking.missing,
    )
    return body.model_copy(update={"ranking": left})


def _page(page: Ranked) -> Ranked:
    lists = ("for_", "against", "open")
    return page.model_copy(
        update={name: tuple(map(_reason, getattr(page, name))) for name in lists}
    )


def _reason(reason: Reason) -> Reason:
    return reason.model_copy(update={"facts": _plain(reason.facts)})


ERASABLE: Final[Mapping[str, Callable[[Any, str], Body]]] = {
    "incident.opened": _opened,
    "transitions.seen": _nothing,
    "checks.requested": _nothing,
    "check.reported": _reported,
    "runbooks.ranked": _ranked,
    "runbook.started": _nothing,
    "step.reached": _words("barred"),
    "step.settled": _words("words"),
    "action.prepared": _nothing,
    "action.unready": _words("why"),
    "action.asked": _nothing,
    "action.intended": _nothing,
    "action.finished": _words("detail"),
    "action.doubted": _words("why"),
    "action.settled": _words("detail"),
    "resolve.asked": _words("words"),
    "resolve.held": _nothing,
    "incident.resolved": _words("words"),
    "incident.reopened": _words("words"),
    "body.erased": _words("why"),
}
"""What erasing does to each kind. A plan stays: a doubt is settled by what it binds."""
