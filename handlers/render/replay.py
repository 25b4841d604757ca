"""Drawing an incident again from its events alone: each state, message and summary.

What is drawn is compared by its bytes with what was drawn when it was exported, so a
change of the code that alters what old incidents looked like shows.
"""

import difflib
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from bot.core.bundle import Bundle, DrawnMessage, Frame, Setting
from bot.core.incident.events import Event
from bot.core.incident.state import Incident
from bot.core.summary import summarise
from handlers.render.message import Catalogue, Message, digest, parts
from handlers.render.summary import markdown
from handlers.render.timeline import timeline

READ_AT_MOST: Final = 10_000
"""Each drawing reads the whole past, so of an incident of n events the last
10,000 / n are drawn one by one: all of one of 100 events, which few have."""

_STATE: Final = TypeAdapter(Incident)


@dataclass(frozen=True)
class Replayed:
    """What the events give."""

    state: Mapping[str, Any]
    """The last state as JSON; what is as it always is at the start is left out."""
    frames: tuple[Frame, ...]
    messages: tuple[DrawnMessage, ...]
    summary: str


def catalogue_of(setting: Setting) -> Catalogue:
    """Return what messages must know beyond the incident."""
    return Catalogue(
        titles=setting.titles,
        library=setting.pages,
        effects=setting.effects,
        yields=setting.yields,
        on_request=setting.on_request,
    )


def replay(incident: str, events: Sequence[Event], setting: Setting) -> Replayed:
    """Draw the incident as of each event, the first of which opened it."""
    catalogue, line = catalogue_of(setting), timeline(incident, events[:1])
    first = len(events) - max(READ_AT_MOST // len(events), 1) + 1
    frames: list[Frame] = []
    drawn: Sequence[Message] = ()
    for event in events:
        line = line if event.seq == 1 else line.then((event,))
        if event.seq >= first:
            before = {one.part: digest(one) for one in drawn}
            drawn = [part.draw() for part in parts(line, catalogue)]
            frames.append(_frame(line.state, before, drawn))
    return Replayed(
        state=_told(line.state),
        frames=tuple(frames),
        messages=tuple(map(_message, drawn)),
        summary=summary(line.state, events),
    )


def _frame(
    state: Incident, before: Mapping[str, str], drawn: Sequence[Message]
) -> Frame:
    now = {one.part: digest(one) for one in drawn}
    changed = {part: one for part, one in now.items() if before.get(part) != one}
    return Frame(seq=state.seq, state=_hash(state), messages=changed)


def summary(state: Incident, events: Sequence[Event]) -> str:
    """Return the summary as a bundle has it: people by their ids."""
    return markdown(state.id, state, summarise(state.id, events), {})


def differences(bundle: Bundle, now: Replayed) -> Iterator[str]:
    """Say what is not drawn as it was when the bundle was written; none: all is."""
    yield from _other_frames(bundle.frames, now.frames)
    then = {one.part: one for one in bundle.messages}
    drawn = {one.part: one for one in now.messages}
    for part in dict.fromkeys((*then, *drawn)):
        if then.get(part) != drawn.get(part):
            yield f"The message {part} is another one:\n" + _unlike(
                _lines(then.get(part)), _lines(drawn.get(part))
            )
    if bundle.summary != now.summary:
        yield "The summary is another one:\n" + _unlike(
            bundle.summary.splitlines(), now.summary.splitlines()
        )


def _other_frames(then: Sequence[Frame], now: Sequence[Frame]) -> Iterator[str]:
    if [one.seq for one in then] != [one.seq for one in now]:
        yield "Other events were drawn one by one."
        return
    for before, after in zip(then, now, strict=True):
        if before.state != after.state:
            yield f"After event {before.seq} the state is another one."
        for part in sorted({*before.messages, *after.messages}):
            if before.messages.get(part) != after.messages.get(part):
                yield f"After event {before.seq} the message {part} is another one."


def _unlike(then: Sequence[str], now: Sequence[str]) -> str:
    return "\n".join(difflib.unified_diff(then, now, "then", "now", lineterm="", n=1))


def _lines(message: DrawnMessage | None) -> list[str]:
    if message is None:
        return []
    document = message.model_dump(mode="json")
    return json.dumps(document, ensure_ascii=False, indent=1).splitlines()


def digest_of(one: DrawnMessage) -> str:
    """Return what tells whether Slack shows this message."""
    blocks = [dict(block) for block in one.blocks]
    return digest(Message(one.part, one.thread, one.text, blocks))


def _message(one: Message) -> DrawnMessage:
    return DrawnMessage(
        part=one.part, thread=one.thread, text=one.text, blocks=tuple(one.blocks)
    )


def _told(state: Incident) -> Mapping[str, Any]:
    told: Mapping[str, Any] = _STATE.dump_python(
        state, mode="json", exclude_defaults=True
    )
    return told


def _hash(state: Incident) -> str:
    compact = json.dumps(_told(state), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(compact.encode()).hexdigest()
