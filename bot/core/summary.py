"""The summary: built from an incident's events, each sentence naming those it rests on.

No sentence says more than its events do; nothing is rephrased and nothing inferred.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import timedelta

from bot.core.evidence import Verdict
from bot.core.incident import events as e
from bot.core.incident.apply import apply, opened
from bot.core.incident.approval_events import PressRefused
from bot.core.incident.events import BOT, Event, Purpose, StepRef
from bot.core.incident.file_events import ArtefactRead, ArtefactsCompared
from bot.core.incident.moves import STANDS
from bot.core.incident.recovering import unrecovered
from bot.core.incident.release_events import RecoveryAsked
from bot.core.incident.state import Incident, Status
from bot.core.release import verdict
from bot.core.report import Subject
from bot.core.step_sentences import Part, Person, at_step, step_parts, which_step

__all__ = ["Account", "Part", "Person", "Section", "Sentence", "summarise"]

SHORT = 12
"""How many digits of a file's SHA-256 are told."""


@dataclass(frozen=True)
class Sentence:
    """Parts in order, and the sequence numbers of the events that it rests on."""

    parts: tuple[Part, ...]
    rests_on: tuple[int, ...]


@dataclass(frozen=True)
class Section:
    """A heading and what is to be said under it."""

    title: str
    sentences: tuple[Sentence, ...]


def summarise(incident: str, events: Sequence[Event]) -> tuple[Section, ...]:
    """Return the sections of the summary that have something to say, in order."""
    state, account = opened(incident, events[0]), Account()
    account.take(state, events[0])
    for event in events[1:]:
        state = apply(state, event)
        account.take(state, event)
    return account.sections(state)


class Account:
    """The sentences so far, a list for each section: grows by an event at a time."""

    def __init__(self) -> None:
        """Start with nothing to say."""
        self.report: list[Sentence] = []
        self.seen: dict[int, Sentence] = {}
        """What each look said, by the number of its event."""
        self.touched: dict[StepRef, int] = {}
        """The last event that changed each step."""
        self.ended = 0
        """The last event that resolved it."""
        self.asked: list[int] = []
        """The events in which rooms to recover were named."""
        self.moves: list[tuple[int, int]] = []
        self.gathered: list[int] = []
        """The events that told of transitions which are counted and not listed."""
        self.files: list[Sentence] = []
        self.choice: list[Sentence] = []
        self.steps: list[Sentence] = []
        self.outcome: list[Sentence] = []

    def copy(self) -> "Account":
        """Return one that says the same and grows by itself."""
        other = Account()
        vars(other).update({name: copy(part) for name, part in vars(self).items()})
        return other

    def take(self, state: Incident, event: Event) -> None:
        """Say what one event adds; `state` is that after it."""
        body = event.body
        self._note(state, event)
        if isinstance(body, e.Opened):
            self.report.extend(_reported(event, body))
        elif isinstance(body, e.TransitionsSeen):
            counted = sum(one.count for one in body.counted)
            self.moves.append((event.seq, len(body.transitions) + counted))
            if body.counted:
                self.gathered.append(event.seq)
        elif isinstance(body, e.CheckReported):
            self._look(state, event, body)
        elif isinstance(body, ArtefactRead | ArtefactsCompared):
            self.files.append(_file(event, body))
        elif isinstance(body, e.RunbooksRanked | e.RunbookStarted):
            self.choice.append(_chosen(event, body))
        elif isinstance(body, e.ResolveAsked | e.ResolveHeld | e.Resolved | e.Reopened):
            self.outcome.append(_ended(event, body))
        else:
            self.steps.extend(_stepped(event, body))

    def _note(self, state: Incident, event: Event) -> None:
        """Remember which event made what stands at the end."""
        body = event.body
        if isinstance(body, e.Resolved):
            self.ended = event.seq
        elif isinstance(body, RecoveryAsked):
            self.asked.append(event.seq)
        elif isinstance(body, e.RunbookStarted) and state.run:
            self.touched.update({step.ref: event.seq for step in state.run.steps})
        else:
            self.touched.update(dict.fromkeys(_steps_of(state, body), event.seq))

    def _look(self, state: Incident, event: Event, body: e.CheckReported) -> None:
        look = state.looks[body.number]
        self.seen[event.seq] = _saw(event, look.call.check, body)
        if look.call.purpose in (Purpose.STEP, Purpose.VERIFY) and look.call.step:
            self.steps.append(_step_saw(event, look.call.step, body, look.call.purpose))

    def sections(self, state: Incident) -> tuple[Section, ...]:
        """Return the sections that have something to say; `state` is that of now."""
        outcome = [*self.outcome, *self._stands(state)]
        last = sorted(look.seq for look in state.latest().values())
        seen = [self.seen[seq] for seq in last]
        every = (
            Section("What was reported", tuple(self.report)),
            Section("What was seen last", (*seen, *self._moved(state))),
            Section("Which files were read", tuple(self.files)),
            Section("Which runbook", tuple(self.choice)),
            Section("What was done", tuple(self.steps)),
            Section("How it ended", tuple(outcome)),
        )
        return tuple(section for section in every if section.sentences)

    def _moved(self, state: Incident) -> Iterable[Sentence]:
        yield from _listed(self.moves)
        for one in state.counted:
            who = one.identity or "Other participants"
            told = f"{who}: {one.times} more, counted and not listed, from "
            parts = (told, one.first, " to ", one.last, ".")
            yield Sentence(parts, tuple(self.gathered))

    def _stands(self, state: Incident) -> Iterable[Sentence]:
        if state.report.about is Subject.RELEASE:
            yield self._verdict(state)
        if state.settled_at and state.status is Status.RESOLVED:
            took = _told(state.settled_at - state.opened_at)
            yield Sentence((f"It took {took} from opening.",), (1, self.ended))
            yield from self._left(state)
            return
        step = state.run.current() if state.run else None
        if step:
            told = f"Open: {which_step(step.ref).lower()} {STANDS[step.status]}."
            yield Sentence((told,), (self.touched[step.ref],))

    def _left(self, state: Incident) -> Iterable[Sentence]:
        for room in unrecovered(state):
            told = f"Room {room} was to be recovered and got no incident."
            yield Sentence((told,), (*self.asked, self.ended))

    def _verdict(self, state: Incident) -> Sentence:
        said = verdict(state)
        words = f"Go: all {len(said.signed)} attestations are signed."
        if not said.go:
            words = f"No-go. Missing: {'; '.join(said.missing)}."
        rests = (
            {self.touched[step.ref] for step in state.run.steps} if state.run else {1}
        )
        return Sentence((words,), tuple(sorted(rests)))


def _steps_of(state: Incident, body: e.Body) -> Iterable[StepRef]:
    """Name the steps that an event changes."""
    if isinstance(body, e.CheckReported):
        asked = [state.looks[body.number].call.step]
    elif isinstance(body, e.ChecksRequested):
        asked = [call.step for call in body.calls]
    elif isinstance(body, PressRefused):
        asked = []  # what was refused has changed nothing
    else:
        asked = [getattr(body, "step", None)]
    return [ref for ref in asked if ref is not None]


def _reported(event: Event, body: e.Opened) -> Iterable[Sentence]:
    report, rests = body.report, (event.seq,)
    who = f" for {report.participant}" if report.participant else ""
    room = f" about room {report.room}{who}, {report.severity}."
    if report.about is not Subject.ROOM:
        room = f": {report.title}."
    yield Sentence((Person(event.by), " opened it ", event.at, room), rests)
    told = {
        "Packet type": report.packet_type,
        "Request id": report.request_id,
        "Connection state transitions": report.transitions,
        "In their words": report.words,
    }
    for name, value in told.items():
        if value:
            yield Sentence((f"{name}: {value}",), rests)
    if report.about is not Subject.ROOM:
        return
    retry = f"Reproduces after a handshake or sync retry: {report.reproduces}."
    yield Sentence((retry,), rests)


_VERDICT = {Verdict.OK: "ok", Verdict.BAD: "bad", Verdict.UNKNOWN: "unknown"}


def _saw(event: Event, check: str, body: e.CheckReported) -> Sentence:
    evidence = body.evidence
    failed = f" (reference {evidence.reference})" if evidence.reference else ""
    told = f"{check}: {_VERDICT[evidence.verdict]} — {evidence.headline}{failed}"
    return Sentence((told,), (event.seq,))


def _file(event: Event, body: ArtefactRead | ArtefactsCompared) -> Sentence:
    """Say that it was read and what came of it; its content stays out of a summary."""
    if isinstance(body, ArtefactsCompared):
        verdict = _VERDICT[body.evidence.verdict]
        told = f"{' and '.join(body.names)} compared: {verdict}."
        return Sentence((told,), (event.seq,))
    one = body.artefact
    content = f" SHA-256 {one.sha256[:SHORT]}." if one.sha256 else ""
    told = f"{one.name} ({one.kind}): {_VERDICT[one.verdict]}.{content}"
    return Sentence((told,), (event.seq,))


def _listed(moves: Sequence[tuple[int, int]]) -> Iterable[Sentence]:
    if moves:
        total = sum(count for _, count in moves)
        told = f"{total} connection state transition{'s' * (total != 1)} recorded."
        yield Sentence((told,), tuple(seq for seq, _ in moves))


def _chosen(event: Event, body: e.RunbooksRanked | e.RunbookStarted) -> Sentence:
    if isinstance(body, e.RunbookStarted):
        return Sentence(
            (Person(event.by), f" started {body.title!r} ", event.at, "."), (event.seq,)
        )
    ranking = body.ranking
    proposed = f"Proposed: {ranking.proposed}." if ranking.proposed else "No proposal."
    return Sentence((f"{proposed} {ranking.because}",), (event.seq,))


def _step_saw(
    event: Event, ref: StepRef, body: e.CheckReported, purpose: Purpose
) -> Sentence:
    what = "the check" if purpose is Purpose.STEP else "the verification"
    verdict = _VERDICT[body.evidence.verdict]
    told = f"{what} was {verdict} ({body.evidence.headline})"
    return Sentence((f"{at_step(ref)}{told}",), (event.seq,))


def _stepped(event: Event, body: e.Body) -> Iterable[Sentence]:
    parts = step_parts(event, body)
    if parts:
        yield Sentence(parts, (event.seq,))


def _ended(
    event: Event, body: e.ResolveAsked | e.ResolveHeld | e.Resolved | e.Reopened
) -> Sentence:
    return Sentence(tuple(_end_parts(event, body)), (event.seq,))


def _end_parts(
    event: Event, body: e.ResolveAsked | e.ResolveHeld | e.Resolved | e.Reopened
) -> Iterable[Part]:
    if isinstance(body, e.ResolveHeld):
        yield f"Not resolved: {', '.join(body.failing)} not ok."
        return
    verb = {
        "resolve.asked": " asked to resolve it ",
        "incident.resolved": " resolved it ",
        "incident.reopened": " reopened it ",
    }[body.kind]
    yield from ("The bot" if event.by == BOT else Person(event.by), verb, event.at)
    yield f": {body.words}" if body.words else "."
    if isinstance(body, e.Resolved) and body.failing:
        yield f" Not ok at that time: {', '.join(body.failing)}."


def _told(span: timedelta) -> str:
    minutes, seconds = divmod(max(int(span.total_seconds()), 0), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "min"), (seconds, "s"))
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or "less than a second"
