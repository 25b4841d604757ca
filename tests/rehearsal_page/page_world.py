"""A canned workspace: people, channels, messages with every block, and a form."""

import time
from typing import Any

Json = dict[str, Any]

ADA, BEN, GIL, BOT = "U0ADA", "U0BEN", "U0GIL", "U0BOT"
INCIDENT, GENERAL = "C0INCIDENT", "C0GENERAL"


def ts(offset: float, now: float = 0.0) -> str:
    """A Slack timestamp so many seconds from the world's start."""
    return f"{(now or START) + offset:.6f}"


START = float(int(time.time()) - 900)


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(label: str, value: str, **more: object) -> Json:
    return {"text": plain(label), "value": value, **more}


def button(label: str, action: str, value: str = "", **more: object) -> Json:
    return {
        "type": "button",
        "text": plain(label),
        "action_id": action,
        "value": value,
        **more,
    }


def section(text: str, **more: object) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def field(block_id: str, label: str, element: Json, **more: object) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        **more,
    }


def message(offset: float, user: str, text: str, **more: object) -> Json:
    return {"type": "message", "ts": ts(offset), "user": user, "text": text, **more}


def bot_message(offset: float, *blocks: Json, **more: object) -> Json:
    said = {"text": "an incident card", "bot_id": "B0BOT", **more}
    return message(offset, BOT, said.pop("text"), blocks=list(blocks), **said)


def user(name: str, user_id: str, title: str, colour: str, **flags: bool) -> Json:
    known = {"is_bot": False, "is_guest": False, "is_external": False, **flags}
    return {
        "id": user_id,
        "name": name.split(maxsplit=1)[0].lower(),
        "real_name": name,
        "title": title,
        "color": colour,
        **known,
    }


def world(**more: object) -> Json:
    """The state of the workspace as the server sends it first."""
    base: Json = {
        "team": {"id": "T0REH", "name": "Rehearsal"},
        "users": [
            user("Ada Moreno", ADA, "Responder", "2f6f8f"),
            user("Ben Okafor", BEN, "Second responder", "8a5a2b"),
            user("Gil Hart", GIL, "Contractor", "6b7f3a", is_guest=True),
            user("Triage", BOT, "", "3b5b7a", is_bot=True),
        ],
        "channels": [
            {"id": INCIDENT, "name": "incident-room-7", "topic": "Peers do not sync"},
            {"id": GENERAL, "name": "general", "topic": "Everybody"},
        ],
        "messages": {INCIDENT: [], GENERAL: []},
        "ephemerals": [],
        "views": [],
        "notices": [],
        "commands": [
            {
                "command": "/triage",
                "usage_hint": "[room] [words]",
                "description": "Open an incident, or look at one",
            }
        ],
    }
    return base | more


def in_channel(*messages: Json, channel: str = INCIDENT) -> Json:
    """The world with these messages in a channel."""
    return world(messages={INCIDENT: [], GENERAL: [], channel: list(messages)})


def modal(*blocks: Json, **more: object) -> Json:
    return {
        "type": "modal",
        "callback_id": "report",
        "title": plain("Open an incident"),
        "submit": plain("Open"),
        "close": plain("Cancel"),
        "blocks": list(blocks),
        **more,
    }


def open_view(view: Json, view_id: str = "V1", **more: object) -> Json:
    """A view of the person who looks, as it stands in the state."""
    return {"id": view_id, "view": view, "values": {}, "errors": {}, **more}
