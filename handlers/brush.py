"""Drawing one part once: post or update, adopt what arrived unheard, fall back."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.store.rows import Drawing
from bot.store.store import Store
from handlers import adopt
from handlers.channels import Channels
from handlers.easel import UNKNOWN
from handlers.render.limits import message_problems
from handlers.render.message import Message
from handlers.slack import SlackClient, SlackRejected, SlackTrouble

log = structlog.get_logger(__name__)

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
"""Updates that can never work again: the part is posted anew."""

TOO_MUCH = frozenset(
    {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"}
    | {"msg_too_long", "no_text"}
)
"""Slack does not take the blocks: the text alone is shown instead."""

MAX_TEXT = 3_000


class StillToCome(SlackTrouble):
    """A post without an answer was not found, and may yet be done."""


@dataclass(frozen=True)
class Earlier:
    """A post of the part that may have been done, or may be done yet."""

    since: datetime
    """From when on it is sought, by Slack's time."""
    until: datetime
    """Before that it is no proof that it was not found (`Pauses.late`)."""


@dataclass(frozen=True)
class Brush:
    """Draws parts with Slack's Web API and writes down what Slack shows."""

    slack: SlackClient
    store: Store
    now: Callable[[], datetime]
    """Slack's time: a message is sought from the intent to post it on."""
    channels: Channels

    async def post(
        self,
        drawing: Drawing,
        message: Message,
        *,
        earlier: Earlier | None,
        handed: AbstractAsyncContextManager[None],
    ) -> Drawing:
        """Post the part, unless it is there already; return what Slack shows.

        An `earlier` post is sought first. The intent to post is written before the
        call, so that a crash in between is found; `handed` is entered for as long as
        Slack has the message and has not answered. Raises SlackTrouble, StillToCome
        among it.
        """
        if earlier is not None:
            ts = await self._found(drawing, earlier)
            if ts is not None:
                adopted = replace(drawing, ts=ts, state="drawn", digest=UNKNOWN)
                log.info("message.adopted", part=drawing.part)
                return await self._keep(adopted)
        await self._keep(replace(drawing, state="posting", ts=None))
        async with handed:
            answer = await self._send("chat.postMessage", drawing, message)
        return await self._keep(replace(drawing, ts=str(answer["ts"]), state="drawn"))

    async def update(self, drawing: Drawing, message: Message) -> Drawing | None:
        """Update the part; None if its message is gone and it must be posted anew."""
        try:
            await self._send("chat.update", drawing, message)
        except SlackRejected as error:
            if error.code not in GONE:
                raise
            log.info("message.gone", part=drawing.part, code=error.code)
            await self.store.forget_drawing(drawing.incident, drawing.part)
            return None
        return await self._keep(drawing)

    async def block(self, drawing: Drawing, reason: str) -> None:
        """Write down that Slack refuses the part, and why.

        The time stays that of the last intent to post: from there on it is sought.
        """
        blocked = replace(drawing, state="blocked", reason=reason)
        await self.store.keep_drawing(blocked)

    async def doubt(self, drawing: Drawing) -> Drawing:
        """Write down that it is not known what Slack shows: an update was lost."""
        return await self._keep(replace(drawing, digest=UNKNOWN))

    async def _found(self, drawing: Drawing, earlier: Earlier) -> str | None:
        place = (drawing.channel, drawing.thread_ts)
        mine = (drawing.incident, drawing.part)
        ts = await adopt.find(self.slack, place, mine, earlier.since)
        if ts is None and self.now() < earlier.until:
            raise StillToCome("A post without an answer may still be done.")
        return ts

    async def _send(
        self, method: str, drawing: Drawing, message: Message
    ) -> Mapping[str, object]:
        await self.channels.must_be_ours(drawing.channel)
        payload = self._payload(method, drawing, message)
        problems = message_problems(payload)
        if problems:
            codes = sorted({one.code for one in problems})
            log.error("message.over_limit", part=drawing.part, codes=codes)
            return await self.slack.call(method, **_plain(payload))
        try:
            return await self.slack.call(method, **payload)
        except SlackRejected as error:
            if error.code not in TOO_MUCH:
                raise
            log.exception("message.refused", part=drawing.part, code=error.code)
            return await self.slack.call(method, **_plain(payload))

    def _payload(
        self, method: str, drawing: Drawing, message: Message
    ) -> dict[str, object]:
        told: dict[str, object] = {
            "channel": drawing.channel,
            "text": message.text,
            "blocks": message.blocks,
            "metadata": adopt.metadata(drawing.incident, drawing.part),
        }
        if method == "chat.update":
            return {**told, "ts": drawing.ts}
        return {
            **told,
            "thread_ts": drawing.thread_ts,
            "unfurl_links": False,
            "unfurl_media": False,
        }

    async def _keep(self, drawing: Drawing) -> Drawing:
        kept = replace(drawing, at=self.now())
        await self.store.keep_drawing(kept)
        return kept


def _plain(payload: Mapping[str, object]) -> dict[str, object]:
    text = str(payload["text"])[:MAX_TEXT]
    told = f"{text}\n_Some details could not be shown here; `/triage status` has them._"
    return {**payload, "text": told, "blocks": []}
