"""What a responder does in a figure: type a command, find a button, press it."""

from collections.abc import Sequence

from benchmarks.stage import RESPONDER, Stage
from rehearsal.seen import Button, Sight

PATIENCE = 300.0
"""Seconds to wait for something to appear; not part of any figure.

Slack takes 50 updates a minute, so the last of many incidents waits for its turn.
"""


class NotTaken(Exception):  # noqa: N818  named for what is the case
    """The bot did not take a command or a press; the text says which."""


async def type_command(stage: Stage, channel: str, text: str) -> None:
    """Type `/triage` with a text in a channel."""
    told = await stage.workspace.command(RESPONDER, channel, "/triage", text)
    if not told.ok or told.message:
        raise NotTaken(f"/triage {text}: {told.notice or told.message}")


async def step_button(stage: Stage, channel: str, step: int, label: str) -> Button:
    """Wait for a button of a step, and return it."""
    sight = Sight(stage.workspace, channel)
    await stage.workspace.wait_for(lambda: sight.step_button(step, label), PATIENCE)
    button = sight.step_button(step, label)
    if button is None:
        raise NotTaken(f"{label} of step {step} has gone again.")
    return button


def parts(stage: Stage, channel: str) -> Sequence[str]:
    """Return the messages of the channel's incident, the card first."""
    return [str(one["ts"]) for one in Sight(stage.workspace, channel).thread()]
