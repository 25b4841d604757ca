"""The files of which a backup consists, by their names and by their first bytes."""

import re
from dataclasses import dataclass
from enum import StrEnum

from bot.cohrtz.databases.names import (
    DEFAULT_FILE,
    PLUGIN_PREFIX,
    SECURE_FILE,
    WEB_PREFIX,
)
from bot.cohrtz.databases.preferences import form_of, preferences_in
from bot.cohrtz.databases.sqlite_file import HEADER, Database, database, tables_in


class Part(StrEnum):
    """What a file of the app is to a backup."""

    CRDT = "crdt-database"
    SECURE = "secure-store"
    PREFERENCES = "preferences"
    WEB = "web-storage"
    BOOT = "boot-database"
    PACKETS = "packet-store"
    JOURNAL = "journal"


class Family(StrEnum):
    """The systems among which a secure store cannot be moved."""

    ANDROID = "Android"
    APPLE = "iOS or macOS"
    DESKTOP = "Linux or Windows"
    WEB = "web"


_FIXED = {
    SECURE_FILE: Part.SECURE,
    DEFAULT_FILE: Part.BOOT,
    "fluttersharedpreferences.xml": Part.PREFERENCES,
    "shared_preferences.json": Part.PREFERENCES,
}
_FORMS = (
    (re.compile(r".+-(?:journal|wal|shm)", re.DOTALL), Part.JOURNAL),
    (re.compile(r"cohrtz_\w+\.db", re.ASCII), Part.CRDT),
    (re.compile(r"packet_store_\w+\.db", re.ASCII), Part.PACKETS),
    (re.compile(r".*cohrtz.*\.plist", re.DOTALL), Part.PREFERENCES),
    (re.compile(r"local[_-]?storage.*\.json", re.DOTALL), Part.WEB),
)
_FAMILIES = {".xml": Family.ANDROID, ".plist": Family.APPLE, ".json": Family.DESKTOP}
_PARTS = {
    Database.CRDT: Part.CRDT,
    Database.PACKET_STORE: Part.PACKETS,
    Database.SECURE_STORE: Part.SECURE,
}
_DATABASES = frozenset({Part.CRDT, Part.SECURE})
_SECURE_KEY = re.compile(rb'"(?:%b)?%b' % (PLUGIN_PREFIX.encode(), WEB_PREFIX.encode()))


@dataclass(frozen=True)
class Look:
    """What a file is, and what is wrong with it."""

    part: Part
    trouble: str | None = None


def part_of_name(name: str) -> Part | None:
    """Tell what a file is from its name alone; None when it is none of ours."""
    plain = name.lower()
    fixed = _FIXED.get(plain)
    if fixed is not None:
        return fixed
    return next((part for form, part in _FORMS if form.fullmatch(plain)), None)


def family_of(name: str) -> Family | None:
    """Tell from the name of a preferences file which systems write it so."""
    return _FAMILIES.get(name[name.rfind(".") :].lower())


def is_worth_reading(start: bytes) -> bool:
    """Say whether a file that begins so may be a part, whatever its name is."""
    return start.startswith(HEADER) or form_of(start) is not None


def look(name: str, start: bytes) -> Look | None:
    """Tell what a file is from its content, and else from its name.

    `start` is the file's beginning, the whole of it if it is JSON, XML or a property
    list. A content that is decisive wins over the name.
    """
    named = part_of_name(name)
    if start.startswith(HEADER):
        found = _PARTS.get(database(tables_in(start)))
        return _database(named, found)
    told = _preferences(start)
    if told is not None:
        return told
    if named is Part.PREFERENCES:
        return Look(named, "holds neither install id nor salt")
    if named is Part.WEB:
        return Look(named, "holds none of the app's keys")
    if named in _DATABASES:
        why = "has no SQLite header" if start else "has zero bytes"
        return Look(named, why)
    return None if named is None else Look(named)


def _database(named: Part | None, found: Part | None) -> Look | None:
    if named is Part.BOOT and found is Part.CRDT:
        return Look(Part.BOOT)
    if found is not None:
        return Look(found)
    if named in _DATABASES:
        return Look(named, "has none of the app's tables")
    return None if named is None else Look(named)


def _preferences(start: bytes) -> Look | None:
    if form_of(start) is None:
        return None
    found = preferences_in(start)
    lacks = [
        name
        for name, is_there in (
            ("install id", found.has_install_id),
            ("salt", found.has_kdf_salt),
        )
        if not is_there
    ]
    trouble = f"lacks the {' and the '.join(lacks)}" if lacks else None
    if _SECURE_KEY.search(start):
        return Look(Part.WEB, trouble)
    return Look(Part.PREFERENCES, trouble) if found.is_ours else None
