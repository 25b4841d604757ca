"""Who was heard in the room, when, and with which request ids?

The payloads are what people wrote, in clear; they are never read.
"""

from collections.abc import Iterator
from pathlib import Path

from bot.artefacts.room_database import text, which
from bot.artefacts.shape import Asked
from bot.artefacts.sqlite import Copy, Damaged, Trouble, opened
from bot.cohrtz.databases import packets_stored
from bot.cohrtz.databases.packets_stored import StoredPacket, fold
from bot.cohrtz.databases.sqlite_file import HEADER, Database
from bot.core.artefact import Kind, Reading

KIND = Kind.PACKET_STORE
FACTS = packets_stored.FACTS
COLUMNS = ("id", "requestId", "senderId", "timestamp", "payload", "packetType")
MAX_PACKETS = 2_000_000
LONGEST = 200
"""Characters of an id that are read."""

_READ = (
    f"SELECT substr(requestId, 1, {LONGEST}), substr(senderId, 1, {LONGEST}), "  # noqa: S608  constants
    "timestamp, packetType FROM packets ORDER BY id"
)


def recognises(head: bytes, path: Path) -> bool:
    """Say whether it is an SQLite file with the table of a packet store."""
    return head.startswith(HEADER) and which(path) is Database.PACKET_STORE


def read(path: Path, asked: Asked) -> Reading:
    """Check the copy, then add up who was heard; damage is a finding."""
    try:
        with opened(path) as copy:
            if not copy.is_sound() or not copy.has("packets", COLUMNS):
                raise Damaged(Trouble.MALFORMED)
            heard = fold(_packets(copy))
    except Damaged as damage:
        return Reading(finding=packets_stored.unreadable(damage.trouble.words))
    return Reading(finding=packets_stored.finding(heard, asked.participant))


def _packets(copy: Copy) -> Iterator[StoredPacket]:
    for at, (request, sender, stamp, kind) in enumerate(copy.stream(_READ)):
        if at >= MAX_PACKETS:
            raise Damaged(Trouble.UNREADABLE)
        yield StoredPacket(
            request="" if request is None else text(request),
            sender="" if sender is None else text(sender),
            stamp=stamp if isinstance(stamp, int) else None,
            kind=kind if isinstance(kind, int) else None,
        )
