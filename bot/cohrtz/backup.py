"""Whether a backup can be restored: three files that belong together.

The source document names two, the room's database and the secure store. The third are
the preferences: the secure store's key is made of an install id and a salt that only
they hold, and of the name of the operating system. A browser has all of it in its local
storage, but for the room's rows, which no browser keeps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from bot.cohrtz.backup_parts import Family, Part, family_of
from bot.cohrtz.databases.names import database_file
from bot.cohrtz.listing import Entry, Listing, read_listing

__all__ = ["Backup", "Completeness", "judge", "read_listing"]

APART = timedelta(minutes=60)
"""How far apart the three may have been written: in a session the app writes each."""
RULE = (
    "The newest room database, the secure store and the preferences must have been "
    f"written within {APART // timedelta(minutes=1)} minutes of each other."
)
WARNING = (
    "A backup of this kind holds every key of every room. Whoever has it can read "
    "everything and pass for its owner: keep it like a password, and do not upload it; "
    "a listing is enough for this check."
)
NEEDED = (Part.CRDT, Part.SECURE, Part.PREFERENCES)
WORDS = {
    Part.CRDT: "room database (cohrtz_<room>.db)",
    Part.SECURE: "secure store (cohrtz_secure.db)",
    Part.PREFERENCES: "preferences with install id and salt",
    Part.WEB: "the browser's local storage",
}


class Completeness(StrEnum):
    """What is to be said of a backup."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Held:
    """A part that a backup must have, and the files that are it."""

    part: Part
    files: tuple[Entry, ...]

    @property
    def newest(self) -> Entry | None:
        """The file that was written last, if there is one and all have a time."""
        dated = [one for one in self.files if one.written_at is not None]
        if not dated or len(dated) < len(self.files):
            return None
        return max(dated, key=_latest)


@dataclass(frozen=True)
class Backup:
    """A backup, judged."""

    verdict: Completeness
    held: tuple[Held, ...]
    because: tuple[str, ...]
    """Why it is not complete, or what else to know; each a sentence."""
    is_web: bool
    family: Family | None
    """The systems on which it can be restored, as far as it shows."""


def judge(listing: Listing, room: str | None = None) -> Backup:
    """Say whether the backup is complete; with a room, whether that one is in it."""
    if _is_web(listing):
        return _judge_web(listing)
    held = tuple(Held(part, _files(listing, part, room)) for part in NEEDED)
    faults = [*_missing(held, room), *_broken(held)]
    doubts = [*_doubts(listing, held)]
    notes = [*_notes(listing)]
    return Backup(
        _verdict(faults, doubts),
        held,
        (*faults, *doubts, *notes),
        is_web=False,
        family=_family(held),
    )


def _verdict(faults: Sequence[str], doubts: Sequence[str]) -> Completeness:
    if faults:
        return Completeness.INCOMPLETE
    return Completeness.CANNOT_TELL if doubts else Completeness.COMPLETE


def _is_web(listing: Listing) -> bool:
    parts = {entry.part for entry in listing.entries}
    return Part.WEB in parts and not parts & {Part.SECURE, Part.CRDT}


def _judge_web(listing: Listing) -> Backup:
    held = (Held(Part.WEB, _files(listing, Part.WEB, None)),)
    faults = list(_broken(held))
    doubts = []
    if not listing.looked_into:
        doubts.append(
            "A listing does not show whether the storage is whole: it must hold the "
            "install id, the salt and all keys that begin secure_blob_."
        )
    note = (
        "A browser keeps no room's rows: after a reload they come from peers only, so "
        "somebody who has them must be online when this is restored."
    )
    because = (*faults, *doubts, note)
    verdict = _verdict(faults, doubts)
    return Backup(verdict, held, because, is_web=True, family=Family.WEB)


def _files(listing: Listing, part: Part, room: str | None) -> tuple[Entry, ...]:
    wanted = database_file(room).lower() if room and part is Part.CRDT else None
    return tuple(
        entry
        for entry in listing.entries
        if entry.part is part and wanted in {None, entry.name.lower()}
    )


def _missing(held: Sequence[Held], room: str | None) -> Iterator[str]:
    for one in held:
        if not one.files:
            of_room = " of that room" if room and one.part is Part.CRDT else ""
            yield f"Missing: the {WORDS[one.part]}{of_room}. {_LOSS[one.part]}"


_LOSS = {
    Part.CRDT: "Without it the rows come from peers only.",
    Part.SECURE: "Without it there is no key to anything.",
    Part.PREFERENCES: "Without them the secure store can never be opened again.",
}


def _broken(held: Sequence[Held]) -> Iterator[str]:
    for one in held:
        for entry in one.files:
            trouble = entry.trouble or ("has zero bytes" if entry.size == 0 else None)
            if trouble is not None:
                yield f"Unusable: the {WORDS[one.part]} {trouble}."


def _doubts(listing: Listing, held: Sequence[Held]) -> Iterator[str]:
    if listing.cut_off:
        yield "There are more files than are looked at: name a smaller folder."
    for one in held[1:]:
        if len(one.files) > 1:
            yield f"Several files are the {WORDS[one.part]}: which belong together?"
    if any(one.part is Part.JOURNAL and one.size for one in listing.entries):
        yield (
            "A journal lies beside a database: it was copied while the app was "
            "writing. Copy again with the app closed."
        )
    if any(entry.size is None for one in held for entry in one.files):
        yield "It does not tell how large each is, so one may be empty."
    yield from _time_doubts(held)


def _time_doubts(held: Sequence[Held]) -> Iterator[str]:
    if not all(one.files for one in held):
        return
    newest = [one.newest for one in held]
    dated = [entry for entry in newest if entry is not None]
    if len(dated) < len(newest):
        yield "It does not tell when each was written: do they belong together?"
        return
    apart = max(_earliest(one) for one in dated) - min(_latest(one) for one in dated)
    if timedelta(seconds=apart) > APART:
        yield (
            f"They were written at least {_span(apart)} apart: keys and rows may not "
            "belong together."
        )


def _earliest(entry: Entry) -> float:
    return 0.0 if entry.written_at is None else entry.written_at.timestamp()


def _latest(entry: Entry) -> float:
    return _earliest(entry) + entry.exact_to.total_seconds()


def _span(seconds: float) -> str:
    hours = round(seconds / 3600)
    two_days = 48
    return f"{hours // 24} days" if hours >= two_days else f"{max(hours, 1)} h"


def _family(held: Sequence[Held]) -> Family | None:
    found = {family_of(entry.name) for entry in held[-1].files}
    return found.pop() if len(found) == 1 else None


def _notes(listing: Listing) -> Iterator[str]:
    if not listing.looked_into:
        yield "Judged by names, sizes and times alone; the contents were not looked at."
    yield (
        "Restore all three on the same kind of system: the secure store's key depends "
        "on its name. Do not restore a copy beside a device that still runs."
    )
