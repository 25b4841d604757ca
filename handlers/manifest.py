"""The Slack app's manifest: what the app is called, may do, and is told of.

Only what is built is asked for. A scope stands here with the calls that need it, so
that whoever installs the app can weigh it. `triage manifest` prints it.
"""

import argparse
import json

from bot.cli.shape import tell

COMMAND = "/triage"
MESSAGE_SHORTCUT = "triage_message"

PATH = "/slack/events"
"""Where Slack delivers everything over HTTP; the same as in `handlers.web`."""

SCOPES = {
    "commands": "the /triage command and the message shortcut",
    "chat:write": "draw the incident's messages, keep them up to date, and tell one "
    "person what only they need to know (chat.postMessage, chat.update, "
    "chat.postEphemeral)",
    "users:read": "keep guests, bots, deactivated people and those of other workspaces "
    "from acting (users.info, users.list)",
    "usergroups:read": "see who is in the user groups that the policy names "
    "(usergroups.users.list)",
    "channels:read": "see whether a channel is shared with another company, where no "
    "incident is shown (conversations.info)",
    "groups:read": "the same of private channels that the bot was added to",
    "files:write": "send an incident's bundle to whoever exports it "
    "(files.getUploadURLExternal, files.completeUploadExternal)",
    "channels:history": "find our own message again after a crash or a lost answer, "
    "in public channels that the bot was added to (conversations.history, "
    "conversations.replies)",
    "groups:history": "the same in private channels",
    "files:read": "fetch the logs and databases that people drop into an incident's "
    "thread or choose in its form (files.info, and the file itself)",
}
"""Each bot scope and what it is for.

views.open, views.update and auth.test need none; a direct message by chat.postMessage
to a person's id needs none beside chat:write. In Socket Mode the app-level token, which
no manifest can grant, needs connections:write.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the transport."""
    parser.add_argument(
        "--http", metavar="URL", help="for HTTP, at this public address"
    )


def run(options: argparse.Namespace) -> int:
    """Print the manifest."""
    tell(json.dumps(manifest(options.http), indent=2, sort_keys=True))
    return 0


def manifest(http: str | None) -> dict[str, object]:
    """Return the manifest, for Socket Mode or for HTTP at this address.

    `http` is where Slack reaches the bot, as `https://triage.example.org`.
    """
    url = f"{http.rstrip('/')}{PATH}" if http else None
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Cohrtz Triage",
            "description": "Looks into a Cohrtz room and walks a runbook with you",
            "background_color": "#1f3a34",
        },
        "features": _features(url),
        "oauth_config": {"scopes": {"bot": sorted(SCOPES)}},
        "settings": _settings(url),
    }


def _features(url: str | None) -> dict[str, object]:
    return {
        "app_home": {
            "home_tab_enabled": False,
            # Without this tab nobody finds a direct message of ours again; it is
            # read-only because the bot does not read what people write there.
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": True,
        },
        "bot_user": {"display_name": "triage", "always_online": True},
        # No global shortcut: an incident has a channel, and that one has none.
        "shortcuts": [_shortcut()],
        "slash_commands": [_command(url)],
    }


def _shortcut() -> dict[str, object]:
    return {
        "name": "Open an incident",
        "type": "message",
        "callback_id": MESSAGE_SHORTCUT,
        "description": "Fill in the triage form for this channel",
    }


def _command(url: str | None) -> dict[str, object]:
    told: dict[str, object] = {
        "command": COMMAND,
        "description": "Open an incident for a Cohrtz room, or work on this channel's",
        "usage_hint": "[room participant what happens] | status | resolve | help",
        "should_escape": True,
    }
    return {**told, "url": url} if url else told


EVENTS = ("message.channels", "message.groups")
"""What the bot hears of: messages where it was added, for the files in the threads of
incidents. Of a message in such a thread the ids and names of its files are read, of all
others nothing."""


def _events(url: str | None) -> dict[str, object]:
    told: dict[str, object] = {"bot_events": sorted(EVENTS)}
    return {**told, "request_url": url} if url else told


def _settings(url: str | None) -> dict[str, object]:
    interactivity: dict[str, object] = {"is_enabled": True}
    if url:
        interactivity |= {"request_url": url, "message_menu_options_url": url}
    return {
        "event_subscriptions": _events(url),
        "interactivity": interactivity,
        "org_deploy_enabled": False,
        "socket_mode_enabled": url is None,
        "token_rotation_enabled": False,
    }
