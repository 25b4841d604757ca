"""The messages that an incident should have in Slack, derived from it alone.

`wanted` is pure: the same state, events and catalogue give the same messages. A part
that was wanted once stays wanted, so that no message is left behind with buttons that
nobody keeps current; a part whose time is over is drawn without buttons.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from bot.core.incident.events import Event, StepRef
from bot.core.incident.state import Incident, Run, StepState
from handlers.render.anchor import anchored, last_act
from handlers.render.blocks import Block, fit
from handlers.render.card import card
from handlers.render.checks import checks
from handlers.render.evidence import evidence
from handlers.render.glass import glass
from handlers.render.ranking import proposal, ranking
from handlers.render.step import step
from handlers.render.step_buttons import live
from handlers.render.summary import ended
from handlers.render.timeline import Ending, Timeline, timeline
from handlers.render.words import Catalogue, Drawn

__all__ = ["Catalogue", "Message", "Part", "digest", "parts", "wanted"]


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


@dataclass(frozen=True)
class Part:
    """A message that should exist, before it is drawn."""

    name: str
    rests_on: tuple[object, ...]
    """All that it is drawn from, beside the incident's id and the catalogue.

    As long as they are the very same values it is the same message. Equal ones do not
    do: 1 and true are equal, and drawn differently.
    """
    draw: Callable[[], Message]


def wanted(
    state: Incident, events: Sequence[Event], catalogue: Catalogue
) -> tuple[Message, ...]:
    """Return all messages that should exist, in order.

    `events` is the whole timeline and `state` its fold.
    """
    line = timeline(state.id, events)
    return tuple(part.draw() for part in parts(line, catalogue))


def parts(line: Timeline, catalogue: Catalogue) -> Iterator[Part]:
    """Yield all messages that should exist, in order, none of them drawn yet.

    They are named `card`, `glass:{seq}` in the channel itself, `checks`, `evidence`,
    `ranking`, `step:{run}:{step}`, and `summary:{n}` of the nth resolution.
    """
    yield _part("card", (line,), partial(card, line, catalogue), thread=False)
    yield from _broken(line, catalogue)  # what must be loud waits for nothing else
    yield from _looked(line, catalogue)
    yield from _steps(line, catalogue)
    yield from _proposed(line, catalogue)
    yield from map(_summary, range(1, 1 + len(line.endings)), line.endings)


def digest(message: Message) -> str:
    """Return what tells whether a message must be drawn again."""
    shown = [message.part, message.thread, message.text, message.blocks]
    compact = json.dumps(shown, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(compact.encode()).hexdigest()


def _part(
    name: str,
    rests_on: tuple[object, ...],
    draw: Callable[[], Drawn],
    *,
    thread: bool = True,
    urgent: bool = False,
) -> Part:
    def message() -> Message:
        drawn = draw()
        return Message(name, thread, drawn.text, fit(drawn.blocks), urgent)

    return Part(name, rests_on, message)


def _looked(line: Timeline, catalogue: Catalogue) -> Iterator[Part]:
    state, ranked = line.state, line.ranking
    if state.looks:
        looks = (state.looks, state.status, line.opening)
        yield _part("checks", looks, partial(_checks, line, catalogue))
    if state.offered:
        files = (state.artefacts, state.waiting, state.compared, state.status)
        yield _part("evidence", files, partial(evidence, state))
    if ranked:
        rests_on = (ranked, *_starting(state))
        yield _part("ranking", rests_on, partial(ranking, state, ranked, catalogue))


def _checks(line: Timeline, catalogue: Catalogue) -> Drawn:
    # Not last: what does not fit is left out from the end.
    return anchored(checks(line.state, catalogue), line.opening, at=1)


def _steps(line: Timeline, catalogue: Catalogue) -> Iterator[Part]:
    for run in line.state.runs:
        current = run.current()
        last = current.number if current else len(run.steps)
        for one in run.steps[:last]:
            rests_on = _step_rests_on(line, run, one)
            draw = partial(_step, line, one, catalogue)
            yield _part(_step_part(one.ref), rests_on, draw, urgent=True)


def _step_rests_on(line: Timeline, run: Run, one: StepState) -> tuple[object, ...]:
    state, under_way = line.state, line.state.run
    turn = (state.status, live(state, one), under_way and under_way.number)
    return (
        *(one, *turn, under_way and under_way.title),
        *(len(run.steps), run.title, run.by, run.at),
        *(state.looks[number] for number in one.calls),
        *line.steps.get(one.ref, ()),
    )


def _step(line: Timeline, one: StepState, catalogue: Catalogue) -> Drawn:
    events = line.steps.get(one.ref, ())
    drawn = step(line.state, one, events, catalogue)
    return anchored(drawn, last_act(one.ref, events))


def _proposed(line: Timeline, catalogue: Catalogue) -> Iterator[Part]:
    state, ranked, number = line.state, line.ranking, len(line.state.runs) + 1
    if ranked and number in line.offered:
        name, rests_on = _step_part(StepRef(number, 1)), (ranked, *_starting(state))
        draw = partial(proposal, state, ranked, catalogue)
        yield _part(name, rests_on, draw, urgent=True)


def _starting(state: Incident) -> tuple[object, ...]:
    """Return what a page's start hangs on: what runs, and how far it is."""
    run = state.run
    step = run.current() if run else None
    turn = (step.number, step.status) if step else ()
    return (state.ranking, state.status, run and run.slug, *turn)


def _step_part(ref: StepRef) -> str:
    return f"step:{ref.run}:{ref.step}"


def _summary(number: int, ending: Ending) -> Part:
    return _part(f"summary:{number}", (ending,), partial(_ended, ending, number))


def _ended(ending: Ending, number: int) -> Drawn:
    drawn = ended(ending.state, ending.sections, ending.event, number)
    return anchored(drawn, ending.event)


def _broken(line: Timeline, catalogue: Catalogue) -> Iterator[Part]:
    for event, body in line.broken:
        draw = partial(glass, line.state, event, body, catalogue)
        rests_on = (event, line.state.report)
        yield _part(f"glass:{event.seq}", rests_on, draw, thread=False, urgent=True)
