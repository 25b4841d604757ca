"""What must hold of every timeline, and of what was done to the world."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from bot.core.incident import events as e
from bot.core.incident.state import StepStatus
from rehearsal.cohrtz.journal import Entry
from tests.simulation.clock import EPOCH, Clock
from tests.simulation.kept import Told
from tests.simulation.leave import wrong_leave

ONCE = ("incident.opened",)
UNSETTLED = frozenset(
    {StepStatus.RUNNING, StepStatus.DOUBT, StepStatus.ASKED, StepStatus.PREPARING}
    | {StepStatus.LOOKING, StepStatus.VERIFYING}
)
"""Where a step cannot stand for long: the bot goes on by itself, or asks."""


def wrong_timelines(
    incidents: Iterable[Told], needed: Mapping[str, int]
) -> Iterator[str]:
    """Say what is not in order on any timeline; so many must approve each action."""
    for told in incidents:
        for what in _wrong_timeline(told, needed):
            yield f"incident {told.head.incident}: {what}"


def _wrong_timeline(told: Told, needed: Mapping[str, int]) -> Iterator[str]:
    numbers = [event.seq for event in told.events]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"its timeline has gaps: {numbers}"
    if told.head.seq != len(numbers) or told.head.status != told.state.status:
        yield f"its head says {told.head}, its events {told.state.status}"
    yield from told.trail
    kinds = Counter(event.body.kind for event in told.events)
    for kind in ONCE:
        if kinds[kind] != 1:
            yield f"{kind} happened {kinds[kind]} times"
    yield from _wrong_acts([event.body for event in told.events])
    yield from wrong_leave(told.events, needed)
    yield from _left_open(told)


def _wrong_acts(bodies: list[e.Body]) -> Iterator[str]:
    """Say which acts were asked for, intended or ended out of turn, or twice."""
    asked: Counter[e.StepRef] = Counter()
    intended: set[tuple[e.StepRef, int]] = set()
    ended: set[tuple[e.StepRef, int]] = set()
    for body in bodies:
        if isinstance(body, e.ActionAsked):
            asked[body.step] += 1
        if isinstance(body, e.ActionIntended):
            act = (body.step, body.attempt)
            if not asked[body.step] or act in intended:
                yield f"intent {act} was not asked for, or comes twice"
            asked[body.step] = 0
            intended.add(act)
        if isinstance(body, e.ActionFinished | e.ActionSettled):
            act = (body.step, body.attempt)
            if act not in intended:
                yield f"{body.kind} of {act}, which was never intended"
            if act in ended and isinstance(body, e.ActionFinished):
                yield f"{act} finished after it had ended"
            ended.add(act)


def _left_open(told: Told) -> Iterator[str]:
    """Say which doubts are neither settled nor put to a person."""
    for run in told.state.runs:
        for step in run.steps:
            if step.status in UNSETTLED:
                yield f"step {step.ref} is {step.status}: neither settled nor asked"


CHANGES = {
    "RemoveParticipant": "reconnect-participant",
    "SendData": "announce-handshakes",
}
"""The server's methods that change the world, and the action that calls each."""


def wrong_deeds_in_the_world(
    incidents: Iterable[Told], journal: Iterable[Entry], clock: Clock
) -> Iterator[str]:
    """Say what the bot did to the world without an intent of its own before."""
    intents = [
        (event.at.timestamp(), event.body)
        for told in incidents
        for event in told.events
        if isinstance(event.body, e.ActionIntended)
    ]
    # Those that say least of what they were about get what is left.
    for entry in sorted(changes(journal), key=lambda entry: not entry.room):
        fits = [
            intent
            for intent in intents
            if clock.may_have_said(intent[0], EPOCH, entry.at)
            and _is_about(intent[1], entry)
        ]
        if fits:
            intents.remove(fits[0])
        else:
            yield f"{_named(entry)} at {entry.at} without an intent"


def changes(journal: Iterable[Entry]) -> Iterator[Entry]:
    """Yield each call that changed the world, or was to change it."""
    for entry in journal:
        if entry.place == "livekit" and method_of(entry) in CHANGES:
            yield entry


def method_of(entry: Entry) -> str:
    """Return the server's method that was called."""
    return entry.path.rpartition("/")[2]


def _named(entry: Entry) -> str:
    return f"{method_of(entry)} {entry.identity or 'to everybody'} in {entry.room}"


def _is_about(intent: e.ActionIntended, entry: Entry) -> bool:
    if intent.action != CHANGES[method_of(entry)]:
        return False
    # A call that was turned away at the door says nothing of whom it is about.
    binding = intent.plan.binding
    about = (binding.get("room"), binding.get("identity", ""))
    return not entry.room or about == (entry.room, entry.identity)
