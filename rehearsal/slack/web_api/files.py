"""files.*: what the app may know of files, and its uploads in three steps."""

from typing import Any

from rehearsal.slack.errors import SlackError
from rehearsal.slack.settings import Channel
from rehearsal.slack.state import State
from rehearsal.slack.web_api.chat import announce_message, bot_message
from rehearsal.slack.web_api.method import Call, Method, Methods

Json = dict[str, Any]


def info(state: State, call: Call) -> Json:
    """Describe a file that was shared where the app is."""
    found = state.files.get(call.text("file", ""))
    places = [state.directory.channels[channel] for channel, _, _ in found.shares]
    own = found.user == state.settings.app.bot_user_id
    if (
        not own
        and not found.handed
        and not any(state.directory.bot_in(place) for place in places)
    ):
        raise SlackError("file_not_found")
    shown = state.files.shown(found, state.base_url)
    return {"ok": True, "file": shown, "comments": [], "response_metadata": {}}


def upload_url(state: State, call: Call) -> Json:
    """Begin an upload: say where its bytes go."""
    length = call.number("length", 0)
    if length <= 0:
        raise SlackError("invalid_arguments")
    file_id, secret = state.files.begin(call.text("filename"), length)
    url = f"{state.base_url}/upload/{secret}"
    return {"ok": True, "upload_url": url, "file_id": file_id}


def complete(state: State, call: Call) -> Json:
    """End an upload and share the file, if a channel is given."""
    asked = _asked(call)
    channels = _places(state, call)
    done = [state.files.finish(each["id"], each.get("title")) for each in asked]
    for channel in channels:
        _share(state, call, channel, [file.id for file in done])
    fresh = [state.files.get(file.id) for file in done]
    return {"ok": True, "files": [state.files.shown(f, state.base_url) for f in fresh]}


def _asked(call: Call) -> list[Json]:
    files = call.arguments.get("files")
    named = isinstance(files, list) and all(isinstance(f, dict) for f in files)
    if not files or not named or not all("id" in f for f in files):
        raise SlackError("invalid_arguments")
    return list(files)


def _places(state: State, call: Call) -> list[Channel]:
    one = call.arguments.get("channel_id")
    several = str(call.arguments.get("channels") or "")
    names = [one] if one else [name for name in several.split(",") if name]
    return [state.directory.joined(name) for name in names]


def _share(state: State, call: Call, channel: Channel, ids: list[str]) -> None:
    files = [state.files.shown(state.files.get(i), state.base_url) for i in ids]
    arguments = {"text": call.arguments.get("initial_comment") or ""}
    message = {**bot_message(state, arguments), "files": files, "upload": True}
    if call.arguments.get("thread_ts"):
        message["thread_ts"] = call.arguments["thread_ts"]
    posted = state.messages.add(channel.id, {**message, "subtype": "file_share"})
    announce_message(state, channel.id, posted)
    for file_id in ids:
        state.files.share(file_id, channel.id, posted)
        announce_file(state, file_id, channel.id)


def announce_file(state: State, file_id: str, channel: str) -> None:
    """Send the file_shared event."""
    found = state.files.get(file_id)
    event = {
        "type": "file_shared",
        "file_id": file_id,
        "user_id": found.user,
        "file": {"id": file_id},
        "channel_id": channel,
        "event_ts": state.ids.ts(),
    }
    state.announce(event, channel)


# Tiers: docs.slack.dev/reference/methods, each method's page, read 2026.
METHODS: Methods = {
    "files.info": Method(info, ("files:read",), 4),
    "files.getUploadURLExternal": Method(upload_url, ("files:write",), 4),
    "files.completeUploadExternal": Method(complete, ("files:write",), 4),
}
