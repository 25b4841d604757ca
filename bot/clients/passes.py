"""The tokens with which LiveKit's API is called, each made once for many calls.

The SDK makes one for each call, which costs more than the call. They are its very
tokens, with the grant that the call needs and no other, and good for six hours; each is
used for a few minutes only.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from livekit import api

USED = 300.0
"""Seconds for which a token is used. By the clock that it tells its times by: should
that be set, back or ahead, a new one is made with the right times."""


@dataclass(frozen=True)
class _Pass:
    token: str = field(repr=False)
    made_at: float


class Passes:
    """At most so many tokens, by room; the least recently used goes first."""

    def __init__(
        self,
        api_key: str,
        api_secret: str,
        *,
        limit: int,
        now: Callable[[], float] = time.time,
    ) -> None:
        """Sign with this key; `now` tells the seconds since 1970."""
        self._api_key, self._api_secret = api_key, api_secret
        self._limit, self._now = limit, now
        self._passes: OrderedDict[str | None, _Pass] = OrderedDict()

    def of(self, room: str | None) -> str:
        """Return a token that may do all in the room; None: that may list rooms."""
        known, now = self._passes.get(room), self._now()
        if known is None or not known.made_at <= now < known.made_at + USED:
            known = _Pass(self._made(room), now)
            self._passes[room] = known
        self._passes.move_to_end(room)
        if len(self._passes) > self._limit:
            self._passes.popitem(last=False)
        return known.token

    def _made(self, room: str | None) -> str:
        grants = (
            api.VideoGrants(room_list=True)
            if room is None
            else api.VideoGrants(room_admin=True, room=room)
        )
        token = api.AccessToken(self._api_key, self._api_secret).with_grants(grants)
        return token.to_jwt()
