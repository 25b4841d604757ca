"""What must hold of every timeline, and of what was done to the world."""

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.core.incident import events as e
from bot.core.incident.state import StepStatus
from rehearsal.cohrtz.journal import Entry
from tests.simulation.clock import EPOCH, Clock
from tests.simulation.kept import Told

ONCE = ("incident.opened",)
UNSETTLED = frozenset(
    {StepStatus.RUNNING, StepStatus.DOUBT, StepStatus.ASKED, StepStatus.PREPARING}
    | {StepStatus.LOOKING, StepStatus.VERIFYING}
)
"""Where a step cannot stand for long: the bot goes on by itself, or asks."""


def wrong_timelines(incidents: Iterable[Told], approvals: int) -> Iterator[str]:
    """Say what is not in order on any timeline; so many must approve each act."""
    for told in incidents:
        for what in _wrong_timeline(told, approvals):
            yield f"incident {told.head.incident}: {what}"


def _wrong_timeline(told: Told, approvals: int) -> Iterator[str]:
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
    yield from _wrong_acts([event.body for event in told.events], approvals)
    yield from _left_open(told)


def _wrong_acts(bodies: list[e.Body], approvals: int) -> Iterator[str]:
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
            yield from _unapproved(body, approvals)
        if isinstance(body, e.ActionFinished | e.ActionSettled):
            act = (body.step, body.attempt)
            if act not in intended:
                yield f"{body.kind} of {act}, which was never intended"
            if act in ended and isinstance(body, e.ActionFinished):
                yield f"{act} finished after it had ended"
            ended.add(act)


def _unapproved(body: e.ActionIntended, needed: int) -> Iterator[str]:
    """Say if an act began without the approvals of others that were asked for."""
    others = set(body.approved_by) - {body.asked_by}
    if len(others) < needed and not body.glass_broken_by:
        yield f"{body.step} was not approved: {body.approved_by}, {needed} are needed"


def _left_open(told: Told) -> Iterator[str]:
    """Say which doubts are neither settled nor put to a person."""
    for run in told.state.runs:
        for step in run.steps:
            if step.status in UNSETTLED:
                yield f"step {step.ref} is {step.status}: neither settled nor asked"


def wrong_deeds_in_the_world(
    incidents: Iterable[Told], journal: Iterable[Entry], clock: Clock
) -> Iterator[str]:
    """Say whom the bot disturbed without having written its intent before."""
    intents = [
        (event.at.timestamp(), dict(event.body.plan.binding))
        for told in incidents
        for event in told.events
        if isinstance(event.body, e.ActionIntended)
    ]
    for entry in journal:
        if entry.place != "livekit" or not entry.path.endswith("/RemoveParticipant"):
            continue
        fits = [
            intent
            for intent in intents
            if clock.may_have_said(intent[0], EPOCH, entry.at)
            and _is_about(intent[1], entry)
        ]
        if not fits:
            yield f"{entry.identity} was removed at {entry.at} without an intent"
            continue
        intents.remove(fits[0])


def _is_about(binding: dict[str, object], entry: Entry) -> bool:
    # A call that was turned away at the door says nothing of whom it is about.
    return not entry.room or (
        (binding.get("room"), binding.get("identity")) == (entry.room, entry.identity)
    )
