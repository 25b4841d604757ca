"""Erasing words for privacy: of an event, and of those that repeat what it says.

`bot.core.incident.erasable` says what of each kind goes. In the place of words stands
who erased them and when. Where the bot repeated the words of an event in another one,
they go from there as well.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

from bot.core.evidence import Fact
from bot.core.incident import events as e
from bot.core.incident import file_events as f
from bot.core.incident.erasable import left_of
from bot.core.incident.events import BOT, Body, Event
from bot.core.incident.refusal import NotNow
from bot.core.ranking import Ranking
from bot.core.report import MAX_NAME, MAX_WORDS, visible
from bot.core.runbook.asks import TOLD
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
    left = {one.seq: left_of(one.body, wish.mark) for one in _told_in(event, events)}
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
    same = [one for one in events if one is event or _repeats(event, one)]
    told = [_told(one.body) for one in same]
    yield from same
    for other in events:
        if other not in same and any(_tells(other.body, one) for one in told):
            yield other


def _repeats(event: Event, other: Event) -> bool:
    if _share_a_file(event.body, other.body):
        return True
    if isinstance(event.body, ANSWERED) and isinstance(other.body, ANSWERED):
        return _answer_alike(event.body, other.body)
    words = getattr(event.body, "words", None)
    once = BOT in (event.by, other.by) and event.by != other.by
    return bool(words) and once and getattr(other.body, "words", None) == words


ANSWERED = (e.StepAttested, e.StepSettled)


def _share_a_file(one: Body, other: Body) -> bool:
    """Say whether both name a file, or one a file in a zip that the other names."""
    pairs = product(_names(one), _names(other))
    return any(a == b or _lies_in(a, b) or _lies_in(b, a) for a, b in pairs)


def _lies_in(name: str, archive: str) -> bool:
    return name.startswith(f"{archive}/")


def _names(body: Body) -> tuple[str, ...]:
    match body:
        case f.ArtefactOffered():
            return tuple(one.name for one in body.files)
        case f.ArtefactRead():
            return (body.artefact.name,)
        case f.ArtefactRepeated():
            return (body.name,)
        case f.ArtefactsCompared():
            return body.names
    return ()


def _answer_alike(
    one: e.StepAttested | e.StepSettled, other: e.StepAttested | e.StepSettled
) -> bool:
    """Say whether one is what two people attested, and the other is one of the two."""
    if type(one) is type(other) or one.step != other.step:
        return False
    return not _answers(one).isdisjoint(_answers(other))


def _answers(body: e.StepAttested | e.StepSettled) -> frozenset[tuple[str, str]]:
    """Return the answers that are text, by the names of the facts that they become."""
    told = body.answers.items()
    return frozenset((f"{TOLD}.{name}", x) for name, x in told if isinstance(x, str))


@dataclass(frozen=True)
class _Told:
    """What others may repeat of an event: texts by name, and facts that name files."""

    texts: frozenset[tuple[str, str]]
    facts: frozenset[Fact]


def _told(body: Body) -> _Told:
    match body:
        case e.StepAttested() | e.StepSettled():
            return _Told(_answers(body), frozenset())
        case e.CheckReported():
            return _Told(_texts(body.evidence.facts), frozenset())
        case f.ArtefactRead():
            facts = body.artefact.facts
            return _Told(_texts(facts), frozenset(facts))
        case f.ArtefactsCompared():
            facts = body.evidence.facts
            return _Told(_texts(facts), frozenset(facts))
    return _Told(frozenset(), frozenset())


def _texts(facts: Sequence[Fact]) -> frozenset[tuple[str, str]]:
    return frozenset((x.name, x.value) for x in facts if isinstance(x.value, str))


def _tells(body: Body, told: _Told) -> bool:
    """Say whether a ranking or a guard repeats any of it."""
    if isinstance(body, e.RunbooksRanked):
        facts = tuple(_facts_of(body.ranking))
        return not (
            told.facts.isdisjoint(facts) and told.texts.isdisjoint(_texts(facts))
        )
    barred = body.barred or "" if isinstance(body, e.StepReached) else ""
    return any(f"{name} is {value}" in barred for name, value in told.texts)


def _facts_of(ranking: Ranking) -> Iterator[Fact]:
    for page in ranking.ranked:
        for reason in (*page.for_, *page.against, *page.open):
            yield from reason.facts
    for one in ranking.opposed:
        yield from one.facts
