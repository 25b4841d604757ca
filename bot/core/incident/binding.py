"""What an approval is bound to, and the digest that tells when any of it changes."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from bot.core.actions import Effect, Plan
from bot.core.evidence import Value


class Bound(BaseModel, frozen=True):
    """All that people see, or that decides what is done, when they approve.

    A fact is bound by its value and not by when it was seen: it is looked at again
    before the act, and the same answer must not void what rests on it.
    """

    incident: str
    run: int
    step: int
    asked_by: str
    action: str
    effect: Effect
    params: Mapping[str, Any]
    plan: Plan
    page_hash: str
    """Of the page as the library has it; the run may be of an earlier one."""
    facts: Mapping[str, Value]
    needed: int

    def digest(self) -> str:
        """Return the SHA-256, in hexadecimal, over the canonical JSON of every field.

        Canonical: keys sorted, no spaces, ASCII only; times as pydantic writes them.
        """
        text = json.dumps(
            self.model_dump(mode="json"), sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(text.encode("ascii")).hexdigest()


def what_changed(before: Bound, after: Bound) -> str:
    """Say in a few words what differs, for a person; empty if nothing does."""
    differ = (name for name in _SAYS if getattr(before, name) != getattr(after, name))
    return ", ".join(dict.fromkeys(_SAYS[name] for name in differ))


_SAYS: Mapping[str, str] = {
    "plan": "what it would touch",
    "params": "its parameters",
    "facts": "the facts that it rested on",
    "page_hash": "the page",
    "action": "the action",
    "effect": "how far it reaches",
    "needed": "how many must approve",
    "asked_by": "who asks",
    "incident": "the step",
    "run": "the step",
    "step": "the step",
}
