"""The short answers to `/triage`: how to use it, where an incident stands, refusals.

All are mrkdwn, for an answer that only the person who asked can see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.core.evidence import Verdict
from bot.core.incident.state import Incident, Status, StepState
from handlers.render import blocks as b
from handlers.render.words import (
    STATUS_SIGN,
    STATUS_WORDS,
    VERDICT_SIGN,
    literal,
    name,
    plural,
    prose,
    who,
)

MAX_LISTED: Final = 20
"""How many incidents a list shows."""

COMMANDS: Final[Mapping[str, str]] = {
    "/triage": "open a form, and an incident with it",
    "/triage ROOM [PARTICIPANT] [words]": "open an incident at once",
    "/triage status": "say where this channel's incident stands",
    "/triage list": "list the incidents that are not resolved",
    "/triage summary": "sum this channel's incident up as it is now",
    "/triage runbook NAME": "start a runbook in this channel's incident",
    "/triage runbook NAME --dry-run": "show you alone what it would "
    "do, touching nothing",
    "/triage resolve [words] [anyway]": "run the checks that are not ok again, then "
    "resolve; with `anyway` whatever they say",
    "/triage reopen [words]": "go on with a resolved incident",
    "/triage release VERSION": "open the checklist run of a release",
    "/triage rollback [VERSION]": "open a rollback; it acts on nothing by itself",
    "/triage rollback rooms ROOM …": "open an incident for each impacted room, paced",
    "/triage backup [LISTING]": "say what a backup needs, or judge a pasted listing",
    "/triage erase EVENT why": "erase the words of an event, by its number in the "
    "summary; that it was done stays on the record",
    "/triage export": "send you alone the bundle of this channel's incident",
    "/triage help": "show this",
}
"""What can be typed, and what it does."""


@dataclass(frozen=True)
class Listed:
    """One incident in a list."""

    incident: str
    room: str
    status: Status
    channel: str
    opened_at: datetime


def usage() -> str:
    """Return what can be typed, a line for each."""
    lines = [f"{literal(typed)} {does}" for typed, does in COMMANDS.items()]
    return "\n".join(["*What you can type*", *lines])


def did_you_mean(typed: str, near: str | None) -> str:
    """Return the answer to a word that is no command; `near` is the nearest one."""
    unknown = f"There is no {literal(typed, 80)}."
    if near:
        return f"{unknown} Did you mean {literal(near, 80)}? {_HELP}"
    return f"{unknown} {_HELP}"


_HELP: Final = "`/triage help` shows what there is."


def status(state: Incident) -> str:
    """Return where an incident stands, in a few lines."""
    report = state.report
    stands = f"{STATUS_SIGN[state.status]} *{STATUS_WORDS[state.status]}*"
    opened = f"opened by {who(state.opened_by)} {b.date(state.opened_at)}"
    lines = [
        f"*{report.severity} · {name(report.title)}* ({name(state.id)})",
        f"{stands}, {opened}.",
        f"Checks: {_checks(state)}.",
        _step(state.run.current() if state.run else None, state),
        _next(state),
    ]
    return "\n".join(line for line in lines if line)


def erased(events: Sequence[int]) -> str:
    """Return the answer to an erasure, which may have reached several events."""
    numbers = ", ".join(map(str, events))
    what = f"event {numbers}" if len(events) == 1 else f"events {numbers}"
    return (
        f"The words of {what} are erased here. What somebody wrote in Slack by hand, "
        "and backups of the database, still have them."
    )


def listing(heads: Sequence[Listed]) -> str:
    """Return the incidents given, a line for each, at most 20."""
    if not heads:
        return "No incident is open. `/triage` opens one."
    lines = [_line(one) for one in heads[:MAX_LISTED]]
    left = len(heads) - len(lines)
    more = [f"…and {left} more."] if left else []
    return "\n".join([f"*{plural(len(heads), 'incident')}*", *lines, *more])


def refusal(reason: str, by: str | None = None, at: datetime | None = None) -> str:
    """Return why something was refused, and who was first and when, if known."""
    if by is None:
        return prose(reason)
    when = f" {b.date(at)}" if at else ""
    return f"{prose(reason)} ({who(by)}{when})"


def _line(one: Listed) -> str:
    where = f"<#{one.channel}>" if _is_channel(one.channel) else name(one.channel)
    what = f"{STATUS_SIGN[one.status]} *{name(one.room, 80)}*"
    return f"{what} {where}, {b.date(one.opened_at)} ({name(one.incident)})"


def _is_channel(channel: str) -> bool:
    plain = channel.isascii() and channel.isalnum() and channel == channel.upper()
    return plain and channel[:1] in {"C", "G", "D"}


def _checks(state: Incident) -> str:
    seen = [look.evidence for look in state.latest().values() if look.evidence]
    verdicts = [evidence.verdict for evidence in seen]
    counts = [(one, verdicts.count(one)) for one in Verdict]
    told = [f"{VERDICT_SIGN[one]} {count} {one}" for one, count in counts if count]
    running = sum(1 for _ in state.unreported())
    waits = [f"{running} running"] if running else []
    return ", ".join([*told, *waits]) or "none has looked yet"


def _step(step: StepState | None, state: Incident) -> str:
    if state.run is None:
        return "No runbook is started."
    title = name(state.run.title)
    if step is None:
        return f"Runbook *{title}*: all steps have ended."
    at = f"step {step.number} of {len(state.run.steps)} is {step.status}"
    return f"Runbook *{title}*: {at}, {name(step.step.title)}."


def _next(state: Incident) -> str:
    if state.status is Status.RESOLVED:
        return "To go on with it: `/triage reopen`."
    if state.status is Status.HELD:
        return "To resolve it all the same, press *Resolve anyway* on its card."
    return ""
