"""What must hold of leave to act: who approved stands in the events, not in the intent.

What a request has gathered counts until it is void, declined, asked for anew or used.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.core.incident import approval_events as a
from bot.core.incident import events as e
from bot.core.incident.events import Body, Event, StepRef

ENDS = (
    *(e.ActionAsked, e.ActionIntended),
    *(a.ApprovalDeclined, a.ApprovalVoided, a.ActionRefused),
)
"""After these nothing counts that was gathered before."""


@dataclass(frozen=True)
class Request:
    """One request to approve, and what it has gathered."""

    digest: str
    needed: int
    given: tuple[str, ...] = ()
    broken: str | None = None
    """Who broke the glass."""


NONE = Request("", 0)


def wrong_leave(events: Iterable[Event], needed: Mapping[str, int]) -> Iterator[str]:
    """Say which acts began without leave; `needed`: how many approve each action."""
    asked: dict[StepRef, str] = {}
    open_now: dict[StepRef, Request] = {}
    for event in events:
        step = getattr(event.body, "step", None)
        if step is None:
            continue
        if isinstance(event.body, e.ActionIntended):
            there = open_now.get(step, NONE)
            yield from _wrong_intent(event.body, there, needed)
            if asked.get(step) != event.body.asked_by:
                yield f"{step} was asked for by {asked.get(step)}, not as it says"
        if isinstance(event.body, e.ActionAsked):
            asked[step] = event.by
        open_now[step] = _after(open_now.get(step, NONE), event.body, event.by)


def _after(there: Request, body: Body, by: str) -> Request:
    """Return what is asked for at a step after an event of it."""
    match body:
        case a.ApprovalAsked():
            return Request(body.digest, body.needed)
        case a.ApprovalGiven() if body.digest == there.digest:
            return Request(there.digest, there.needed, (*there.given, by), there.broken)
        case a.GlassBroken() if body.digest == there.digest:
            return Request(there.digest, there.needed, there.given, by)
    return NONE if isinstance(body, ENDS) else there


def _wrong_intent(
    body: e.ActionIntended, there: Request, needed: Mapping[str, int]
) -> Iterator[str]:
    wanted = max(there.needed, needed.get(body.action, 0))
    others = set(there.given) - {body.asked_by}
    if len(others) < wanted and there.broken is None:
        yield f"{body.step} was not approved: by {there.given}, {wanted} are needed"
    says = (body.approval or "", body.approved_by, body.glass_broken_by)
    if says != (there.digest, there.given, there.broken):
        yield f"the intent of {body.step} says {says}, its events {there}"
