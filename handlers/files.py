"""Files that people drop into an incident's thread: noted and answered, read later."""

from collections.abc import Iterable, Mapping
from typing import Any

import structlog

from bot.cohrtz.redaction import file_name
from bot.core.incident.commands import Offer
from bot.core.incident.file_events import Offered
from bot.core.incident.refusal import NotNow
from bot.errors import StoreError, UsageError
from handlers import payloads
from handlers.crowd import TooMuch
from handlers.desk import Desk
from handlers.payloads import Dropped, Given
from handlers.replies import refused, whisper

log = structlog.get_logger(__name__)


async def dropped(desk: Desk, body: Mapping[str, Any]) -> None:
    """Take the files of a message, if it stands in an incident's thread.

    Nothing else of a message is read. A person who may not is told so; StoreError is
    raised, so that Slack delivers the message again.
    """
    told = payloads.dropped(body)
    if told is None:
        return
    incident = await desk.service.store.incident_at(told.channel, told.thread)
    if incident is None:
        return
    try:
        await _offer(desk, told, incident)
    except NotNow as error:
        await _tell(desk, told, refused(error))
    except TooMuch as error:
        if not error.heard:
            await _tell(desk, told, str(error))
    except StoreError:
        raise
    except UsageError as error:
        await _tell(desk, told, str(error))


async def _offer(desk: Desk, told: Dropped, incident: str) -> None:
    desk.crowd.admit(told.actor.user)
    await desk.people.admit(told.actor.user, told.actor.team, disturbs=False)
    if told.files is None:
        raise payloads.too_many_files()
    await desk.service.change(
        incident,
        Offer(offered(told.files)),
        by=told.actor.user,
        receipt=told.receipt,
    )
    log.info("file.offered", incident=incident, count=len(told.files))


def offered(files: Iterable[Given]) -> tuple[Offered, ...]:
    """Return files as they are noted: their names redacted, their addresses dropped."""
    return tuple(Offered(id=one.id, name=file_name(one.name)) for one in files)


async def _tell(desk: Desk, told: Dropped, text: str) -> None:
    await whisper(desk, told.actor.user, (told.channel, told.thread), text)
