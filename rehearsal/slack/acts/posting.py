"""What people post and drop, and the events that tell the app of it."""

from typing import Any

from rehearsal.slack.acts.outcome import Stage
from rehearsal.slack.acts.typed import as_sent
from rehearsal.slack.errors import UserMistake
from rehearsal.slack.web_api.chat import announce_message
from rehearsal.slack.web_api.files import announce_file

Json = dict[str, Any]


def post(
    stage: Stage, user: str, channel: str, text: str, thread_ts: str | None
) -> Json:
    """Post a message as a person; the app hears of it if it subscribed."""
    state = stage.state
    _may_post(stage, user, channel, thread_ts)
    sent = as_sent(text, state.directory)
    said = {"user": user, "team": state.directory.team_of(user), "text": sent}
    message = state.messages.add(channel, {**said, **_threaded(thread_ts)})
    announce_message(state, channel, message)
    if f"<@{state.settings.app.bot_user_id}" in sent:
        mention = {**message, "type": "app_mention", "channel": channel}
        state.announce({**mention, "event_ts": message["ts"]}, channel)
    return message


def drop_file(
    stage: Stage, user: str, channel: str, file: tuple[str, bytes], thread: str | None
) -> Json:
    """Drop a file, `(name, content)`, into a channel or a thread."""
    state = stage.state
    _may_post(stage, user, channel, thread)
    stored = state.files.add(*file, user)
    shown = state.files.shown(stored, state.base_url)
    if state.directory.channels[channel].is_ext_shared:
        # In a Connect channel the app must ask files.info for everything.
        shown = {"id": stored.id, "mode": "file_access", "file_access": _ASK}
    said: Json = {"user": user, "team": state.directory.team_of(user), "text": ""}
    said |= {"files": [shown], "upload": True, "subtype": "file_share"}
    message = state.messages.add(channel, {**said, **_threaded(thread)})
    state.files.share(stored.id, channel, message)
    announce_file(state, stored.id, channel)
    announce_message(state, channel, message)
    return message


def choose_file(stage: Stage, user: str, file: tuple[str, bytes]) -> Json:
    """Upload a file, `(name, content)`, for a form's file field; give what it holds."""
    stage.state.directory.actor(user)
    stored = stage.state.files.hand(*file, user)
    return stage.state.files.shown(stored, stage.state.base_url)


_ASK = "check_file_info"


def _may_post(stage: Stage, user: str, channel: str, thread: str | None) -> None:
    stage.state.directory.actor(user)
    stage.state.directory.here(user, channel)
    if thread is not None and stage.state.messages.get(channel, thread) is None:
        raise UserMistake(f"there is no message {thread} to reply to")


def _threaded(thread: str | None) -> Json:
    return {} if thread is None else {"thread_ts": thread}
