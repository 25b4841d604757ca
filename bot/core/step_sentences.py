"""What the summary says of one event of a step: parts in order."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.core.evidence import Value
from bot.core.incident import approval_events as a
from bot.core.incident import events as e
from bot.core.incident import release_events as r
from bot.core.incident.events import BOT, Event, StepRef
from bot.core.incident.lock_events import ActionBlocked
from bot.core.locks import Obstacle
from bot.core.policy import SAYS

DIGITS = 12
"""How many digits of what an approval is bound to are told."""


@dataclass(frozen=True)
class Person:
    """A person, by their opaque id; whoever draws the summary knows their name."""

    id: str


Part = str | Person | datetime


def step_parts(event: Event, body: e.Body) -> tuple[Part, ...]:
    """Return what an event says of its step; nothing if it is not worth a sentence."""
    say = _STEP.get(body.kind)
    return say(event, body) if say else ()


def _settled(event: Event, body: e.StepSettled) -> tuple[Part, ...]:
    if body.how == "passed":
        return (at_step(body.step), f"passed over. {body.words}")
    told = f" {_answers(body.answers)}" if body.answers else ""
    why = f": {body.words}{told}" if body.words else f".{told}"
    how = "STOP OVERRIDDEN" if body.how == "overridden" else body.how
    return (at_step(body.step), f"{how} by ", Person(event.by), " ", event.at, why)


def _attested(event: Event, body: e.StepAttested) -> tuple[Part, ...]:
    told = f": {_answers(body.answers)}"
    why = f" {body.words}" if body.words else ""
    return (
        at_step(body.step),
        "attested by ",
        Person(event.by),
        " ",
        event.at,
        told,
        why,
    )


def _answers(answers: Mapping[str, Value]) -> str:
    return ", ".join(f"{name}: {value}" for name, value in answers.items()) + "."


def _reached(_: Event, body: e.StepReached) -> tuple[Part, ...]:
    return (at_step(body.step), f"held back. {body.barred}") if body.barred else ()


def _unready(_: Event, body: e.ActionUnready) -> tuple[Part, ...]:
    return (at_step(body.step), f"could not be run. {body.why}")


def _blocked(_: Event, body: ActionBlocked) -> tuple[Part, ...]:
    first = at_step(body.step)
    asked: tuple[Part, ...] = ()
    if body.asked_by:
        asked = ("nothing was done for ", Person(body.asked_by), ", as ")
    return (first, *(asked or ("blocked, as ",)), *obstacle_parts(body.obstacle))


def obstacle_parts(obstacle: Obstacle) -> tuple[Part, ...]:
    """Say what blocks an act, to go on from «as …»."""
    holder = obstacle.holder
    if holder is not None:
        acts = f"incident {holder.incident} acts on {holder.words}, for "
        return (acts, Person(holder.by), " since ", holder.since, ".")
    counted = f"{obstacle.begun} such acts have begun in this room within an hour"
    allowed = f"{counted}, and the policy allows {obstacle.most}."
    if obstacle.until is None:
        return (allowed,)
    return (allowed, " The next may begin ", obstacle.until, ".")


def _asked(event: Event, body: e.ActionAsked) -> tuple[Part, ...]:
    pressed = f" pressed Run on {body.plan.target}."
    return (at_step(body.step), Person(event.by), pressed)


def _intended(event: Event, body: e.ActionIntended) -> tuple[Part, ...]:
    return (at_step(body.step), f"attempt {body.attempt} began ", event.at, ".")


def _finished(_: Event, body: e.ActionFinished) -> tuple[Part, ...]:
    return (
        at_step(body.step),
        "done. " if body.ok else "nothing was done. ",
        body.detail,
    )


def _doubted(_: Event, body: e.ActionDoubted) -> tuple[Part, ...]:
    return (at_step(body.step), f"in doubt. {body.why}")


def _cleared(event: Event, body: e.ActionSettled) -> tuple[Part, ...]:
    who: tuple[Part, ...] = () if event.by == BOT else (Person(event.by), ": ")
    return (at_step(body.step), "the doubt was looked into. ", *who, body.detail)


def _prepared(_: Event, body: e.ActionPrepared) -> tuple[Part, ...]:
    changed = "what it would touch had changed; nothing was done."
    return (at_step(body.step), changed) if body.changed else ()


def _proposed(_: Event, body: r.RollbackProposed) -> tuple[Part, ...]:
    seen = f"{len(body.rooms)} rooms ({body.needed} are enough)"
    where = ", ".join(body.incidents)
    return (f"A rollback is proposed: {body.trigger} in {seen}. Incidents: {where}.",)


def _impacted(event: Event, body: r.RecoveryAsked) -> tuple[Part, ...]:
    rooms = f": {', '.join(body.rooms)}."
    return (Person(event.by), " asked to recover rooms ", event.at, rooms)


def _recovering(_: Event, body: r.RecoveryOpened) -> tuple[Part, ...]:
    page = f", with {body.slug}" if body.slug else ""
    return (f"Room {body.room} recovers in incident {body.incident}{page}.",)


def _erased(event: Event, body: e.Erased) -> tuple[Part, ...]:
    what = f" erased the words of event {body.erased} "
    return (Person(event.by), what, event.at, f": {body.why}")


def _approval_asked(_: Event, body: a.ApprovalAsked) -> tuple[Part, ...]:
    many = "one other person" if body.needed == 1 else f"{body.needed} other people"
    asks = f" asks {many} to approve it on {body.plan.target}, until "
    return (at_step(body.step), Person(body.asked_by), asks, body.expires, ".")


def _approval_given(event: Event, body: a.ApprovalGiven) -> tuple[Part, ...]:
    digest = f" ({body.digest[:DIGITS]})."
    return (at_step(body.step), "approved by ", Person(event.by), " ", event.at, digest)


def _approval_declined(event: Event, body: a.ApprovalDeclined) -> tuple[Part, ...]:
    why = f": {body.words}"
    return (at_step(body.step), "declined by ", Person(event.by), " ", event.at, why)


def _approval_voided(_: Event, body: a.ApprovalVoided) -> tuple[Part, ...]:
    return (at_step(body.step), f"what was asked for is void. {body.why}")


def _glass_broken(event: Event, body: a.GlassBroken) -> tuple[Part, ...]:
    why = f", without {body.lacking} of its approvals: {body.words}"
    who = (Person(event.by), " ", event.at)
    return (at_step(body.step), "GLASS BROKEN by ", *who, why)


def _press_refused(event: Event, body: a.PressRefused) -> tuple[Part, ...]:
    where = (at_step(body.step),) if body.step else ()
    return (*where, Person(event.by), " was refused ", event.at, f". {body.why}")


def _action_refused(_: Event, body: a.ActionRefused) -> tuple[Part, ...]:
    what = f" may not {SAYS[body.deed]} now, so nothing was done."
    return (at_step(body.step), Person(body.person), what)


_STEP: Mapping[str, Callable[[Event, Any], tuple[Part, ...]]] = {
    "step.settled": _settled,
    "step.attested": _attested,
    "step.reached": _reached,
    "action.unready": _unready,
    "action.blocked": _blocked,
    "action.asked": _asked,
    "action.intended": _intended,
    "action.finished": _finished,
    "action.doubted": _doubted,
    "action.settled": _cleared,
    "action.prepared": _prepared,
    "rollback.proposed": _proposed,
    "recovery.asked": _impacted,
    "recovery.opened": _recovering,
    "body.erased": _erased,
    "approval.asked": _approval_asked,
    "approval.given": _approval_given,
    "approval.declined": _approval_declined,
    "approval.voided": _approval_voided,
    "glass.broken": _glass_broken,
    "press.refused": _press_refused,
    "action.refused": _action_refused,
}


def at_step(ref: StepRef) -> str:
    """Begin a sentence about a step."""
    return f"{which_step(ref)}: "


def which_step(ref: StepRef) -> str:
    """Name a step; each runbook that was started numbers its steps anew."""
    first = ref.run == 1
    return f"Step {ref.step}" if first else f"Step {ref.step} of runbook {ref.run}"
