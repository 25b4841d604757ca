"""The key that signs the trail: Ed25519, given by the environment or made once.

Whoever has it can write a trail anew, so it is best kept where the database is not.
Without one in the settings the bot makes its own beside the database, readable by its
owner alone.
"""

import base64
import binascii
import os
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.errors import SettingsError

SEED_BYTES: Final = 32
HOW: Final = "Write 32 bytes in base64, such as $(openssl rand -base64 32)"


class SigningKey:
    """Signs; `public` is the raw public key."""

    def __init__(self, seed: bytes) -> None:
        """Take a seed of 32 bytes; raise SettingsError for another length."""
        if len(seed) != SEED_BYTES:
            raise SettingsError(f"The signing key must have 32 bytes. {HOW}.")
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.public = self._private.public_key().public_bytes_raw()

    @property
    def public_text(self) -> str:
        """Return the public key as people hand it on, in base64."""
        return base64.b64encode(self.public).decode()

    def sign(self, said: bytes) -> bytes:
        """Return the signature over these bytes."""
        return self._private.sign(said)


def made_key() -> SigningKey:
    """Make a key that nobody has."""
    return SigningKey(os.urandom(SEED_BYTES))


def read_key(text: str) -> SigningKey:
    """Read a seed in base64; `#` begins a comment. SettingsError never shows it."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    try:
        seed = base64.b64decode("".join(lines).encode(), validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(f"The signing key is not base64. {HOW}.") from None
    return SigningKey(seed)


def key_in(path: Path) -> SigningKey:
    """Read the key in a file; raise SettingsError if it cannot be read or is none."""
    try:
        return read_key(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"The signing key {path} cannot be read: {why}.") from None


def own_key_path(database: Path) -> Path:
    """Return where the bot keeps a signing key of its own."""
    resolved = database.resolve()
    return resolved.with_name(f"{resolved.name}.signing-key")


def own_key(database: Path) -> SigningKey:
    """Read the key beside the database, made at the first start.

    Raises SettingsError if it cannot be read or made.
    """
    path = own_key_path(database)
    try:
        if not path.exists():
            _write(path, os.urandom(SEED_BYTES))
    except OSError as error:
        raise SettingsError(
            f"The signing key {path} cannot be made: {error.strerror}."
        ) from None
    return key_in(path)


def _write(path: Path, seed: bytes) -> None:
    """Write it whole or not at all: a key that is cut off would sign for nobody."""
    made = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"# The Ed25519 seed that signs this bot's trail. Keep it secret.\n")
        file.write(base64.b64encode(seed) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    made.rename(path)
