"""A room of two, and the files that their devices have of it."""

from datetime import timedelta
from pathlib import Path

from rehearsal.artefacts.databases import crdt_database
from rehearsal.artefacts.rows import START, Person, as_held_by, room_rows

ROOM = "0195b2f0-0000-7000-8000-000000000000"
OTHER_ROOM = "0195b2f0-1111-7000-8000-000000000000"
OWNER = Person(
    "user:0195b2f0-aaaa-7000-8000-000000000001",
    "11111111-1111-4111-8111-111111111111",
    is_owner=True,
)
GUEST = Person(
    "user:0195b2f0-bbbb-7000-8000-000000000002",
    "22222222-2222-4222-8222-222222222222",
)
LATER = START + timedelta(days=3)


def rows(room=ROOM, **more):
    return room_rows(room, [OWNER, GUEST], **more)


def room_database(path: Path, made=None, holder=OWNER, **more) -> Path:
    held = as_held_by(holder, rows() if made is None else made)
    return crdt_database(path, held, **more)
