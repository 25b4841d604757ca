"""A release's verdict: go only if every attestation before publishing is signed."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import BaseModel

from bot.core.incident.state import Incident, StepState, StepStatus

PUBLISHED = "published"
"""The ask by which a page marks the step that publishes."""


class Signed(BaseModel, frozen=True):
    """An attestation: what, by whom, when, and what was given for it."""

    title: str
    by: str
    at: datetime
    answers: dict[str, str]


class ReleaseVerdict(BaseModel, frozen=True):
    """Whether the release may go, what is missing, and what is signed."""

    go: bool
    missing: tuple[str, ...]
    signed: tuple[Signed, ...]


def verdict(state: Incident) -> ReleaseVerdict:
    """Return the verdict over the steps before the one that publishes.

    A step that was skipped, failed or overridden is missing, whatever the reason. A
    step that the bot passed over had nothing to stop.
    """
    steps = _before_publishing(state)
    lacks = tuple(lack for step in steps if (lack := _lack(step)))
    signed = tuple(one for step in steps for one in _signed(step))
    return ReleaseVerdict(
        go=bool(signed) and not lacks,
        missing=lacks if steps else ("no page with attestations was started",),
        signed=signed,
    )


def released_at(state: Incident) -> datetime | None:
    """Return when the step that publishes was confirmed; None if it was not."""
    steps = state.run.steps if state.run else ()
    done = (one for one in steps if publishes(one) and one.status is StepStatus.DONE)
    return next((one.at for one in done), None)


def publishes(step: StepState) -> bool:
    """Tell whether the step is the one that publishes."""
    return any(ask.name == PUBLISHED for ask in step.step.asks)


def _before_publishing(state: Incident) -> tuple[StepState, ...]:
    steps = state.run.steps if state.run else ()
    ends = (at for at, step in enumerate(steps) if publishes(step))
    return steps[: next(ends, len(steps))]


def _lack(step: StepState) -> str:
    """Return what is missing of a step, or nothing."""
    if step.overridden:
        return f"{step.step.title} (its stop was overridden)"
    if step.status in (StepStatus.DONE, StepStatus.PASSED):
        return ""
    how = {
        StepStatus.SKIPPED: "skipped",
        StepStatus.FAILED: "failed",
        StepStatus.STOPPED: "stopped",
    }.get(step.status, "not signed yet")
    why = f": {step.words}" if step.words else ""
    return f"{step.step.title} ({how}{why})"


def _signed(step: StepState) -> Iterator[Signed]:
    if step.status is StepStatus.DONE and not step.overridden and step.by and step.at:
        answers = {name: str(value) for name, value in step.answers.items()}
        yield Signed(title=step.step.title, by=step.by, at=step.at, answers=answers)
