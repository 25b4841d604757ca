"""Where a step stands, in words; and who did what with it, and when."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from bot.core.evidence import Value
from bot.core.incident import events as e
from bot.core.incident.events import BOT, Event, StepRef
from bot.core.incident.lock_events import ActionBlocked
from bot.core.incident.state import (
    ENDED,
    HELD,
    Incident,
    Status,
    StepState,
    StepStatus,
)
from bot.core.locks import Obstacle
from bot.core.runbook.pages import StepKind
from bot.core.step_sentences import obstacle_parts
from handlers.render import blocks as b
from handlers.render.step_approval import APPROVALS, awaiting
from handlers.render.step_buttons import live, tellable, verbs
from handlers.render.words import WAITING_SIGN, Catalogue, flow, name, prose, who

TRAIL: Final = 6
"""How many of the last things that were done with a step are shown."""

_CAUTION: Final = ":warning:"
_AGAIN: Final = (
    f"{WAITING_SIGN} What it rests on was seen too long ago: the bot is looking again. "
    "The button comes back if it still holds."
)
_FIXED: Final[Mapping[StepStatus, str]] = {
    StepStatus.WAITING: f"{WAITING_SIGN} The bot looks whether this step can go on.",
    StepStatus.ATTENTION: (
        ":x: The check is not ok. Put it right and run the check again, or skip it "
        "with a reason; confirm if you know that it is fine."
    ),
    StepStatus.PREPARING: (
        f"{WAITING_SIGN} The bot looks up what this would touch. Nothing is done yet."
    ),
}


def stands(state: Incident, step: StepState, catalogue: Catalogue) -> str:
    """Return where the step stands and what to do next, as mrkdwn."""
    say = _SAY.get(step.status)
    if say:
        return say(step, catalogue)
    if step.status is StepStatus.WAITING and not live(state, step):
        return f"{WAITING_SIGN} It had not begun."
    if step.status is StepStatus.WAITING and step.plan:
        return _AGAIN
    return _FIXED[step.status]


def cannot(state: Incident, step: StepState, catalogue: Catalogue) -> Iterator[str]:
    """Say, as mrkdwn, why the step cannot be pressed and what could be done."""
    if step.status in ENDED:
        return
    run = state.run
    if state.status is Status.RESOLVED:
        yield "The incident is resolved. Reopen it to go on: /triage reopen."
    elif run and run.number != step.ref.run:
        yield f"Another runbook was started since: *{name(run.title)}*. Go on there."
    elif not verbs(state, step, catalogue):
        yield "Nobody needs to press anything now; the bot goes on by itself."
    elif step.status in HELD and not tellable(step, catalogue):
        yield "No check can tell what it waits for; a file may. Else skip it."


def trail(ref: StepRef, events: Sequence[Event]) -> list[str]:
    """Return who did what with the step and when, the last few, as mrkdwn."""
    told: list[str] = []
    for event in events:
        say = _DONE.get(event.body.kind)
        if say and getattr(event.body, "step", None) == ref:
            told.extend(say(event, event.body))
    return told[-TRAIL:]


def _looking(step: StepState, catalogue: Catalogue) -> str:
    title = catalogue.title(step.step.call.name if step.step.call else "the check")
    return f"{WAITING_SIGN} The bot is looking: {name(title)}."


def _open(step: StepState, _: Catalogue) -> str:
    if step.step.kind is not StepKind.ATTEST:
        press = "Answer, and say what you saw" if step.step.asks else "Confirm"
        return f":point_right: Do this, then press {press}."
    if not step.attested:
        return ":point_right: Two different people attest this; press Attest."
    first = step.attested[0]
    return (
        f":point_right: {who(first.by)} has attested: {answers(first.answers)}. "
        "Somebody else looks too, then presses Attest."
    )


def answers(told: Mapping[str, Value]) -> str:
    """Return what was answered, as mrkdwn."""
    return ", ".join(f"{name(ask)} {name(str(said))}" for ask, said in told.items())


def _stopped(step: StepState, _: Catalogue) -> str:
    why = step.why or "Its condition is not ruled out."
    return f":octagonal_sign: *Do not go on.* {prose(why)}"


def _passed(step: StepState, _: Catalogue) -> str:
    return f":fast_forward: Passed over. {prose(step.words or '')}"


def _barred(step: StepState, _: Catalogue) -> str:
    why = step.why or "Its condition does not hold."
    return f":no_entry: Held back. {prose(why)}"


def _ready(step: StepState, catalogue: Catalogue) -> str:
    what = name(catalogue.title(step.step.call.name if step.step.call else "the act"))
    if step.void:
        why = f"Not run: what was asked for is void. {prose(step.void)}"
        return f"{_CAUTION} {why} Read it again, then press Run: {what}."
    if step.replanned:
        changed = "What it would touch changed after Run was pressed; nothing was done."
        return f"{_CAUTION} {changed} Read it again, then press Run: {what}."
    return f":arrow_forward: Ready to run: {what}. Nothing is done before a press."


def _unready(step: StepState, _: Catalogue) -> str:
    return f"{_CAUTION} It cannot be run now. {prose(step.why or '')}"


def _blocked(step: StepState, _: Catalogue) -> str:
    obstacle = step.obstacle or Obstacle()
    if obstacle.holder is None:
        return f":no_entry: Not now: {flow(obstacle_parts(obstacle))}"
    told = f":lock: Not now: {flow(obstacle_parts(obstacle))}"
    return f"{told} The button comes back by itself when that is settled."


def _asked(step: StepState, _: Catalogue) -> str:
    by = who(step.by or BOT)
    return f"{WAITING_SIGN} {by} pressed Run. The bot checks that nothing has changed."


def _awaiting(step: StepState, _: Catalogue) -> str:
    return awaiting(step.approval) if step.approval else WAITING_SIGN


def _running(step: StepState, _: Catalogue) -> str:
    return f"{WAITING_SIGN} Running, attempt {step.attempt}."


def _doubt(step: StepState, _: Catalogue) -> str:
    doubt = "In doubt: the bot is looking whether it happened. It is not run again."
    return f"{_CAUTION} {doubt} {prose(step.why or '')}"


def _unsure(step: StepState, _: Catalogue) -> str:
    doubt = "In doubt: the bot cannot tell whether it happened. Look, then say so."
    return f"{_CAUTION} {doubt} {prose(step.why or '')}"


def _verifying(step: StepState, catalogue: Catalogue) -> str:
    check = name(catalogue.title(step.step.verify or ""))
    done = f"{prose(step.detail)} " if step.detail else ""
    return f"{WAITING_SIGN} {done}The bot looks for the effect: {check}."


def _unverified(step: StepState, catalogue: Catalogue) -> str:
    check = name(catalogue.title(step.step.verify or ""))
    done = f"{prose(step.detail)} " if step.detail else ""
    return f"{_CAUTION} {done}The effect was not seen: {check} is not ok."


def _done(step: StepState, _: Catalogue) -> str:
    told = f" {prose(step.detail)}" if step.detail else ""
    # What the two who attested agree on stands in the trail with what they said.
    words = f" {prose(step.words or '')}" if step.attested and step.words else ""
    return f":white_check_mark: Done.{told}{words}"


def _skipped(step: StepState, _: Catalogue) -> str:
    if step.overridden:
        return f":rotating_light: *The stop was overridden.* {prose(step.words or '')}"
    return f":fast_forward: Skipped. {prose(step.words or '')}"


def _failed(step: StepState, _: Catalogue) -> str:
    return f":x: It failed. {prose(step.words or '')}"


_SAY: Final[Mapping[StepStatus, Callable[[StepState, Catalogue], str]]] = {
    StepStatus.OPEN: _open,
    StepStatus.LOOKING: _looking,
    StepStatus.STOPPED: _stopped,
    StepStatus.PASSED: _passed,
    StepStatus.BARRED: _barred,
    StepStatus.READY: _ready,
    StepStatus.UNREADY: _unready,
    StepStatus.BLOCKED: _blocked,
    StepStatus.ASKED: _asked,
    StepStatus.AWAITING: _awaiting,
    StepStatus.RUNNING: _running,
    StepStatus.DOUBT: _doubt,
    StepStatus.UNSURE: _unsure,
    StepStatus.VERIFYING: _verifying,
    StepStatus.UNVERIFIED: _unverified,
    StepStatus.DONE: _done,
    StepStatus.SKIPPED: _skipped,
    StepStatus.FAILED: _failed,
}


_HOW: Final = {
    "confirmed": "confirmed it",
    "skipped": "skipped it",
    "failed": "marked it as failed",
    "overridden": "overrode the stop",
    "passed": "passed it over",
}


def _settled(event: Event, body: e.StepSettled) -> Iterator[str]:
    # Why it was skipped or failed stands in the line above.
    why = f": {prose(body.words)}" if body.words and body.how == "confirmed" else ""
    told = f": {answers(body.answers)}" if body.answers else why
    yield f"{who(event.by)} {_HOW[body.how]} {b.date(event.at)}{told}"


def _attested(event: Event, body: e.StepAttested) -> Iterator[str]:
    yield f"{who(event.by)} attested {b.date(event.at)}: {answers(body.answers)}"


def _was_blocked(event: Event, body: ActionBlocked) -> Iterator[str]:
    refused = f" for {who(body.asked_by)}" if body.asked_by else ""
    told = flow(obstacle_parts(body.obstacle))
    yield f"blocked {b.date(event.at)}{refused}, as {told}"


def _pressed(event: Event, body: e.ActionAsked) -> Iterator[str]:
    on = name(body.plan.target, 200)
    yield f"{who(event.by)} pressed Run {b.date(event.at)} on {on}"


def _intended(event: Event, body: e.ActionIntended) -> Iterator[str]:
    yield f"attempt {body.attempt} began {b.date(event.at)}"


def _finished(event: Event, body: e.ActionFinished) -> Iterator[str]:
    how = "was done" if body.ok else "did nothing"
    detail = name(body.detail, 300)
    yield f"attempt {body.attempt} {how} {b.date(event.at)}: {detail}"


def _doubted(event: Event, body: e.ActionDoubted) -> Iterator[str]:
    why = name(body.why, 300)
    yield f"attempt {body.attempt} in doubt {b.date(event.at)}: {why}"


def _cleared(event: Event, body: e.ActionSettled) -> Iterator[str]:
    detail = name(body.detail, 300)
    yield f"{who(event.by)} looked into the doubt {b.date(event.at)}: {detail}"


_DONE: Final[Mapping[str, Callable[[Event, Any], Iterator[str]]]] = {
    "step.settled": _settled,
    "step.attested": _attested,
    "action.blocked": _was_blocked,
    "action.asked": _pressed,
    "action.intended": _intended,
    "action.finished": _finished,
    "action.doubted": _doubted,
    "action.settled": _cleared,
    **APPROVALS,
}
