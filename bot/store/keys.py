"""Where the data keys come from: the environment, a file, or a file that is made.

Without a setting the keys are in a file beside the database, made at the first start,
so that content is sealed whether or not somebody thought of it. Whoever has both files
can read everything: the file belongs in no backup of the database, and in one of its
own.
"""

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import structlog

from bot.errors import SettingsError
from bot.store.seal import KEY_BYTES, DataKey, Keyring, read_keyring, written

log = structlog.get_logger(__name__)

PRIVATE = 0o600
ABOUT = """\
# The keys that seal content in the bot's database: name:key, the first one seals, all
# open. Keep a copy apart from the database: without them its backups cannot be read.
# To change the key: triage rotate-keys --new-key
"""


class KeySource(Protocol):
    """Where the keys of a database are kept."""

    @property
    def where(self) -> str:
        """How a person knows it."""
        ...

    def read(self) -> Keyring | None:
        """Return the keys; None if there are none yet. Raise SettingsError."""
        ...

    def make(self) -> Keyring:
        """Make the first key and keep it for good. Raise SettingsError."""
        ...

    def warn(self) -> None:
        """Say in the log what is unsafe about the place."""
        ...


@dataclass(frozen=True, slots=True)
class GivenKeys:
    """Keys that somebody gave, such as those of the environment."""

    ring: Keyring
    where: str = "TRIAGE_DATA_KEY"

    def read(self) -> Keyring:
        """Return the keys."""
        return self.ring

    def make(self) -> Keyring:
        """Return the keys: they are there."""
        return self.ring

    def warn(self) -> None:
        """Say nothing: whoever gave them knows where they are."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """A file of keys; `required`: it must be there, for a setting names it."""

    path: Path
    required: bool = False

    @property
    def where(self) -> str:
        """How a person knows it."""
        return f"the key file {self.path}"

    def read(self) -> Keyring | None:
        """Return the keys; None if there is no file. Raise SettingsError."""
        text = self._text()
        return None if text is None else read_keyring(text)

    def make(self) -> Keyring:
        """Make the file with one key in it; raise SettingsError if it cannot be."""
        key = _new_key(taken=())
        self._keep(f"{ABOUT}{written(key)}\n", like=None)
        log.warning(
            "keys.made",
            file=str(self.path),
            advice="The content of the database is sealed with this key. Copy the "
            "file to a safe place apart from the database: without it the database "
            "and its backups cannot be read.",
        )
        return Keyring([key])

    def add(self) -> Keyring:
        """Put a new key before the others; raise SettingsError."""
        text = self._text()
        if text is None:
            raise SettingsError(f"There is no {self.where.removeprefix('the ')} yet.")
        key = _new_key(taken=read_keyring(text).names)
        longer = f"{written(key)}\n{text}"
        self._keep(longer, like=self.path.stat())
        return read_keyring(longer)

    def warn(self) -> None:
        """Say if others can read the file; a mounted secret may have to be so."""
        mode = stat.S_IMODE(self.path.stat().st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            log.warning("keys.exposed", file=str(self.path), mode=f"{mode:o}")

    def _text(self) -> str | None:
        try:
            return self.path.read_text(encoding="utf-8")
        except FileNotFoundError:
            if not self.required:
                return None
            raise SettingsError(self._cannot("it is not there")) from None
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is not UTF-8 text"
            raise SettingsError(self._cannot(why)) from None

    def _cannot(self, why: str) -> str:
        setting = "TRIAGE_DATA_KEY_FILE: " if self.required else ""
        return f"{setting}{self.where} cannot be read: {why}."

    def _keep(self, text: str, like: os.stat_result | None) -> None:
        """Write the file whole or not at all, and to the disk before it is used.

        It is the owner's whose the one before was: the bot must be able to read what
        an administrator changed.
        """
        fresh = self.path.with_name(f"{self.path.name}.new")
        try:
            _write(fresh, text)
            if like is not None:
                os.chown(fresh, like.st_uid, like.st_gid)
                fresh.chmod(stat.S_IMODE(like.st_mode))
            fresh.replace(self.path)
            _sync_folder(self.path.parent)
        except OSError as error:
            raise SettingsError(
                f"{self.where} cannot be written ({error.strerror}). Let the bot write "
                "there, or give it TRIAGE_DATA_KEY or TRIAGE_DATA_KEY_FILE."
            ) from None


def key_file_of(database: Path) -> KeyFile:
    """Return the file of keys beside a database, for when no setting names one."""
    return KeyFile(database.with_name(f"{database.name}.keys"))


def _new_key(taken: tuple[str, ...]) -> DataKey:
    """Make a random key, named by the day."""
    day = datetime.now(UTC).date().isoformat()
    names = (day, *(f"{day}.{number}" for number in range(2, len(taken) + 3)))
    name = next(one for one in names if one not in taken)
    return DataKey(name, os.urandom(KEY_BYTES))


def _write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, PRIVATE), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
