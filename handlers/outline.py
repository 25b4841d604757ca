"""Whether a payload has the outline of Slack's: Bolt takes its parts for granted."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

OBJECTS: Final = ("user", "channel", "view", "message", "container", "event", "state")
PERHAPS: Final = ("team", "enterprise")
"""Null where an app is installed for a whole organisation, or there is none."""


NAMED_BY: Final = ("type", "callback_id", "action_id")
"""What Bolt chooses a listener by: words, or null."""

SHAPED: Final = frozenset((*OBJECTS, *PERHAPS, *NAMED_BY, "actions", "authorizations"))


def has_outline(body: Mapping[str, Any]) -> bool:
    """Say whether each part that there is, is what Slack's documentation says."""
    if SHAPED.isdisjoint(body):  # as is every command
        return True
    objects = (body[name] for name in OBJECTS if name in body)
    perhaps = (body[name] for name in PERHAPS if body.get(name) is not None)
    return (
        all(isinstance(one, dict) for one in (*objects, *perhaps))
        and _are_objects(body.get("actions", ()))
        and body.get("actions") != []
        and _are_objects(body.get("authorizations") or ())
        and isinstance(body.get("type", ""), str)
        and all(map(_is_named, _named(body)))
        and _has_what_its_type_asks(body)
    )


def _are_objects(several: object) -> bool:
    if not isinstance(several, list | tuple):
        return False
    return all(isinstance(one, dict) for one in several)


def _named(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Give the parts whose names Bolt looks at; they are objects by now."""
    yield body
    yield from (body[name] for name in ("event", "view") if name in body)
    yield from body.get("actions", ())


def _is_named(part: Mapping[str, Any]) -> bool:
    return all(isinstance(part.get(name), str | None) for name in NAMED_BY)


def _has_what_its_type_asks(body: Mapping[str, Any]) -> bool:
    """Say whether there is what Bolt asks a payload of this type for."""
    if body.get("type") == "block_actions":
        return all("action_id" in one for one in body.get("actions", ()))
    is_sent = body.get("type") == "view_submission" and "view" in body
    return not is_sent or "type" in body["view"]
