"""What Slack tells an app: the shapes of commands, interactions and events.

Sources: docs.slack.dev/reference/interaction-payloads and
docs.slack.dev/interactivity/implementing-slash-commands, both read 2026.
"""

from typing import Any

from rehearsal.slack.settings import Channel
from rehearsal.slack.state import State
from rehearsal.slack.tickets import Hook
from rehearsal.slack.views import OpenView

Json = dict[str, Any]


def hook_url(state: State, secret: str) -> str:
    """Give the full response URL."""
    return f"{state.base_url}/response/{secret}"


def command(state: State, user: str, channel: Channel, words: tuple[str, str]) -> Json:
    """Give a slash command's form; `words` are the command and its text."""
    settings = state.settings
    secret = state.hooks.grant(Hook(user, channel.id, 0.0))
    return {
        "token": settings.app.verification_token,
        "team_id": settings.team_id,
        "team_domain": settings.team_domain,
        "channel_id": channel.id,
        "channel_name": _name(channel),
        "user_id": user,
        "user_name": state.directory.people[user].name,
        "command": words[0],
        "text": words[1],
        "api_app_id": settings.app.id,
        "is_enterprise_install": "false",
        "response_url": hook_url(state, secret),
        "trigger_id": state.triggers.grant(user),
    }


def interaction(state: State, kind: str, user: str) -> Json:
    """Give what every interaction payload begins with."""
    settings = state.settings
    person = state.directory.people[user]
    return {
        "type": kind,
        "user": {
            "id": user,
            "username": person.name,
            "name": person.name,
            "team_id": state.directory.team_of(user),
        },
        "api_app_id": settings.app.id,
        "token": settings.app.verification_token,
        "team": {"id": settings.team_id, "domain": settings.team_domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def in_message(state: State, user: str, channel: str, message: Json) -> Json:
    """Give what says that something happened in a message."""
    found = state.directory.channels[channel]
    ephemeral = bool(message.get("ephemeral"))
    container = {
        "type": "message",
        "message_ts": message["ts"],
        "channel_id": channel,
        "is_ephemeral": ephemeral,
    }
    if "thread_ts" in message:
        container["thread_ts"] = message["thread_ts"]
    values = state.touched.get((user, message["ts"]), {})
    said: Json = {
        "container": container,
        "channel": {"id": channel, "name": _name(found)},
        "state": {"values": values},
    }
    return said if ephemeral else {**said, "message": as_stored(message)}


def pressed_in_message(state: State, user: str, channel: str, message: Json) -> Json:
    """Give a block_actions payload of a message, but for its `actions`."""
    hook = Hook(
        user,
        channel,
        0.0,
        message["ts"],
        message.get("thread_ts"),
        bool(message.get("ephemeral")),
    )
    return {
        **interaction(state, "block_actions", user),
        **in_message(state, user, channel, message),
        "trigger_id": state.triggers.grant(user),
        "response_url": hook_url(state, state.hooks.grant(hook)),
    }


def in_view(view: OpenView) -> Json:
    """Give what says that something happened in a view."""
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": view.stated(),
    }


def pressed_in_view(state: State, view: OpenView) -> Json:
    """Give a block_actions payload of a view, but for its `actions`."""
    return {
        **interaction(state, "block_actions", view.user),
        **in_view(view),
        "trigger_id": state.triggers.grant(view.user, view.id),
    }


def submission(state: State, view: OpenView) -> Json:
    """Give a view_submission payload."""
    return {
        **interaction(state, "view_submission", view.user),
        "trigger_id": state.triggers.grant(view.user, view.id),
        "view": view.stated(),
        "response_urls": _response_urls(state, view),
    }


def closed(state: State, view: OpenView, *, cleared: bool) -> Json:
    """Give a view_closed payload."""
    return {
        **interaction(state, "view_closed", view.user),
        "view": view.stated(),
        "is_cleared": cleared,
    }


def shortcut(state: State, user: str, callback_id: str) -> Json:
    """Give the payload of a global shortcut."""
    return {
        **interaction(state, "shortcut", user),
        "callback_id": callback_id,
        "trigger_id": state.triggers.grant(user),
        "action_ts": state.ids.ts(),
    }


def message_shortcut(
    state: State, user: str, place: tuple[str, Json], callback_id: str
) -> Json:
    """Give the payload of a message shortcut; `place` is channel and message."""
    channel, message = place
    hook = Hook(user, channel, 0.0, thread_ts=message.get("thread_ts"))
    return {
        **interaction(state, "message_action", user),
        "callback_id": callback_id,
        "trigger_id": state.triggers.grant(user),
        "action_ts": state.ids.ts(),
        "message_ts": message["ts"],
        "channel": {
            "id": channel,
            "name": _name(state.directory.channels[channel]),
        },
        "message": as_stored(message),
        "response_url": hook_url(state, state.hooks.grant(hook)),
    }


def event_callback(state: State, event: Json, channel: str | None) -> Json:
    """Wrap an event as the Events API does."""
    settings = state.settings
    found = state.directory.channels.get(channel or "")
    bot = {
        "enterprise_id": None,
        "team_id": settings.team_id,
        "user_id": settings.app.bot_user_id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": settings.app.verification_token,
        "team_id": settings.team_id,
        "context_team_id": settings.team_id,
        "context_enterprise_id": None,
        "api_app_id": settings.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": state.ids.mint("Ev"),
        "event_time": int(state.clock.now()),
        "authorizations": [bot],
        "is_ext_shared_channel": bool(found and found.is_ext_shared),
        "event_context": state.ids.secret(),
    }


def as_stored(message: Json) -> Json:
    """Give a message without what only a history call may ask for."""
    return {key: value for key, value in message.items() if key != "metadata"}


def _name(channel: Channel) -> str:
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name


def _response_urls(state: State, view: OpenView) -> list[Json]:
    urls = []
    for block in view.view["blocks"]:
        element = block.get("element") or {}
        if not element.get("response_url_enabled"):
            continue
        kept = view.values[block["block_id"]][element["action_id"]]
        chosen = kept.get("selected_conversation") or kept.get("selected_channel")
        if chosen is None:
            continue
        secret = state.hooks.grant(Hook(view.user, chosen, 0.0))
        url = {"channel_id": chosen, "response_url": hook_url(state, secret)}
        ids = {"block_id": block["block_id"], "action_id": element["action_id"]}
        urls.append({**ids, **url})
    return urls
