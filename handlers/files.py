"""Files that people drop into an incident's thread: noted and answered, read later."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from bot.cohrtz.redaction import file_name
from bot.core.incident.commands import Offer
from bot.core.incident.file_events import Offered
from bot.core.incident.refusal import NotNow
from bot.errors import StoreError, UsageError
from handlers import authorising, payloads
from handlers.crowd import Shed, TooMuch
from handlers.desk import Desk
from handlers.payloads import Dropped, Given
from handlers.replies import refused, untold, whisper

log = structlog.get_logger(__name__)

COMES_AGAIN = (
    "for more than I can take at once, so the files that you drop wait now. Slack "
    "brings them to me again in a minute, and in five: I take them then. What I do not "
    "list in the thread after that, drop again."
)
"""What a person reads whose files are not acknowledged, so that they are not lost."""


async def dropped(desk: Desk, body: Mapping[str, Any]) -> None:
    """Take the files of a message, if it stands in an incident's thread.

    Nothing else of a message is read. A person who may not is told so; StoreError is
    raised, so that Slack delivers the message again, and Shed among it.
    """
    told = payloads.dropped(body)
    if told is None:
        return
    incident = await _incident_of(desk, told, body)
    if incident is None:
        return
    try:
        await _offer(desk, told, incident)
    except NotNow as error:
        await _tell(desk, told, refused(error))
    except TooMuch as error:
        if not error.heard:
            await _tell(desk, told, f"{error.who} {COMES_AGAIN}")
        raise Shed from error
    except StoreError:
        raise
    except UsageError as error:
        await _tell(desk, told, str(error))


async def _incident_of(
    desk: Desk, told: Dropped, body: Mapping[str, Any]
) -> str | None:
    if body.get("is_ext_shared_channel") is True:
        desk.channels.learn(told.channel, shared=True)
    incident = await desk.service.store.incident_at(told.channel, told.thread)
    if incident is None:
        await _must_be_no_card(desk, told.channel)
    return incident


async def _must_be_no_card(desk: Desk, channel: str) -> None:
    """Raise StoreError while a card is being posted there: the thread may be its own.

    Slack shows a message before it has told us where it stands.
    """
    if await desk.service.store.card_under_way(channel):
        raise StoreError("A card is being posted; where it stands is not noted yet.")


async def _offer(desk: Desk, told: Dropped, incident: str) -> None:
    desk.crowd.admit(told.actor.user)
    if told.files is None:
        raise payloads.too_many_files()
    asked = Offer(offered(told.files)), told.receipt
    await authorising.change(desk, told.actor, incident, asked)
    log.info("file.offered", incident=incident, count=len(told.files))


def offered(files: Iterable[Given]) -> tuple[Offered, ...]:
    """Return files as they are noted: their names redacted, their addresses dropped."""
    return tuple(Offered(id=one.id, name=file_name(one.name)) for one in files)


async def _tell(desk: Desk, told: Dropped, text: str) -> None:
    if not await whisper(desk, told.actor.user, (told.channel, told.thread), text):
        raise untold()
