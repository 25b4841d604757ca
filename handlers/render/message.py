"""The messages that an incident should have in Slack, derived from it alone.

`wanted` is pure: the same state, events and catalogue give the same messages. A part
that was wanted once stays wanted, so that no message is left behind with buttons that
nobody keeps current; a part whose time is over is drawn without buttons.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.core.incident.approval_events import GlassBroken
from bot.core.incident.events import Event, StepRef
from bot.core.incident.state import Incident
from handlers.render.anchor import anchored, last_act, opening
from handlers.render.blocks import Block, fit
from handlers.render.card import card
from handlers.render.checks import checks
from handlers.render.evidence import evidence
from handlers.render.glass import glass
from handlers.render.ranking import proposal, ranking
from handlers.render.step import step
from handlers.render.summary import resolution
from handlers.render.timeline import Past, past
from handlers.render.words import Catalogue, Drawn

__all__ = ["Catalogue", "Message", "digest", "wanted"]


@dataclass(frozen=True)
class Message:
    """One message that should exist.

    `part` is its name within the incident; `thread` says whether it stands in the
    card's thread; `urgent` marks what people wait for.
    """

    part: str
    thread: bool
    text: str
    blocks: list[Block]
    urgent: bool = False


def wanted(
    state: Incident, events: Sequence[Event], catalogue: Catalogue
) -> tuple[Message, ...]:
    """Return all messages that should exist, in order.

    `events` is the whole timeline and `state` its fold. Parts: `card`, `glass:{seq}` in
    the channel itself, `checks`, `evidence`, `ranking`, `step:{run}:{step}`, and
    `summary:{n}` of the nth resolution.
    """
    before = past(state.id, events)
    return (
        _made("card", card(state, events, catalogue), thread=False),
        *_broken(state, events, catalogue),  # what must be loud waits for nothing else
        *_looked(state, events, before, catalogue),
        *_steps(state, events, catalogue),
        *_proposed(state, before, catalogue),
        *_summaries(state, events, before),
    )


def digest(message: Message) -> str:
    """Return what tells whether a message must be drawn again."""
    shown = [message.part, message.thread, message.text, message.blocks]
    compact = json.dumps(shown, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(compact.encode()).hexdigest()


def _made(
    part: str, drawn: Drawn, *, thread: bool = True, urgent: bool = False
) -> Message:
    return Message(part, thread, drawn.text, fit(drawn.blocks), urgent)


def _looked(
    state: Incident, events: Sequence[Event], before: Past, catalogue: Catalogue
) -> Iterator[Message]:
    if state.looks:
        drawn = checks(state, catalogue)
        # Not last: what does not fit is left out from the end.
        yield _made("checks", anchored(drawn, opening(events), at=1))
    if state.offered:
        yield _made("evidence", evidence(state))
    if before.ranking:
        yield _made("ranking", ranking(state, before.ranking, catalogue))


def _steps(
    state: Incident, events: Sequence[Event], catalogue: Catalogue
) -> Iterator[Message]:
    for run in state.runs:
        current = run.current()
        last = current.number if current else len(run.steps)
        for one in run.steps[:last]:
            drawn = step(state, one, events, catalogue)
            drawn = anchored(drawn, last_act(one.ref, events))
            yield _made(_step_part(one.ref), drawn, urgent=True)


def _proposed(state: Incident, before: Past, catalogue: Catalogue) -> Iterator[Message]:
    number = len(state.runs) + 1
    if before.ranking and number in before.offered:
        drawn = proposal(state, before.ranking, catalogue)
        yield _made(_step_part(StepRef(number, 1)), drawn, urgent=True)


def _step_part(ref: StepRef) -> str:
    return f"step:{ref.run}:{ref.step}"


def _summaries(
    state: Incident, events: Sequence[Event], before: Past
) -> Iterator[Message]:
    for number, seq in enumerate(before.resolutions, 1):
        drawn = resolution(state.id, events[:seq], number)
        yield _made(f"summary:{number}", anchored(drawn, events[seq - 1]))


def _broken(
    state: Incident, events: Sequence[Event], catalogue: Catalogue
) -> Iterator[Message]:
    for event in events:
        if isinstance(event.body, GlassBroken):
            drawn = glass(state, event, event.body, catalogue)
            yield _made(f"glass:{event.seq}", drawn, thread=False, urgent=True)
