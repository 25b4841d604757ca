"""Unlocks a database at start: its keys are there and the right ones, or it says so.

The table `keys` names every key that something may be sealed with. Each row holds the
database's key of look-ups, sealed with that key: so a row that opens shows that the key
is the right one, and a lost key is told before the first value is read.
"""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping

from bot.errors import SettingsError, StoreError
from bot.store import first_sealing
from bot.store import statements as sql
from bot.store.keys import KeySource
from bot.store.lookup import Lookup, new_secret
from bot.store.seal import Keyring, Place, SealBroken, id_of
from bot.store.seals import Seals
from bot.store.sqlite import transaction

BROKEN = "!"
"""Stands for the key of a value that no key opens; no key can have this name."""

NOT_KEYS = frozenset({"", BROKEN})
"""What marks rows that are sealed with no key: not yet, or not to be opened."""


def unlock(source: KeySource, connection: sqlite3.Connection) -> Seals:
    """Return what seals this database, made at the first start.

    Raises SettingsError if a key is missing that something is sealed with, or is
    another one than its name says; StoreError if somebody put something there that
    would be sealed as the bot's own.
    """
    used, ring = sealed_by(connection), source.read()
    if ring is None:
        if used:
            raise SettingsError(_lost(used, used, f"there is no {_bare(source)}"))
        ring = source.make()
    source.warn()
    with transaction(connection):
        new = _has_no_keys_yet(connection)
        seals = admit(ring, source.where, used, connection)
        if new:
            first_sealing.begin(seals, connection)
        first_sealing.must_be_ours(seals, connection)
        return seals


def _has_no_keys_yet(connection: sqlite3.Connection) -> bool:
    """Tell whether nothing was ever sealed here; raise StoreError if it seems so."""
    if _known(connection):
        return False
    if _sealed_here(connection):
        raise StoreError(
            "The database is sealed, and the names of its keys are gone from it: "
            "somebody removed them. Restore the last backup."
        )
    return True


def look(source: KeySource, connection: sqlite3.Connection) -> Seals:
    """Return what opens this database, without writing to it or making a key.

    Raises SettingsError as `unlock` does, and if there are no keys at all.
    """
    ring, used = source.read(), sealed_by(connection)
    if ring is None:
        raise SettingsError(_lost(used, used, f"there is no {_bare(source)}"))
    return Seals(ring, Lookup(_secret(ring, source.where, used, connection)))


def admit(
    ring: Keyring, where: str, used: Mapping[str, int], connection: sqlite3.Connection
) -> Seals:
    """Let a keyring seal from now on, if it opens all that is sealed.

    `where` says where it is kept, `used` which keys sealed how many values. Runs in a
    transaction. Raises SettingsError.
    """
    secret = _secret(ring, where, used, connection)
    _register(ring, secret, used, connection)
    return Seals(ring, Lookup(secret))


def _secret(
    ring: Keyring, where: str, used: Mapping[str, int], connection: sqlite3.Connection
) -> bytes:
    """Return the key of look-ups, a new one if there is none; raise SettingsError."""
    known = _known(connection)
    missing = used.keys() - set(ring.names)
    if missing:
        raise SettingsError(_lost(used, missing, f"{where} does not have it"))
    secrets = [
        _opened(name, lookup, ring, where)
        for name, lookup in known.items()
        if name in ring.names
    ]
    if used and known and not secrets:
        raise SettingsError(_lost(used, known, f"{where} does not have it"))
    return secrets[0] if secrets else new_secret()


def sealed_by(connection: sqlite3.Connection) -> Counter[str]:
    """Count the values that each key sealed, by the key's name.

    It goes through all tables: some 0.2 s for each 100 MB.
    """
    return _sealed_here(connection) + Counter(first_sealing.sealed_by(connection))


def _sealed_here(connection: sqlite3.Connection) -> Counter[str]:
    """Count as `sealed_by`, but for what was set aside and is still to be sealed.

    The seal itself says which key it needs; a column that says another is no key's.
    """
    counts: Counter[str] = Counter()
    rows = connection.execute(sql.SEALED_BY).fetchall()
    named = {one for one, _, _ in rows} | _known(connection).keys()
    names = {id_of(one): one for one in named - NOT_KEYS}
    for said, sealing, count in rows:
        if said not in NOT_KEYS and sealing in names:
            counts[names[sealing]] += count
    return counts


def _known(connection: sqlite3.Connection) -> dict[str, bytes]:
    return dict(connection.execute(sql.KEYS).fetchall())


def _opened(name: str, lookup: bytes, ring: Keyring, where: str) -> bytes:
    """Open the key of look-ups with the key that it is sealed with."""
    try:
        return ring.open(lookup, _place(name))
    except SealBroken:
        raise SettingsError(
            f"The data key {name} of {where} is not the one of that name which the "
            "database is sealed with. Put the right one back."
        ) from None


def _register(
    ring: Keyring,
    secret: bytes,
    used: Mapping[str, int],
    connection: sqlite3.Connection,
) -> None:
    """Name the keys that seal or have sealed, and forget those that do not."""
    for name in _known(connection).keys() - set(ring.names):
        connection.execute(sql.DELETE_KEY, {"name": name})
    for key in ring.keys:
        if key.name == ring.sealing or key.name in used:
            lookup = Keyring([key]).seal(secret, _place(key.name))
            parameters = {"name": key.name, "lookup": lookup}
            connection.execute(sql.INSERT_KEY, parameters)


def _place(name: str) -> Place:
    return Place("keys", "lookup", name)


def _lost(used: Mapping[str, int], missing: Iterable[str], why: str) -> str:
    names = ", ".join(sorted(missing))
    count = sum(used.get(name, 0) for name in missing)
    return (
        f"The database is sealed with the data key {names} ({count} values), and "
        f"{why}. Put the key back where it was, or take it from your copy of it: "
        "without it the content cannot be read by anybody."
    )


def _bare(source: KeySource) -> str:
    return source.where.removeprefix("the ")
