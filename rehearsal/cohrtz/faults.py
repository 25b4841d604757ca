"""The faults that can be put into the simulated deployment while it runs.

A fault's `seconds` are real ones; only the app's and the server's own timers follow the
deployment's speed.
"""

import random
from collections import Counter
from enum import StrEnum

from pydantic import BaseModel, Field, model_validator

from rehearsal.cohrtz.changes import Changes


class FaultKind(StrEnum):
    """Every fault there is: the place, a full stop, and what is wrong there."""

    ENDPOINT_REFUSED = "token.refused"
    """Nothing listens at the endpoint's port."""
    ENDPOINT_RESET = "token.reset"
    """The connection is reset before an answer."""
    ENDPOINT_LOST = "token.lost"
    """Everything is done, and the connection is reset in place of the answer."""
    ENDPOINT_HANGING = "token.hanging"
    """No answer until the fault is cleared. The app has no time-out here."""
    ENDPOINT_SLOW = "token.slow"
    """Each answer takes `seconds` longer."""
    ENDPOINT_STATUS_500 = "token.status-500"
    """Answers 500 with `text`."""
    ENDPOINT_STATUS_429 = "token.status-429"
    """Refuses as asked too often: 429, and nothing is done."""
    ENDPOINT_STATUS_502 = "token.status-502"
    """Everything is done, and a proxy in front answers 502 in place of the answer."""
    ENDPOINT_HTML = "token.html"
    """A captive proxy answers HTML with status 200."""
    ENDPOINT_OTHER_SHAPE = "token.no-token"
    """The JSON object has no `token`."""
    ENDPOINT_NULL = "token.null"
    """The JSON object's `token` is null."""
    ENDPOINT_WRONG_IDENTITY = "token.wrong-identity"
    """The token is somebody else's."""
    ENDPOINT_WRONG_ROOM = "token.wrong-room"
    """The token is for another room."""
    ENDPOINT_SIGNS_AS_BEFORE = "token.old-secret"
    """The LiveKit secret was rotated and the endpoint still signs with the old one."""
    ENDPOINT_EXPIRED = "token.expired"
    """A stale cache hands out tokens that expired an hour ago."""
    ENDPOINT_CLOCK_SKEW = "token.clock-skew"
    """The endpoint's clock is off by `seconds`: Date, nbf and exp move with it."""
    ENDPOINT_FLOAT_EXP = "token.float-exp"
    """`exp` is not an integer: the server does not mind, the app calls it expired."""
    ENDPOINT_MISSING_ISS = "token.missing-iss"
    """There is no `iss`."""
    ENDPOINT_MISSING_GRANT = "token.missing-grant"
    """The token does not allow to join."""
    LIVEKIT_REFUSED = "livekit.refused"
    """Nothing listens at the server's port; sessions that are up stay up."""
    LIVEKIT_RESET = "livekit.reset"
    """Connections are reset before an answer; sessions that are up stay up."""
    LIVEKIT_LOST = "livekit.lost"
    """Everything is done, and the connection is reset in place of the answer."""
    LIVEKIT_HANGING = "livekit.hanging"
    """No answer until the fault is cleared."""
    LIVEKIT_SLOW = "livekit.slow"
    """Each answer takes `seconds` longer."""
    LIVEKIT_STATUS_500 = "livekit.status-500"
    """Answers 500 with `text`."""
    LIVEKIT_STATUS_429 = "livekit.status-429"
    """Refuses as asked too often: 429, and nothing is done."""
    LIVEKIT_STATUS_502 = "livekit.status-502"
    """Everything is done, and a proxy in front answers 502 in place of the answer; who
    joins does not get in."""
    LIVEKIT_HTML = "livekit.html"
    """A proxy in front answers HTML with status 200."""
    LIVEKIT_ROTATED = "livekit.secret-rotated"
    """The server has a new secret that neither the endpoint nor the bot knows."""
    LIVEKIT_ECHOES = "livekit.echoes-token"
    """As older servers do: a refusal repeats the whole token that it refuses."""
    WEBHOOK_DROP = "webhook.drop"
    """Webhooks are lost."""
    WEBHOOK_DUPLICATE = "webhook.duplicate"
    """Every webhook is sent twice."""
    WEBHOOK_DELAY = "webhook.delay"
    """Every webhook waits for `seconds` before it is sent."""
    WEBHOOK_REORDER = "webhook.reorder"
    """A room's webhooks come in swapped pairs."""


class Fault(BaseModel, frozen=True, extra="forbid"):
    """A fault with its measure. A page may write its kind alone."""

    kind: FaultKind
    seconds: float = 0.0
    text: str = ""
    odds: float = Field(default=1.0, gt=0, le=1)
    """What part of the requests or webhooks it meets after the first, by dice that fall
    alike in every run."""

    @model_validator(mode="before")
    @classmethod
    def _of_its_kind_alone(cls, written: object) -> object:
        return {"kind": written} if isinstance(written, str) else written


class Faults:
    """The faults that are in force."""

    def __init__(self, changes: Changes) -> None:
        """Start without any fault; `changes` is told whenever that changes."""
        self._changes = changes
        self._active: dict[FaultKind, Fault] = {}
        self._met: set[FaultKind] = set()
        self.struck: Counter[FaultKind] = Counter()
        """How often each was met; what is cleared stays counted."""
        self._dice = random.Random(0)  # noqa: S311  nothing is secret here

    def set(
        self,
        kind: FaultKind | str,
        *,
        seconds: float = 0.0,
        text: str = "",
        odds: float = 1.0,
    ) -> None:
        """Put a fault in force; ValueError if there is no such kind."""
        named = FaultKind(kind)
        self.put(Fault(kind=named, seconds=seconds, text=text, odds=odds))

    def put(self, fault: Fault) -> None:
        """Put a fault in force, in place of one of the same kind."""
        self._active[fault.kind] = fault
        self._met.discard(fault.kind)
        self._changes.tell()

    def clear(self, *kinds: FaultKind | str) -> None:
        """End the faults of these kinds; of all kinds if none is named."""
        for kind in kinds or tuple(self._active):
            self._active.pop(FaultKind(kind), None)
        self._changes.tell()

    @property
    def active(self) -> tuple[Fault, ...]:
        """Return the faults in force, oldest first."""
        return tuple(self._active.values())

    def get(self, kind: FaultKind) -> Fault | None:
        """Return the fault of that kind if it is in force."""
        return self._active.get(kind)

    def meets(self, kind: FaultKind) -> bool:
        """Tell whether a request or a webhook is met by that fault now; count it."""
        fault = self._active.get(kind)
        if fault is None:
            return False
        first = kind not in self._met
        self._met.add(kind)
        strikes = first or self._dice.random() < fault.odds
        self.struck[kind] += strikes
        return strikes

    def __contains__(self, kind: FaultKind) -> bool:
        """Tell whether a fault of that kind is in force."""
        return kind in self._active

    async def gone(self, kind: FaultKind) -> None:
        """Return once no fault of that kind is in force."""
        await self._changes.until(lambda: kind not in self._active)
