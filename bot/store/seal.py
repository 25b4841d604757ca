"""Seals what must not lie in the database in the clear: AES-256-GCM under named keys.

A sealed value is `version (1 byte) ‖ key id (4) ‖ nonce (12) ‖ ciphertext and tag`. The
key id is the beginning of the SHA-256 of the key's name, so that a value tells which
key opens it. Table, column and row are authenticated with it (as associated data, each
with its length before it), so that a value moved elsewhere does not open. The first key
of the ring seals, all of them open: a new key is put first, and the old one is taken
out when nothing is sealed with it any more (bot/store/rotation.py sees to that).

Nonces are random, which is safe for 2^32 values under one key (NIST SP 800-38D, 8.3).
"""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.errors import SettingsError, StoreError

VERSION: Final = b"\x01"
KEY_BYTES: Final = 32
ID_BYTES: Final = 4
NONCE_BYTES: Final = 12
HEAD: Final = len(VERSION) + ID_BYTES
HEADER: Final = HEAD + NONCE_BYTES
NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
HOW: Final = "Write name:key, such as 2026-03:$(openssl rand -base64 32)"


class SealBroken(StoreError):  # noqa: N818  named for what is the case
    """A sealed value does not open, or stands beside what no row can have.

    It has another key or another place, or somebody changed the row.
    """


class Place(NamedTuple):
    """Where a sealed value stands; it opens nowhere else."""

    table: str
    column: str
    row: str
    """The row's key; of several columns, joined so that no two rows are alike."""


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key and its name. Raises SettingsError for a name or a key that is none."""

    name: str
    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        """Refuse what could not be told apart or would not protect."""
        if not NAME.fullmatch(self.name):
            raise SettingsError(f"A data key has no proper name. {HOW}.")
        if len(self.secret) != KEY_BYTES:
            raise SettingsError(
                f"The data key {self.name} must have {KEY_BYTES} bytes. {HOW}."
            )

    @property
    def id(self) -> bytes:
        """Return what the header of a value names the key by."""
        return id_of(self.name)


def id_of(name: str) -> bytes:
    """Return what the header of a value names the key of that name by."""
    return hashlib.sha256(name.encode()).digest()[:ID_BYTES]


class Keyring:
    """Seals with its first key, opens with any."""

    def __init__(self, keys: Sequence[DataKey]) -> None:
        """Take at least one key; raise SettingsError if two cannot be told apart."""
        if not keys:
            raise SettingsError(f"There is no data key. {HOW}.")
        by_id = {key.id: key for key in keys}
        if len(by_id) != len(keys):
            raise SettingsError(f"The data keys need different names. {HOW}.")
        self.keys = tuple(keys)
        self._name, self._head = keys[0].name, VERSION + keys[0].id
        self._ciphers = {id_: AESGCM(key.secret) for id_, key in by_id.items()}
        self._sealing = self._ciphers[keys[0].id]

    @property
    def sealing(self) -> str:
        """Return the name of the key that seals."""
        return self._name

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all keys, that of the one that seals first."""
        return tuple(key.name for key in self.keys)

    def seal(self, plain: bytes, place: Place) -> bytes:
        """Return the sealed value for that place."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._sealing.encrypt(nonce, plain, _bound(place, self._head))
        return self._head + nonce + sealed

    def open(self, sealed: bytes, place: Place) -> bytes:
        """Return what was sealed for that place; raise SealBroken."""
        if sealed[:1] != VERSION or len(sealed) <= HEADER:
            raise SealBroken("A value is not sealed in a way that this version knows.")
        head, nonce = sealed[:HEAD], sealed[HEAD:HEADER]
        cipher = self._ciphers.get(head[len(VERSION) :])
        if cipher is None:
            raise SealBroken("A value is sealed with a key that is not at hand.")
        try:
            return cipher.decrypt(nonce, sealed[HEADER:], _bound(place, head))
        except InvalidTag:
            raise SealBroken(
                "A sealed value was changed or moved, or its key is another one of "
                "the same name."
            ) from None


def read_keyring(text: str) -> Keyring:
    """Read `name:key` entries, parted by commas or line ends; `#` begins a comment.

    A key is 32 bytes in base64. Raises SettingsError, which never shows a key.
    """
    lines = (line.partition("#")[0] for line in text.splitlines())
    entries = (entry.strip() for line in lines for entry in line.split(","))
    return Keyring([_key(entry) for entry in entries if entry])


def written(key: DataKey) -> str:
    """Write a key as `read_keyring` reads it; the text is as secret as the key."""
    return f"{key.name}:{base64.b64encode(key.secret).decode()}"


def _key(entry: str) -> DataKey:
    name, colon, written = entry.partition(":")
    if not colon:
        raise SettingsError(f"A data key has no name. {HOW}.")
    try:
        secret = base64.b64decode(written.strip().encode(), validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(f"A data key is not base64. {HOW}.") from None
    return DataKey(name.strip(), secret)


def _bound(place: Place, head: bytes) -> bytes:
    """Return what is authenticated beside the content: the place, and the key."""
    return _known(place.table, place.column) + _measured(place.row) + head


@lru_cache(maxsize=64)
def _known(table: str, column: str) -> bytes:
    """Return the part that is the same for a whole column."""
    return _measured(table) + _measured(column)


def _measured(text: str) -> bytes:
    part = text.encode()
    return len(part).to_bytes(4, "big") + part
