"""Whether a payload has the outline of Slack's: Bolt takes its parts for granted."""

from collections.abc import Mapping
from typing import Any, Final

OBJECTS: Final = ("user", "channel", "view", "message", "container", "event", "state")
PERHAPS: Final = ("team", "enterprise")
"""Null where an app is installed for a whole organisation, or there is none."""


SHAPED: Final = frozenset((*OBJECTS, *PERHAPS, "actions", "authorizations", "type"))


def has_outline(body: Mapping[str, Any]) -> bool:
    """Say whether each part that there is, is what Slack's documentation says."""
    if SHAPED.isdisjoint(body):  # as is every command
        return True
    objects = (body[name] for name in OBJECTS if name in body)
    perhaps = (body[name] for name in PERHAPS if body.get(name) is not None)
    return (
        all(isinstance(one, dict) for one in (*objects, *perhaps))
        and _are_objects(body.get("actions", ()))
        and _are_objects(body.get("authorizations") or ())
        and isinstance(body.get("type", ""), str)
    )


def _are_objects(several: object) -> bool:
    if not isinstance(several, list | tuple):
        return False
    return all(isinstance(one, dict) for one in several)
