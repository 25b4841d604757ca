"""Reads what Slack posts: a form, JSON in a form's field `payload`, or JSON.

Bolt would read it a second time; and of a command that merely speaks of a "payload" it
would keep nothing at all.
"""

import json
from typing import Any
from urllib.parse import unquote_plus


def body_of(raw: bytes) -> dict[str, Any]:
    """Return the fields of a request. Raises ValueError if it is none of these."""
    text = raw.decode("utf-8")
    if text.startswith("{"):
        return _object(text)
    fields: dict[str, Any] = dict(_field(pair) for pair in text.split("&") if pair)
    payload = fields.get("payload")
    return fields if payload is None else _object(payload)


def _field(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return _plain(name), _plain(value)


def _plain(text: str) -> str:
    """Decode what was encoded, which hardly any field of a command is."""
    return unquote_plus(text) if "%" in text or "+" in text else text


def _object(text: str) -> dict[str, Any]:
    read = json.loads(text)
    if not isinstance(read, dict):
        raise ValueError("not an object")  # noqa: TRY004  as of what is no JSON
    return read
