"""Telling one person something: kept first, then delivered by `handlers.notices`."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import structlog

from bot.core.incident.refusal import NotNow
from bot.errors import StoreError, UsageError
from bot.store.rows import UNSTORED, Notice
from handlers import payloads
from handlers.desk import Desk
from handlers.notices import show
from handlers.refs import FormMemo
from handlers.render import help as words
from handlers.slack import SlackRejected, SlackTrouble

log = structlog.get_logger(__name__)

LIFE = timedelta(minutes=10)
"""After that the news is old."""

PATIENCE = 1.5
"""Seconds to wait for Slack when the database cannot keep what is to be said."""

TRIES = 4
AGAIN = 0.3
"""Seconds until Slack is asked again then: said twice is better than not at all."""


class Untold(StoreError):  # noqa: N818  named for what is the case
    """A person must be told something, and neither the database nor Slack took it.

    What they did must not be acknowledged then: Slack itself says that it failed.
    """


def refused(error: NotNow) -> str:
    """Say why, and who was first."""
    return words.refusal(error.reason, error.by, error.at)


async def beside(desk: Desk, user: str, channel: str, error: NotNow) -> str | None:
    """Return what to say beside a field; None: somebody was first, and it was told.

    Then there is nothing left to write down, and the form closes.
    """
    if error.by is None:
        return error.reason
    said = refused(error)
    return None if await whisper(desk, user, (channel, None), said) else said


async def tell(desk: Desk, body: Mapping[str, Any], text: str) -> None:
    """Tell whoever pressed or chose something, where they did it; raise Untold."""
    try:
        user = payloads.actor(body).user
        place = _place(body)
    except UsageError as error:
        log.warning("reply.undeliverable", why=str(error))
        return
    if not await whisper(desk, user, place, text):
        raise untold()


def untold() -> Untold:
    """Return what says that nothing could be said; its text may go into a log."""
    return Untold("What there was to say could neither be kept nor said.")


async def whisper(
    desk: Desk, user: str, place: tuple[str, str | None], text: str
) -> bool:
    """Keep a message that one person will see, in a channel or a thread of it.

    Returns False if it could neither be kept nor said at once: then nobody knows.
    """
    (channel, thread), now = place, desk.now()
    notice = Notice(
        id=UNSTORED,
        channel=channel,
        user=user,
        thread_ts=thread,
        text=text,
        at=now,
        expires=now + LIFE,
    )
    try:
        await desk.service.store.add_notice(notice)
    except StoreError:
        log.warning("notice.unkept")
        return await _say_at_once(desk, notice)
    desk.service.bells.notices.ring()
    return True


async def _say_at_once(desk: Desk, notice: Notice) -> bool:
    """Say what could not be kept: the database is likely what is in trouble."""
    try:
        async with asyncio.timeout(PATIENCE):
            for _ in range(TRIES):
                if await _is_said(desk, notice):
                    return True
                await asyncio.sleep(AGAIN)
    except (SlackRejected, TimeoutError) as error:
        log.warning("notice.lost", kind=type(error).__name__)
    else:
        log.warning("notice.lost", kind="SlackTrouble")
    return False


async def _is_said(desk: Desk, notice: Notice) -> bool:
    """Say it; tell whether Slack took it. Raises SlackRejected if it never will."""
    try:
        await show(desk.slack, notice)
    except SlackRejected:
        raise
    except SlackTrouble as error:
        log.warning("notice.troubled", why=str(error))
        return False
    return True


def _place(body: Mapping[str, Any]) -> tuple[str, str | None]:
    if body.get("view"):
        return FormMemo.decoded(payloads.view_memo(body)).channel, None
    return payloads.place(body)
