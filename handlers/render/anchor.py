"""The trail's heads in messages: who may write the database may not write Slack.

A head that was posted shows later that the trail was not cut off or made anew
(`triage verify BUNDLE --head HEAD`).
"""

from collections.abc import Sequence
from typing import Final

from bot.core.incident import events as e
from bot.core.incident.events import Event, StepRef
from bot.core.trail.chain import SHOWN
from handlers.render import blocks as b
from handlers.render.words import Drawn

_ACTS: Final = (e.ActionIntended, e.ActionFinished, e.ActionDoubted, e.ActionSettled)
"""After each of these the head is shown with the step."""


def head(event: Event) -> str:
    """Return the head of the trail at an event as mrkdwn; empty if it has no link."""
    return f"trail head `{event.link[:SHOWN]}`" if event.link else ""


def anchored(drawn: Drawn, event: Event | None, at: int | None = None) -> Drawn:
    """Return the message with the head at the event: as its last block, or at `at`."""
    if event is None or not event.link:
        return drawn
    place = len(drawn.blocks) if at is None else at
    line = b.context(f"T{head(event)[1:]} at event {event.seq}")
    return Drawn(drawn.text, [*drawn.blocks[:place], line, *drawn.blocks[place:]])


def last_act(ref: StepRef, events: Sequence[Event]) -> Event | None:
    """Return the last event that tells of an act of the step; None if none does."""
    told = (one for one in reversed(events) if isinstance(one.body, _ACTS))
    return next((one for one in told if getattr(one.body, "step", None) == ref), None)
