"""Slack's JSON in our words: bounded, strict, or a UsageError."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from bot.cohrtz.secret_forms import blank_tokens
from bot.errors import UsageError

MAX = 4_000
MAX_FILES = 20
"""Files of one message; Slack's own clients take ten."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_TS = re.compile(r"\d{1,16}\.\d{1,9}")

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Actor:
    """Who did it, and from which workspace, as the payload says."""

    user: str
    team: str


@dataclass(frozen=True)
class Command:
    """A slash command."""

    actor: Actor
    channel: str
    text: str
    trigger: str

    @property
    def receipt(self) -> str | None:
        """Name the delivery, so that the same one twice does nothing twice."""
        if not self.trigger:
            return None
        return f"command/{self.actor.team}/{self.trigger}"


@dataclass(frozen=True)
class Pressed:
    """A press of one of our buttons in a message."""

    actor: Actor
    action_id: str
    value: str
    channel: str
    ts: str
    action_ts: str
    trigger: str
    thread: str | None
    """The thread that the message stands in."""

    @property
    def receipt(self) -> str | None:
        """Name the delivery, so that the same one twice does nothing twice."""
        stamp = self.action_ts or self.trigger
        if not stamp:
            return None
        parts = (self.actor.team, self.actor.user, self.channel, self.ts)
        return "/".join(("press", *parts, self.action_id, stamp))


@dataclass(frozen=True)
class Given:
    """A file that somebody handed over; `name` is theirs, as it is."""

    id: str
    name: str


@dataclass(frozen=True)
class Dropped:
    """A message in a thread that brings files."""

    actor: Actor
    channel: str
    thread: str
    files: tuple[Given, ...] | None
    """None: there are more than are taken at a time."""
    receipt: str | None


def command(body: Json) -> Command:
    """Read a slash command."""
    return Command(
        actor=Actor(_id(body, "user_id"), _id(body, "team_id")),
        channel=_id(body, "channel_id"),
        text=blank_tokens(_text(body, "text", limit=40_000)),
        trigger=_text(body, "trigger_id"),
    )


def shortcut(body: Json) -> Command:
    """Read a shortcut that was started from a message."""
    return Command(
        actor=actor(body),
        channel=_id(_part(body, "channel"), "id"),
        text="",
        trigger=_text(body, "trigger_id"),
    )


def pressed(body: Json) -> Pressed:
    """Read a press of a button in a message."""
    actions = body.get("actions")
    if not isinstance(actions, list) or not actions or not _is_json(actions[0]):
        raise _odd("actions")
    action, (ts, thread) = actions[0], _message(body)
    return Pressed(
        actor=actor(body),
        action_id=_text(action, "action_id"),
        value=_text(action, "value"),
        channel=_id(_part(body, "channel"), "id"),
        ts=ts,
        action_ts=_text(action, "action_ts", limit=64),
        trigger=_text(body, "trigger_id"),
        thread=thread,
    )


def _message(body: Json) -> tuple[str, str | None]:
    """Read which message it was, and its thread: of the container, else the message."""
    container, message = body.get("container"), body.get("message")
    if _is_json(container) and container.get("message_ts"):
        return _matching(container, "message_ts", _TS), _thread(container)
    if _is_json(message):
        return _matching(message, "ts", _TS), _thread(message)
    raise _odd("container")


def _thread(part: Json) -> str | None:
    ts = part.get("thread_ts")
    return _matching(part, "thread_ts", _TS) if ts else None


def dropped(body: Json) -> Dropped | None:
    """Read a message of a person that brings files into a thread; None: another.

    Only ids and names are read: where the files lie, Slack is asked.
    """
    event = _part(body, "event")
    plain = event.get("subtype") in (None, "file_share") and not event.get("bot_id")
    if not plain or not event.get("files") or not event.get("thread_ts"):
        return None
    home = _text(event, "user_team") or _text(event, "team") or _text(body, "team_id")
    return Dropped(
        actor=Actor(_id(event, "user"), home),
        channel=_id(event, "channel"),
        thread=_matching(event, "thread_ts", _TS),
        files=None if _too_many(event) else files_in(event),
        receipt=_event_receipt(body),
    )


def files_in(part: Json) -> tuple[Given, ...]:
    """Read the files of a message or of a field, at most as many as may be at once."""
    if _too_many(part):
        raise too_many_files()
    files = part.get("files")
    if not isinstance(files, list):
        raise _odd("files")
    return tuple(Given(_id(f, "id"), _text(f, "name")) for f in files if _is_json(f))


def too_many_files() -> UsageError:
    """Return what to tell somebody who hands over more than is taken at a time."""
    most = f"At most {MAX_FILES} files are taken at a time, so none of these was."
    return UsageError(f"{most} Send them in several messages.")


def _too_many(part: Json) -> bool:
    files = part.get("files")
    return isinstance(files, list) and len(files) > MAX_FILES


def _event_receipt(body: Json) -> str | None:
    event = _text(body, "event_id", limit=64)
    return f"event/{_text(body, 'team_id', limit=64)}/{event}" if event else None


def actor(body: Json) -> Actor:
    """Read who acts, of an interaction."""
    user, team = _part(body, "user"), body.get("team")
    home = _text(user, "team_id") or (_text(team, "id") if _is_json(team) else "")
    return Actor(_id(user, "id"), home)


def place(body: Json) -> tuple[str, str | None]:
    """Read the channel that somebody acts in, and the thread of what they pressed."""
    container = body.get("container")
    thread = _thread(container) if _is_json(container) else None
    return _id(_part(body, "channel"), "id"), thread


def view_id(body: Json) -> str:
    """Read the id of the view that a payload is about."""
    return _id(_part(body, "view"), "id")


def view_hash(body: Json) -> str | None:
    """Read which state of the view it was, for an update of that state alone."""
    return _text(_part(body, "view"), "hash") or None


def view_fields(body: Json) -> dict[str, str]:
    """Read the ids of the blocks that hold the view's fields, by action id."""
    blocks = _part(body, "view").get("blocks")
    found: dict[str, str] = {}
    for block in blocks if isinstance(blocks, list) else ():
        element = block.get("element") if _is_json(block) else None
        if _is_json(element):
            found[_text(element, "action_id")] = _text(block, "block_id")
    return found


def typed(body: Json) -> str:
    """Read what was typed into a select so far."""
    return _text(body, "value")


def view_memo(body: Json) -> str:
    """Read what we wrote into the view's private metadata."""
    return _text(_part(body, "view"), "private_metadata")


def view_values(body: Json) -> dict[str, str | None]:
    """Read what the view's fields hold, by action id; None: nothing was put in."""
    state = _part(_part(body, "view"), "state")
    values = state.get("values")
    found: dict[str, str | None] = {}
    for block in values.values() if _is_json(values) else ():
        for name, element in block.items() if _is_json(block) else ():
            found[str(name)] = _value(element) if _is_json(element) else None
    return found


def view_files(body: Json) -> tuple[Given, ...]:
    """Read the files that were chosen in the view's file fields."""
    state = _part(_part(body, "view"), "state")
    values = state.get("values")
    return tuple(
        given
        for block in (values.values() if _is_json(values) else ())
        for element in (block.values() if _is_json(block) else ())
        if _is_json(element) and element.get("files")
        for given in files_in(element)
    )


def _value(element: Json) -> str | None:
    chosen = element.get("selected_option")
    if _is_json(chosen):
        return _text(chosen, "value")
    value = element.get("value")
    if value is None:
        return None
    return blank_tokens(_text(element, "value"))


def _part(body: Json, name: str) -> Json:
    part = body.get(name)
    if not _is_json(part):
        raise _odd(name)
    return part


def _is_json(value: object) -> TypeGuard[Json]:
    return isinstance(value, dict)


def _text(body: Json, name: str, limit: int = MAX) -> str:
    value = body.get(name) or ""
    if not isinstance(value, str) or len(value) > limit:
        raise _odd(name)
    if value.isascii():
        return value
    # JSON can spell half a surrogate pair, which no database takes.
    return value.encode("utf-8", "replace").decode("utf-8")


def _id(body: Json, name: str) -> str:
    return _matching(body, name, _ID)


def _matching(body: Json, name: str, pattern: re.Pattern[str]) -> str:
    value = _text(body, name)
    if not pattern.fullmatch(value):
        raise _odd(name)
    return value


def _odd(name: str) -> UsageError:
    return UsageError(f"Slack sent something that I cannot read ({name}). Try again.")
