"""Where one incident's messages stand while they are drawn: which part, shown how."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.store.rows import Drawing
from handlers.render.message import Message
from handlers.sent import when_sent

STAGGER = 0.02
"""Seconds after one post of a thread went out before the next: they stay in order."""

UNKNOWN = ""
"""The digest of a message of which nobody knows what it shows: it is updated."""

CARD = "card"
"""The part in whose thread all others stand."""


@dataclass
class Easel:
    """What Slack shows of one incident, and what is on its way there.

    Mutable on purpose: it belongs to one drawer on one loop and holds nothing that
    is not also in the store or derived from it.
    """

    incident: str
    shown: dict[str, Drawing]
    wanted: dict[str, Message] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    seq: int = 0
    tasks: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    under_way: set[str] = field(default_factory=set)
    """Parts whose first post has gone out to Slack, which has not answered yet."""
    asked: dict[str, datetime] = field(default_factory=dict)
    """When each part's last post that may have been done was begun, by Slack's time."""
    unsure: dict[str, float] = field(default_factory=dict)
    """Until when (the loop's time) an update of each part that got no answer may yet be
    done: it would put what was so earlier in place of what is so now."""
    failed: set[str] = field(default_factory=set)
    """Parts whose last call failed: until it works, first posts go one at a time."""
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)

    def want(self, messages: Iterable[Message], digests: Mapping[str, str]) -> None:
        """Take what should be shown now; parts keep their order."""
        self.wanted = {message.part: message for message in messages}
        self.digests = dict(digests)

    def stale(self) -> list[str]:
        """Return the parts that Slack does not show as wanted, in order."""
        return [part for part in self.wanted if not self.is_shown(part)]

    def is_shown(self, part: str) -> bool:
        """Say whether Slack shows the part as wanted."""
        drawing = self.shown.get(part)
        return bool(
            drawing
            and drawing.state == "drawn"
            and drawing.digest == self.digests.get(part)
        )

    def is_posted(self, part: str) -> bool:
        """Say whether Slack has a message for the part, up to date or not."""
        drawing = self.shown.get(part)
        return bool(drawing and drawing.ts)

    def doubt(self, now: float) -> None:
        """Take as unknown what parts show whose late update is done by now, if ever."""
        for part in [one for one, until in self.unsure.items() if until <= now]:
            del self.unsure[part]
            if part in self.shown:
                self.shown[part] = replace(self.shown[part], digest=UNKNOWN)

    def blocked(self, part: str) -> bool:
        """Say whether Slack refuses the part for good, until somebody mends it."""
        drawing = self.shown.get(part)
        return bool(drawing and drawing.state == "blocked")

    def lacks(self, part: str) -> bool:
        """Say whether the part should be shown and is not, or not as it should be."""
        return part in self.wanted and not self.is_shown(part)

    async def tell(self) -> None:
        """Wake whoever waits for another part."""
        async with self.moved:
            self.moved.notify_all()

    async def turn(self, part: str) -> None:
        """Wait until the part's first post may go: after those before it.

        In good times it is enough that they are under way; after trouble they must
        have arrived, so that what piled up arrives in order.
        """
        async with self.moved:
            await self.moved.wait_for(lambda: self.may_go(part))
        if self.under_way:
            await asyncio.sleep(STAGGER)

    def may_go(self, part: str) -> bool:
        """Say whether the part's first post would come after those before it."""
        before = itertools.takewhile(lambda other: other != part, self.wanted)
        return part not in self.wanted or all(map(self._went, before))

    @asynccontextmanager
    async def posting(self, part: str, at: datetime) -> AsyncIterator[None]:
        """Count the first post as under way once it is sent; the next one follows."""

        async def sent() -> None:
            self.under_way.add(part)
            await self.tell()

        self.asked[part] = at
        with when_sent(sent):
            try:
                yield
            finally:
                self.under_way.discard(part)

    def _went(self, part: str) -> bool:
        if self.is_posted(part) or part == CARD:
            return self.is_posted(part)
        return self.blocked(part) or (part in self.under_way and not self.failed)
