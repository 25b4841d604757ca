"""What an action says of itself: what it would touch, what came of it, what is sure."""

from collections.abc import Mapping
from enum import StrEnum

from pydantic import BaseModel

from bot.core.evidence import Value


class Effect(StrEnum):
    """How far an action reaches."""

    LOOKS = "looks"
    ONE_PARTICIPANT = "disturbs one participant"
    ROOM = "disturbs a room"
    IRREVERSIBLE = "irreversible"


class Plan(BaseModel, frozen=True):
    """What an action would touch if it ran now.

    A person presses Run on a plan. The engine plans again right before the act: when
    `binding` differs from what the person saw, nothing is done and they are asked
    again.
    """

    target: str
    """What is touched, in a few words: «alice's session PA_1 in room X»."""
    blast: str
    """Who is disturbed and for how long, in one or two sentences."""
    touches: int
    """How many participants are disturbed."""
    binding: Mapping[str, Value]
    """What must still be the same at the act: room, identity, sid …

    Of an act on a whole room it stands for each one whom it reaches, not for how many.
    """
    baseline: Mapping[str, Value] = {}
    """What `verify` needs to tell after from before: parameters of the check."""


class Outcome(BaseModel, frozen=True):
    """What certainly came of an act."""

    ok: bool
    detail: str


class Settlement(BaseModel, frozen=True):
    """What a probe says about an act whose outcome is not known."""

    happened: bool | None
    """None: it cannot tell either."""
    detail: str
