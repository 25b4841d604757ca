"""A step of a runbook: what to do, where it stands, what can be pressed, who did what.

The buttons stand above the trail, and the body is held to a budget, so that a long
page never pushes a step's state or its buttons out of the message.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from bot.core.incident.events import Event
from bot.core.incident.state import Incident, StepState, StepStatus
from bot.core.runbook.pages import Step
from handlers.render import blocks as b
from handlers.render.block_kit.budget import text_bytes
from handlers.render.blocks import Block
from handlers.render.checks import evidence_line
from handlers.render.markdown import pieces
from handlers.render.step_approval import bound
from handlers.render.step_buttons import buttons
from handlers.render.step_state import cannot, stands, trail
from handlers.render.words import Catalogue, Drawn, finding, name, who

BODY: Final = 4_000
"""How much of a step's instructions is shown, in UTF-8 bytes; a message holds 9,000."""
_FINDINGS: Final = 3
_PLAN_COUNTS: Final = (
    StepStatus.READY,
    StepStatus.BLOCKED,
    StepStatus.ASKED,
    StepStatus.AWAITING,
    StepStatus.RUNNING,
    StepStatus.DOUBT,
    StepStatus.UNSURE,
)
"""When the plan is what would be, or may have been, touched."""


def step(
    state: Incident, one: StepState, events: Sequence[Event], catalogue: Catalogue
) -> Drawn:
    """Draw a step that has been reached."""
    run = state.runs[one.ref.run - 1]
    stand = stands(state, one, catalogue)
    shown = [
        heading(one.number, len(run.steps), one.step),
        *instructions(one.step),
        b.section(stand),
        *_evidence(state, one, catalogue),
        *_plan(state, one),
        *buttons(state, one, catalogue),
        *_small_print(state, one, events, catalogue),
    ]
    title = name(one.step.title, 100)
    return Drawn(f"Step {one.number} of {len(run.steps)}: {stand}\n{title}", shown)


def heading(number: int, total: int, page_step: Step) -> Block:
    """Draw the step's place on its page, and its title."""
    title = name(page_step.title, 600)
    return b.section(f"*Step {number} of {total}* — {title}")


def instructions(page_step: Step) -> Iterator[Block]:
    """Draw the step's body, as much as fits, and say where the rest stands."""
    room = BODY
    for piece in pieces(page_step.body):
        drawn = b.section(piece)
        room -= text_bytes(drawn)
        if room < 0:
            yield b.context(f"The rest stands on the page, at line {page_step.line}.")
            return
        yield drawn


def _evidence(state: Incident, one: StepState, catalogue: Catalogue) -> Iterator[Block]:
    asked = [state.looks[number] for number in one.calls]
    latest = {look.call.check: look for look in asked if look.evidence}
    for check, look in list(latest.items())[-_FINDINGS:]:
        if look.evidence:
            yield b.section(finding(check, look.evidence, catalogue))
            line = evidence_line(look.evidence)
            yield from [b.context(line)] if line else []


def _plan(state: Incident, one: StepState) -> Iterator[Block]:
    if one.plan and one.status in _PLAN_COUNTS:
        target, blast = name(one.plan.target, 400), name(one.plan.blast, 800)
        yield b.section(f"*It touches:* {target}\n*What that means:* {blast}")
    if one.approval and one.status is StepStatus.AWAITING:
        yield from bound(one.approval, state.runs[one.ref.run - 1])


def _small_print(
    state: Incident, one: StepState, events: Sequence[Event], catalogue: Catalogue
) -> Iterator[Block]:
    run = state.runs[one.ref.run - 1]
    for why in cannot(state, one, catalogue):
        yield b.context(why)
    started = f"{name(run.title)}, started by {who(run.by)} {b.date(run.at)}"
    yield b.context(started, *trail(one.ref, events))
