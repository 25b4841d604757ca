"""What a step says while others must approve it, and of approvals in its trail."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from bot.core.incident import approval_events as a
from bot.core.incident.events import Event
from bot.core.incident.state import Approval, Run
from bot.core.policy import MEMBERS, SAYS
from handlers.render import blocks as b
from handlers.render.blocks import Block
from handlers.render.words import WAITING_SIGN, name, plural, who

_SHOWN: Final = 12
"""How many digits of what an approval is bound to are shown."""
_VALUES: Final = 8
_KEPT: Final = (
    "The run keeps the steps that it began with. Ask why, before you approve."
)


def awaiting(approval: Approval) -> str:
    """Say who asks for what, who may approve it, and until when, as mrkdwn."""
    asks = f"{who(approval.bound.asked_by)} asks to run it"
    lacks = plural(approval.lacking, "approval")
    given = ", ".join(map(who, approval.given_by))
    so_far = f" Approved by {given}." if given else ""
    until = b.date(approval.expires)
    return (
        f"{WAITING_SIGN} {asks}; it lacks {lacks} by {groups(approval.approvers)}, "
        f"until {until}.{so_far} Whoever asked cannot approve."
    )


def groups(names: tuple[str, ...]) -> str:
    """Name groups of the policy, as mrkdwn; nobody is mentioned."""
    if MEMBERS in names:
        return "any other full member"
    return " or ".join(name(one) for one in names) or "nobody: the policy names none"


def bound(approval: Approval, run: Run) -> Iterator[Block]:
    """Draw what an approval is bound to, beside what would be touched."""
    one = approval.bound
    if one.page_hash != run.page_hash:
        what = "changed" if one.page_hash else "taken away"
        yield b.section(
            f":warning: *The page was {what} since this run began.* {_KEPT}"
        )
    told = (
        ("Parameters", _pairs(one.params)),
        ("It rests on", _pairs(one.facts)),
        ("Page", one.page_hash[:_SHOWN]),
        ("Bound as", approval.digest[:_SHOWN]),
    )
    yield b.context(*(f"{what}: {name(said, 300)}" for what, said in told if said))


def _pairs(values: Mapping[str, Any]) -> str:
    shown = [f"{key} {value}" for key, value in list(values.items())[:_VALUES]]
    left = len(values) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left else "")


def _asked(event: Event, body: a.ApprovalAsked) -> Iterator[str]:
    needed = plural(body.needed, "approval")
    yield f"{who(body.asked_by)} asked for {needed} {b.date(event.at)}"


def _given(event: Event, _: a.ApprovalGiven) -> Iterator[str]:
    yield f"{who(event.by)} approved it {b.date(event.at)}"


def _declined(event: Event, body: a.ApprovalDeclined) -> Iterator[str]:
    yield f"{who(event.by)} declined it {b.date(event.at)}: {name(body.words, 300)}"


def _voided(event: Event, body: a.ApprovalVoided) -> Iterator[str]:
    yield f"void {b.date(event.at)}: {name(body.why, 300)}"


def _broken(event: Event, body: a.GlassBroken) -> Iterator[str]:
    why = name(body.words, 300)
    yield f":rotating_light: {who(event.by)} broke the glass {b.date(event.at)}: {why}"


def _press_refused(event: Event, body: a.PressRefused) -> Iterator[str]:
    yield f"{who(event.by)} was refused {b.date(event.at)}: {name(body.why, 300)}"


def _action_refused(event: Event, body: a.ActionRefused) -> Iterator[str]:
    may_not = f"may not {SAYS[body.deed]} now"
    yield f"not run {b.date(event.at)}: {who(body.person)} {may_not}"


APPROVALS: Final[Mapping[str, Callable[[Event, Any], Iterator[str]]]] = {
    "approval.asked": _asked,
    "approval.given": _given,
    "approval.declined": _declined,
    "approval.voided": _voided,
    "glass.broken": _broken,
    "press.refused": _press_refused,
    "action.refused": _action_refused,
}
"""What is told in a step's trail, by the kind of event."""
