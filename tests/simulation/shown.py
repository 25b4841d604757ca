"""What must hold of the messages in Slack: each once, as wanted, within the limits."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from bot import app as bot_app
from bot.settings import Settings
from handlers.adopt import EVENT_TYPE
from handlers.render.message import Catalogue, Message, digest, wanted
from rehearsal.slack import Workspace
from tests.simulation.kept import Told

Json = Mapping[str, Any]
FROM_FAULTS = frozenset({"ratelimited", "internal_error", "drop_before", "drop_after"})
"""What calls come to that a fault struck, or that were too many in a minute."""
HARMLESS = frozenset({"expired_trigger_id", "exchanged_trigger_id"})
"""What Slack says when a delivery came late, or for a second time."""


def wrong_messages(workspace: Workspace, incidents: Iterable[Told]) -> Iterator[str]:
    """Say which messages come twice, are missing, or do not show what they should."""
    ours = list(_ours(workspace))
    times = Counter(_name(message) for message in ours)
    by_name = {_name(message): message for message in ours}
    for name, count in times.items():
        if name is None:
            yield f"{count} messages are not of any incident"
        elif count > 1:
            yield f"{name} was posted {count} times"
    for told in incidents:
        messages = wanted(told.state, told.events, _catalogue())
        for message in messages:
            name = (told.head.incident, message.part)
            yield from _wrong_message(message, by_name.pop(name, None), name)
        yield from _wrong_drawings(told, messages)
    if left := [name for name in by_name if name is not None]:
        yield f"nothing wants {left}"


def _wrong_message(
    message: Message, shown: Json | None, name: tuple[str, str]
) -> Iterator[str]:
    if shown is None:
        yield f"{name} is not there"
    elif shown["text"] != message.text:
        yield f"{name} says {shown['text']!r} and not {message.text!r}"
    elif not _within(message.blocks, shown.get("blocks", [])):
        yield f"{name} shows other blocks than it should"


def _wrong_drawings(told: Told, messages: Sequence[Message]) -> Iterator[str]:
    digests = {message.part: digest(message) for message in messages}
    for drawing in told.drawings:
        if drawing.state != "drawn" or not drawing.ts:
            yield f"{drawing.part} of {told.head.incident} is {drawing.state}"
        elif drawing.digest != digests.get(drawing.part):
            yield f"{drawing.part} of {told.head.incident} is drawn as it was once"


def refused_calls(workspace: Workspace) -> Iterator[str]:
    """Say which of the bot's calls and answers Slack would not take."""
    for entry in workspace.journal.refused():
        if entry.outcome not in FROM_FAULTS | HARMLESS:
            yield f"Slack refused {entry.kind} {entry.name}: {entry.outcome}"


def _ours(workspace: Workspace) -> Iterator[Json]:
    for channel, place in workspace.channels.items():
        if place.is_im:
            continue
        for top in workspace.messages(channel):
            for message in workspace.messages(channel, top["ts"]):
                if message.get("bot_id"):
                    yield message


def _name(message: Json) -> tuple[str, str] | None:
    told = message.get("metadata") or {}
    if told.get("event_type") != EVENT_TYPE:
        return None
    payload = told["event_payload"]
    return str(payload["incident"]), str(payload["part"])


@cache
def _catalogue() -> Catalogue:
    settings = Settings.model_construct()
    library = bot_app.load_library(settings.runbooks)
    return Catalogue(
        titles=bot_app.titles(),
        library=library,
        effects=bot_app.effects(),
        yields=bot_app.rules(Settings.model_construct(pace=1.0), library).yields,
        on_request=bot_app.on_request(),
    )


def _within(asked: object, shown: object) -> bool:
    """Say whether all that was asked for is shown; Slack adds ids of its own."""
    if isinstance(asked, Mapping) and isinstance(shown, Mapping):
        return all(_within(value, shown.get(key)) for key, value in asked.items())
    if isinstance(asked, list | tuple) and isinstance(shown, list):
        return len(asked) == len(shown) and all(map(_within, asked, shown))
    return asked == shown
