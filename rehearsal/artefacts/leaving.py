"""Makes the files that a scenario declares, and leaves them in a folder."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rehearsal.artefacts import damage
from rehearsal.artefacts.databases import (
    Heard,
    crdt_database,
    packet_store,
    room_secrets,
    secure_store,
)
from rehearsal.artefacts.kinds import (
    Befell,
    DatabaseFile,
    DeclaredFile,
    DiagnosticsFile,
    LogFile,
    PacketStoreFile,
    SecureStoreFile,
    Tasks,
)
from rehearsal.artefacts.rows import Person, StoredRow, as_held_by, hlc, room_rows
from rehearsal.cohrtz.app_log import AppLog
from rehearsal.cohrtz.reporting import written

AGE = timedelta(days=3)
"""How old the room is when its incident is rehearsed."""
ANEW = timedelta(minutes=30)
"""How long ago a database was made anew."""
AGAIN = timedelta(minutes=10)
"""How long ago a task was saved once more."""
AHEAD = timedelta(hours=2)
"""By how much a clock was fast while a task was saved."""
CHUNKS = 4
"""Data chunks that a packet store has of everybody who was understood."""
_DAMAGE = {
    Befell.NOISE: damage.noise,
    Befell.NO_HEADER: damage.without_header,
    Befell.TORN: damage.torn_inside,
    Befell.EMPTIED: damage.emptied,
}


@dataclass(frozen=True)
class Room:
    """The room whose devices leave files: its name, and identities by peers' names.

    The first of its people owns it.
    """

    name: str
    people: Mapping[str, str]

    def person(self, name: str) -> Person:
        """Return somebody with the node id of their database; KeyError if unknown."""
        identity = self.people[name]
        return Person(identity, _node(identity), name == next(iter(self.people)))


def leave(
    folder: Path, files: Mapping[str, DeclaredFile], room: Room, now: datetime
) -> None:
    """Make every file in the folder, which is made if there is any; old ones go.

    The rows of all databases are of one history: copies differ as declared alone.
    """
    for name, declared in files.items():
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.unlink(missing_ok=True)
        match declared:
            case LogFile():
                path.write_text(_log(declared, room), encoding="utf-8")
            case DatabaseFile():
                _database(path, declared, room, now)
            case SecureStoreFile():
                _secrets(path, declared, room, now)
            case PacketStoreFile():
                _packets(path, declared, room, now)
            case DiagnosticsFile():
                path.write_text(written(declared.events, room.people, now), "utf-8")


def _log(file: LogFile, room: Room) -> str:
    about = room.people[file.about]
    log = AppLog(debug=file.debug, room=room.name, peer=about, rows=file.rows)
    for one in file.said:
        log.add(one.line, times=one.times)
    return log.text()


def _database(path: Path, file: DatabaseFile, room: Room, now: datetime) -> None:
    holder = room.person(file.of)
    people = [room.person(name) for name in room.people]
    rows = room_rows(room.name, people, start=now - AGE)
    missing = _ids(file.lacks, room)
    saved = _saved_again(rows, _ids(file.saved_again, room), now - AGAIN)
    saved = _saved_again(saved, _ids(file.saved_ahead, room), now + AHEAD)
    held = [row for row in saved if row.id not in missing]
    if file.anew:
        fresh = Person(holder.identity, _node(f"{holder.identity} anew"))
        held = as_held_by(fresh, held, since=now - ANEW)
    else:
        held = as_held_by(holder, held)
    crdt_database(path, held)
    if file.befell:
        _DAMAGE[file.befell](path)


def _ids(tasks: Iterable[Tasks], room: Room) -> frozenset[str]:
    return frozenset(
        f"task:{room.person(one.by).node}:{number}"
        for one in tasks
        for number in one.numbers
    )


def _saved_again(
    rows: Iterable[StoredRow], ids: frozenset[str], at: datetime
) -> list[StoredRow]:
    return [
        StoredRow(row.table, row.id, row.value, hlc(at, row.node), row.node)
        if row.id in ids
        else row
        for row in rows
    ]


def _secrets(path: Path, file: SecureStoreFile, room: Room, now: datetime) -> None:
    secrets = room_secrets(
        room.name,
        now - AGE,
        vault_key=file.vault_key,
        vault_marker=file.vault_marker,
    )
    gone = {f"{name}_{room.name}" for name in file.lacks}
    kept = {name: one for name, one in secrets.items() if name not in gone}
    secure_store(path, kept)


def _packets(path: Path, file: PacketStoreFile, room: Room, now: datetime) -> None:
    everybody = [room.people[name] for name in file.heard]
    packet_store(
        path,
        [
            Heard(identity, now - AGAIN + timedelta(seconds=at), f"request-{at}")
            for at, identity in enumerate(everybody * CHUNKS)
        ],
    )
    if file.befell:
        _DAMAGE[file.befell](path)


def _node(seed: str) -> str:
    """Return a node id as the app makes one, the same for the same person."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, seed))
