"""Draws one part of an incident until Slack shows what is wanted.

A part that may have been posted unheard is looked for before it is posted. Trouble is
waited out; nothing is posted blindly twice, and what piled up arrives in order.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.engine.foreground import Foreground
from bot.engine.service import Service
from bot.store.rows import Drawing
from handlers.brush import Brush, Earlier
from handlers.easel import CARD, UNKNOWN, Easel
from handlers.notices import cannot_write
from handlers.pacing import Pacing, Urgency
from handlers.render.message import Message, Part
from handlers.render.timeline import Timeline
from handlers.sketches import Sketches
from handlers.slack import SlackRateLimited, SlackRejected, SlackTrouble, SlackUnsure

log = structlog.get_logger(__name__)

Wanted = Callable[[Timeline], Iterable[Part]]
"""What should be shown: pure, from what the events add up to."""

LOST_THREAD = "thread_not_found"
POST, UPDATE, SEARCH = "chat.postMessage", "chat.update", "conversations.replies"


@dataclass(frozen=True)
class Pauses:
    """How long to wait, in seconds."""

    rest: float = 20.0
    """After it every incident that is behind is looked at, rung or not."""
    first: float = 0.5
    """After a call without an answer; doubled each time, up to `longest`."""
    longest: float = 15.0
    blocked: float = 60.0
    """After a refusal that only people can mend."""
    late: float = 12.0
    """So long after it was asked for a post may be done whose answer was lost: the
    call's own time-out (`handlers.slack.TIMEOUT`) and a margin."""

    def after(self, failures: int) -> float:
        """Return how long to wait after so many calls without an answer."""
        return min(self.first * 2.0 ** min(failures, 10), self.longest)


@dataclass(frozen=True)
class Studio:
    """What a drawer works with."""

    service: Service
    brush: Brush
    pacing: Pacing
    foreground: Foreground
    wanted: Wanted
    pauses: Pauses = Pauses()


class Drawer:
    """Draws parts, each as it is wanted at the moment when it may be drawn."""

    def __init__(self, studio: Studio) -> None:
        """Work with these."""
        self._studio = studio
        self._sketches = Sketches(studio.service)

    async def aim(self, easel: Easel) -> None:
        """Find out what should be shown now, if the incident has moved since."""
        line = await self._sketches.read(easel.incident)
        if line.seq <= easel.seq:
            return  # nothing is new, or another part's call found out meanwhile
        self._sketches.draw(easel, line, self._studio.wanted(line))
        easel.seq = line.seq
        await easel.tell()

    async def until_shown(self, easel: Easel, part: str) -> None:
        """Draw a part until it is shown; only bugs and StoreError are raised."""
        failures = 0
        while easel.lacks(part):
            try:
                await self._once(easel, part)
            except SlackTrouble as error:
                easel.failed.add(part)
                pause = await self._trouble(easel, part, error, failures)
                failures += 1
                await easel.tell()
                await asyncio.sleep(pause)
            else:
                failures = 0
                easel.failed.discard(part)
                await easel.tell()
        easel.failed.discard(part)

    async def _once(self, easel: Easel, part: str) -> None:
        if easel.is_posted(part):
            await self._update(easel, part)
        else:
            await self._post(easel, part)

    async def _post(self, easel: Easel, part: str) -> None:
        """Post a part in its turn; if it may be there already, look for it first."""
        await easel.turn(part)
        state = await self._studio.service.load(easel.incident)
        before = easel.shown.get(part)
        if before is not None:
            easel.failed.add(part)
            await self._studio.pacing.take(SEARCH, state.channel, Urgency.NEW)
        await self._leave(easel, part, POST, state.channel)
        message = easel.wanted.get(part)
        if message is None or not easel.may_go(part):
            return
        draft = self._draft(easel, message, state.channel)
        await self._put(easel, draft, message)

    async def _put(self, easel: Easel, draft: Drawing, message: Message) -> None:
        part, before = draft.part, easel.shown.get(draft.part)
        asked = easel.asked.get(part)
        easel.shown.setdefault(part, draft)
        try:
            easel.shown[part] = await self._studio.brush.post(
                draft,
                message,
                earlier=self._earlier(before, asked) if before else None,
                handed=easel.posting(part, draft.at),
            )
        except (SlackRateLimited, SlackRejected) as error:  # nothing was posted
            if before is not None:
                easel.asked[part] = asked or before.at
            elif isinstance(error, SlackRateLimited):
                del easel.shown[part]
            raise

    def _earlier(self, before: Drawing, asked: datetime | None) -> Earlier:
        """Return the posts that may have been done: the first of them, and the last."""
        late = timedelta(seconds=self._studio.pauses.late)
        return Earlier(since=before.at, until=(asked or before.at) + late)

    async def _update(self, easel: Easel, part: str) -> None:
        drawing, brush = easel.shown[part], self._studio.brush
        await self._leave(easel, part, UPDATE, drawing.channel)
        message = easel.wanted.get(part)
        if message is None or easel.is_shown(part):
            return
        wanted = easel.digests[part]
        changed = replace(drawing, digest=wanted, state="drawn", reason=None)
        try:
            shown = await brush.update(changed, message)
        except SlackUnsure:
            late = asyncio.get_running_loop().time() + self._studio.pauses.late
            easel.unsure[part] = late
            easel.shown[part] = await brush.doubt(drawing)
            raise
        if shown is None:
            easel.shown.pop(part)
        else:
            easel.shown[part] = shown

    async def _leave(self, easel: Easel, part: str, method: str, channel: str) -> None:
        """Wait for leave to call, then aim anew: what is drawn is what is so then."""
        urgency = self._urgency(easel, part)
        await self._studio.pacing.take(method, channel, urgency)
        if urgency is not Urgency.PRESS:
            await self._studio.foreground.quiet()
        if not self._is_up_to_date(easel):
            await self.aim(easel)

    def _is_up_to_date(self, easel: Easel) -> bool:
        """Say whether nothing has changed, as far as is known without the store."""
        known = self._studio.service.memory.get(easel.incident)
        return known is not None and known.seq == easel.seq

    def _urgency(self, easel: Easel, part: str) -> Urgency:
        message = easel.wanted.get(part)
        if message and message.urgent and easel.is_posted(part):
            return Urgency.PRESS
        return Urgency.REFRESH if easel.is_posted(part) else Urgency.NEW

    def _draft(self, easel: Easel, message: Message, channel: str) -> Drawing:
        card = easel.shown.get(CARD)
        return Drawing(
            incident=easel.incident,
            part=message.part,
            channel=channel,
            ts=None,
            thread_ts=card.ts if message.thread and card else None,
            digest=easel.digests[message.part],
            state="posting",
            reason=None,
            at=self._studio.brush.now(),
        )

    async def _trouble(
        self, easel: Easel, part: str, error: SlackTrouble, failures: int
    ) -> float:
        """Take trouble to heart; return the seconds to wait before the next try."""
        if isinstance(error, SlackRejected):
            return await self._refused(easel, part, error)
        log.warning("slack.troubled", why=str(error))
        if not isinstance(error, SlackRateLimited):
            return self._studio.pauses.after(failures)
        state = await self._studio.service.load(easel.incident)
        self._studio.pacing.close(error.method or POST, state.channel, error.seconds)
        return error.seconds

    async def _refused(self, easel: Easel, part: str, error: SlackRejected) -> float:
        pauses, card = self._studio.pauses, easel.shown.get(CARD)
        if error.code == LOST_THREAD and card is not None and part != CARD:
            # Somebody deleted the card: the next update finds out and posts it anew.
            easel.shown[CARD] = replace(card, digest=UNKNOWN)
            self._studio.service.bells.drawing.ring(easel.incident)
            return pauses.first
        await self._blocked(easel, part, error)
        return pauses.blocked

    async def _blocked(self, easel: Easel, part: str, error: SlackRejected) -> None:
        log.error("drawing.blocked", code=error.code)
        first = not any(map(easel.blocked, easel.shown))
        known = easel.shown[part]
        # Marked before it is written down: parts are often refused side by side.
        easel.shown[part] = replace(known, state="blocked", reason=error.code)
        await self._studio.brush.block(known, error.code)
        if first:
            await self._tell_opener(easel.incident, error)

    async def _tell_opener(self, incident: str, error: SlackRejected) -> None:
        service = self._studio.service
        state = await service.load(incident)
        await service.store.add_notice(cannot_write(state, error, service.now()))
        service.bells.notices.ring()
