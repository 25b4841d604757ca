"""The buttons of the step whose turn it is, exactly as the core's MOVES allows."""

from collections.abc import Iterator, Mapping
from typing import Final

from bot.core.guard import Guard, GuardError
from bot.core.incident.moves import MOVES
from bot.core.incident.press import plan_digest
from bot.core.incident.state import HELD, Incident, Status, StepState, StepStatus, Verb
from bot.core.runbook.pages import StepKind
from handlers import refs
from handlers.render import blocks as b
from handlers.render.blocks import Block
from handlers.render.words import Catalogue

_LABEL: Final[Mapping[Verb, str]] = {
    Verb.CONFIRM: "Confirm",
    Verb.SKIP: "Skip",
    Verb.FAIL: "It failed",
    Verb.LOOK_AGAIN: "Run the check again",
    Verb.RUN: "Run",
    Verb.PREPARE: "Run again",
    Verb.HAPPENED: "It happened",
    Verb.NOT_HAPPENED: "It did not happen",
    Verb.APPROVE: "Approve",
    Verb.DECLINE: "Decline",
    Verb.BREAK_GLASS: "Break the glass",
}
_AGREES: Final = (Verb.RUN, Verb.APPROVE)
"""With these a person agrees to what the plan says."""
APPROVING: Final = (Verb.APPROVE, Verb.DECLINE, Verb.BREAK_GLASS)
_LOOKING_AT_THE_PLAN: Final = (
    StepStatus.READY,
    StepStatus.UNREADY,
    StepStatus.BLOCKED,
)


def live(state: Incident, step: StepState) -> bool:
    """Say whether it is this step's turn, in the run under way, of an open incident."""
    run = state.run
    if run is None or state.status is Status.RESOLVED:
        return False
    current = run.current()
    return current is not None and current.ref == step.ref


def verbs(state: Incident, step: StepState, catalogue: Catalogue) -> tuple[Verb, ...]:
    """Return what a person may do with the step now."""
    if not live(state, step):
        return ()
    allowed = MOVES[step.status]
    idle = set()
    if step.status in HELD and not tellable(step, catalogue):
        idle.add(Verb.LOOK_AGAIN)
    if step.approval and not step.approval.breakers:
        idle.add(Verb.BREAK_GLASS)
    return tuple(verb for verb in allowed if verb not in idle)


def tellable(step: StepState, catalogue: Catalogue) -> bool:
    """Say whether some check can tell what the step's guards wait for."""
    guards = [text for text in (step.step.only_if, step.step.when) if text]
    if catalogue.yields is None or not guards:
        return True
    return any(fact in catalogue.yields for text in guards for fact in _names(text))


def _names(guard: str) -> tuple[str, ...]:
    try:
        return Guard.parse(guard).names
    except GuardError:  # written for another version of the bot
        return ()


def buttons(state: Incident, step: StepState, catalogue: Catalogue) -> Iterator[Block]:
    """Draw a row with a button for each verb, or nothing."""
    allowed = verbs(state, step, catalogue)
    if allowed:
        yield b.actions(*(_button(state, step, v, catalogue) for v in allowed))


def _button(
    state: Incident, step: StepState, verb: Verb, catalogue: Catalogue
) -> Block:
    value = refs.StepButton(
        incident=state.id,
        run=step.ref.run,
        step=step.ref.step,
        plan=_shown(step, verb),
    )
    return b.button(
        _label(step, verb),
        action=refs.action_of(verb),
        value=value.encoded(),
        style=_style(step, verb, catalogue),
        confirm=_sure(step, verb, catalogue) if verb in _AGREES else None,
    )


def _shown(step: StepState, verb: Verb) -> str | None:
    """Return what ties a press to what the message shows."""
    if verb is Verb.RUN and step.plan:
        return plan_digest(step.plan)
    return step.approval.digest if verb in APPROVING and step.approval else None


def _label(step: StepState, verb: Verb) -> str:
    if verb is Verb.LOOK_AGAIN and step.obstacle and step.obstacle.holder:
        return b.one_line(f"Held by {step.obstacle.holder.incident}: look again", 75)
    if verb is Verb.LOOK_AGAIN and step.status in _LOOKING_AT_THE_PLAN:
        return "Look again"
    if verb is Verb.SKIP and step.status is StepStatus.STOPPED:
        return "Override the stop"
    if verb is Verb.CONFIRM and step.step.kind is StepKind.ATTEST:
        return "Attest"
    return "Answer" if verb is Verb.CONFIRM and step.step.asks else _LABEL[verb]


def _style(step: StepState, verb: Verb, catalogue: Catalogue) -> str | None:
    if verb in _AGREES:
        return "danger" if catalogue.far(_action(step)) else "primary"
    if verb is Verb.BREAK_GLASS:
        return "danger"
    if verb is Verb.SKIP and step.status is StepStatus.STOPPED:
        return "danger"
    first_choice = verb is Verb.CONFIRM and step.status is StepStatus.OPEN
    return "primary" if first_choice else None


def _sure(step: StepState, verb: Verb, catalogue: Catalogue) -> Block | None:
    """Return the dialog that shows once more what would be touched."""
    if step.plan is None:
        return None
    what = b.one_line(catalogue.title(_action(step)), 80)
    title = f"Approve: {what}?" if verb is Verb.APPROVE else f"{what}?"
    target, blast = b.one_line(step.plan.target, 130), b.one_line(step.plan.blast, 165)
    return b.confirm(title, f"{target}. {blast}", _LABEL[verb], "Not now")


def _action(step: StepState) -> str:
    return step.step.call.name if step.step.call else ""
