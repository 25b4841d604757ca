"""Delivers what one person must be told: refusals, and why something is not shown.

A notice is kept in the store until it is delivered or not worth it any more, so it
outlives a crash and an outage. It may arrive twice, never not at all in its time.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.core.incident.state import Incident
from bot.engine.bell import Bell
from bot.store.rows import UNSTORED, Notice
from bot.store.store import Store
from handlers.channels import SHARED
from handlers.slack import (
    NO_ACCOUNT,
    SlackClient,
    SlackRateLimited,
    SlackRejected,
    SlackTrouble,
)

log = structlog.get_logger(__name__)

REST = 30.0
"""Seconds after which notices are looked for, rung or not."""

MANY = 50
PAUSE = 2.0
"""Seconds to wait when Slack does not answer."""

LIFE = timedelta(hours=1)
"""How long it is worth telling somebody that Slack refuses a message."""


@dataclass(frozen=True)
class Notices:
    """Delivers notices, the oldest first."""

    slack: SlackClient
    store: Store
    bell: Bell
    now: Callable[[], datetime]
    """By this clock a notice's time is over; it must not jump ahead."""
    rest: float = REST
    pause: float = PAUSE

    async def run(self) -> None:
        """Deliver until cancelled; in trouble none overtakes the one that waits."""
        while True:
            waiting = await self.store.notices(self.now(), MANY)
            pause = await self._deliver_all(waiting)
            if pause:
                await asyncio.sleep(pause)
            elif len(waiting) < MANY:
                await self.bell.wait(self.rest)

    async def _deliver_all(self, waiting: Sequence[Notice]) -> float:
        """Deliver one after the other; return how long to wait if Slack has trouble."""
        for notice in waiting:
            try:
                await self._deliver(notice)
            except SlackRateLimited as error:
                return error.seconds
            except SlackTrouble as error:
                log.warning("notice.waits", why=str(error))
                return self.pause
        return 0.0

    async def _deliver(self, notice: Notice) -> None:
        try:
            await self._send(notice)
        except SlackRejected as error:
            if error.code in NO_ACCOUNT:
                raise
            log.warning("notice.undeliverable", code=error.code)
        await self.store.drop_notice(notice.id)

    async def _send(self, notice: Notice) -> None:
        """Show it to the person alone; by a direct message where that cannot be."""
        if notice.channel == notice.user:
            await self._direct(notice)
            return
        try:
            await show(self.slack, notice)
        except SlackRejected as error:
            log.info("notice.redirected", code=error.code)
            await self._direct(notice)

    async def _direct(self, notice: Notice) -> None:
        await self.slack.call("chat.postMessage", channel=notice.user, text=notice.text)


async def show(slack: SlackClient, notice: Notice) -> None:
    """Show a notice where it is meant, to the person alone; raise SlackTrouble."""
    await slack.call(
        "chat.postEphemeral",
        channel=notice.channel,
        user=notice.user,
        thread_ts=notice.thread_ts,
        text=notice.text,
    )


def cannot_write(state: Incident, error: SlackRejected, now: datetime) -> Notice:
    """Tell who opened an incident that Slack refuses to show it, and what to do."""
    mend = _MEND.get(error.code, "Ask whoever runs this bot; its log has the details.")
    why = f"{error.code}: {error.needed}" if error.needed else error.code
    return Notice(
        id=UNSTORED,
        channel=state.opened_by,
        user=state.opened_by,
        thread_ts=None,
        text=f"I cannot write to <#{state.channel}> about incident {state.id} "
        f"({why}). {mend}",
        at=now,
        expires=now + LIFE,
    )


_MEND = {
    "not_in_channel": "Invite me there: `/invite @triage`.",
    "channel_not_found": "It is private: invite me there with `/invite @triage`.",
    SHARED: "It is shared with another company, and an incident is internal; open a "
    "new one in a channel of your own workspace.",
    "is_archived": "The channel is archived; open a new incident elsewhere.",
    "missing_scope": "The Slack app lacks a scope; install it anew from the manifest.",
}
