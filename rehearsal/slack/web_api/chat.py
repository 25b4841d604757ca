"""chat.* and reactions.add: what the app says, changes and takes back."""

from typing import Any

from rehearsal.slack.elements import normalised
from rehearsal.slack.errors import SlackError
from rehearsal.slack.messages import is_top
from rehearsal.slack.payloads import as_stored
from rehearsal.slack.settings import Channel
from rehearsal.slack.state import State
from rehearsal.slack.validation import require_message
from rehearsal.slack.web_api.method import Call, Method, Methods

Json = dict[str, Any]


def bot_message(state: State, arguments: Json) -> Json:
    """Give a message of the app's bot as Slack stores it, but for its ts."""
    app = state.settings.app
    made: Json = {
        "user": app.bot_user_id,
        "bot_id": app.bot_id,
        "app_id": app.id,
        "team": state.settings.team_id,
        "bot_profile": {"id": app.bot_id, "app_id": app.id, "name": app.name},
        "text": arguments.get("text") or "",
    }
    if arguments.get("blocks"):
        made["blocks"] = normalised(arguments["blocks"], state.ids)
    if arguments.get("attachments"):
        made["attachments"] = arguments["attachments"]
    if arguments.get("metadata"):
        made["metadata"] = arguments["metadata"]
    return made


def _target(state: State, call: Call) -> Channel:
    name = call.text("channel", "")
    found = state.directory.seen(name)
    if found.is_archived:
        raise SlackError("is_archived")
    public = "chat:write.public" in state.settings.app.scopes and not found.is_private
    return found if public else state.directory.joined(name)


def _thread(state: State, channel: Channel, call: Call) -> Json:
    ts = call.arguments.get("thread_ts")
    if not ts:
        return {}
    parent = state.messages.get(channel.id, ts)
    if parent is None:
        raise SlackError("thread_not_found")
    # A reply to a reply lands in the thread of the parent.
    made = {"thread_ts": parent.get("thread_ts", ts)}
    if call.flag("reply_broadcast"):
        made["subtype"] = "thread_broadcast"
    return made


def post(state: State, call: Call) -> Json:
    """Post a message into a channel or a thread."""
    channel = _target(state, call)
    require_message(call.arguments)
    thread = _thread(state, channel, call)
    state.rates.spend_post(channel.id)
    made = {**bot_message(state, call.arguments), **_styled(state, call), **thread}
    message = state.messages.add(channel.id, made)
    announce_message(state, channel.id, message)
    said = {"channel": channel.id, "ts": message["ts"], "message": message}
    return {"ok": True, **said}


def _styled(state: State, call: Call) -> Json:
    if "chat:write.customize" not in state.settings.app.scopes:
        return {}
    asked = {k: call.arguments[k] for k in ("username",) if call.arguments.get(k)}
    return {**asked, "subtype": "bot_message"} if asked else {}


def announce_message(state: State, channel: str, message: Json) -> None:
    """Send the message event for something new in a channel."""
    found = state.directory.channels[channel]
    kind = "im" if found.is_im else "group" if found.is_private else "channel"
    event = {
        **as_stored(message),
        "channel": channel,
        "channel_type": kind,
        "event_ts": message["ts"],
    }
    state.announce(event, channel)


def _announce_change(state: State, channel: str, subtype: str, body: Json) -> None:
    now = state.ids.ts()
    event = {"type": "message", "subtype": subtype, "hidden": True, "ts": now, **body}
    announce_message(state, channel, event)


def _own(state: State, call: Call, refusal: str) -> tuple[Channel, Json]:
    channel = state.directory.seen(call.text("channel", ""))
    message = state.messages.get(channel.id, call.text("ts", ""))
    if message is None or message.get("subtype") == "tombstone":
        raise SlackError("message_not_found")
    if message.get("bot_id") != state.settings.app.bot_id:
        raise SlackError(refusal)
    return channel, message


def changed(state: State, was: Json, arguments: Json) -> Json:
    """Give a message after an edit.

    Blocks and metadata that are not given stay, and an empty value clears them
    (docs.slack.dev/reference/methods/chat.update, read 2026).
    """
    made = bot_message(state, arguments)
    kept = {k: v for k, v in was.items() if k not in _cleared(arguments)}
    stamp = {"user": state.settings.app.bot_user_id, "ts": state.ids.ts()}
    text = arguments.get("text")
    made["text"] = was["text"] if text is None else text
    return {**kept, **made, "edited": stamp}


def _cleared(arguments: Json) -> set[str]:
    fields = ("blocks", "attachments", "metadata")
    return {f for f in fields if arguments.get(f) is not None and not arguments[f]}


def update(state: State, call: Call) -> Json:
    """Change one of the app's own messages."""
    channel, was = _own(state, call, "cant_update_message")
    _require_change(was, call.arguments)
    message = changed(state, was, call.arguments)
    state.messages.replace(channel.id, message)
    body = {"message": as_stored(message), "previous_message": as_stored(was)}
    _announce_change(state, channel.id, "message_changed", body)
    said = {"channel": channel.id, "ts": was["ts"], "text": message["text"]}
    return {"ok": True, **said, "message": as_stored(message)}


def _require_change(was: Json, arguments: Json) -> None:
    said = ("text", "blocks", "attachments", "metadata")
    if all(arguments.get(field) is None for field in said):
        raise SlackError("no_text")
    kept = {} if arguments.get("text") is not None else {"text": was["text"]}
    require_message({**arguments, **kept})


def delete(state: State, call: Call) -> Json:
    """Take back one of the app's own messages."""
    channel, was = _own(state, call, "cant_delete_message")
    state.messages.remove(channel.id, was["ts"])
    body = {"deleted_ts": was["ts"], "previous_message": as_stored(was)}
    _announce_change(state, channel.id, "message_deleted", body)
    return {"ok": True, "channel": channel.id, "ts": was["ts"]}


def whisper(state: State, call: Call) -> Json:
    """Show one member of a channel a message that nobody stores."""
    channel = state.directory.joined(call.text("channel", ""))
    user = call.text("user", "")
    if user not in channel.members:
        raise SlackError("user_not_in_channel")
    require_message(call.arguments)
    made = {**bot_message(state, call.arguments), "channel": channel.id}
    made |= _thread(state, channel, call)
    return {"ok": True, "message_ts": state.messages.whisper(user, made)["ts"]}


def permalink(state: State, call: Call) -> Json:
    """Give a message's address."""
    channel = state.directory.seen(call.text("channel", ""))
    ts = call.text("message_ts", "")
    message = state.messages.get(channel.id, ts)
    if message is None:
        raise SlackError("message_not_found")
    domain = f"https://{state.settings.team_domain}.slack.com"
    link = f"{domain}/archives/{channel.id}/p{ts.replace('.', '')}"
    if not is_top(message):
        link += f"?thread_ts={message['thread_ts']}&cid={channel.id}"
    return {"ok": True, "channel": channel.id, "permalink": link}


def react(state: State, call: Call) -> Json:
    """Add the bot's reaction to a message."""
    channel = state.directory.joined(call.text("channel", ""))
    name, bot = call.text("name"), state.settings.app.bot_user_id
    message = state.messages.get(channel.id, call.text("timestamp", ""))
    if message is None:
        raise SlackError("message_not_found")
    known: Json = {r["name"]: r["users"] for r in message.get("reactions", ())}
    if bot in known.get(name, ()):
        raise SlackError("already_reacted")
    known[name] = [*known.get(name, ()), bot]
    shown = [{"name": n, "users": u, "count": len(u)} for n, u in known.items()]
    state.messages.replace(channel.id, {**message, "reactions": shown})
    return {"ok": True}


# Tiers: docs.slack.dev/reference/methods, each method's page, read 2026.
METHODS: Methods = {
    "chat.postMessage": Method(post, ("chat:write",), None),
    "chat.update": Method(update, ("chat:write",), 3),
    "chat.delete": Method(delete, ("chat:write",), 3),
    "chat.postEphemeral": Method(whisper, ("chat:write",), 4),
    "chat.getPermalink": Method(permalink, (), None),
    "reactions.add": Method(react, ("reactions:write",), 3),
}
