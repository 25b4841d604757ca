"""`triage rotate-keys`: seal everything with the first key, and say which may go.

A running bot does it by itself as soon as it sees the new key, and this command
watches; without one the command does it. Either can be killed and started again.
"""

import argparse
import asyncio
import logging
import time
from collections.abc import Callable
from pathlib import Path

from bot import logs
from bot.cli.shape import tell, warn
from bot.errors import SettingsError, UsageError
from bot.keys import key_source
from bot.settings import read_key_settings
from bot.store.keys import KeyFile, KeySource
from bot.store.lock import InUse
from bot.store.peek import SealedBy, peek
from bot.store.rotation import KeyRotation
from bot.store.seal import Keyring
from bot.store.store import open_store

LOOKS_EVERY = 0.5
"""Seconds between two looks at what the running bot does."""

PATIENCE = 30.0
"""Seconds without progress of the running bot, after which it is given up."""

BAD = 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take whether a new key is to be made first."""
    parser.add_argument(
        "--new-key",
        action="store_true",
        help="make a new key and put it before the others in the key file",
    )


def run(options: argparse.Namespace) -> int:
    """Rotate; return 1 if something did not open or the running bot does not follow."""
    logs.set_up(level=logging.WARNING)
    settings = read_key_settings()
    source = key_source(settings)
    if not settings.database.exists():
        raise UsageError(
            f"There is no database {settings.database}. Set TRIAGE_DATABASE to the "
            "bot's."
        )
    if options.new_key:
        _add_key(source)
    try:
        return asyncio.run(_alone(settings.database, source))
    except InUse as busy:
        warn(f"{busy}".partition(" Stop ")[0])
        warn("It seals anew by itself; this command watches.")
        return _watch(settings.database, source)


def _add_key(source: KeySource) -> None:
    if not isinstance(source, KeyFile):
        raise UsageError(
            "The keys are in TRIAGE_DATA_KEY, which a command cannot change. Put a "
            "new one before the others there, separated by a comma, and restart the "
            "bot."
        )
    tell(f"The new key {source.add().sealing} stands first in {source.path}.")


async def _alone(database: Path, source: KeySource) -> int:
    """Do it here: no bot is running."""
    async with open_store(database, source) as store:
        done, broken = await _rotate(store.rotation)
        await store.rotation.retire()
        await store.check_point()
        _conclude(store.rotation.ring, done, source)
    if broken:
        warn(f"{broken} values do not open with any key, and were left as they are.")
    return BAD if broken else 0


async def _rotate(rotation: KeyRotation) -> tuple[int, int]:
    done = broken = 0
    while (step := await rotation.step()) is not None:
        done, broken = done + step.done, broken + step.broken
    return done, broken


def _watch(database: Path, source: KeySource) -> int:
    """Watch the running bot until everything is sealed with the first key."""
    ring = source.read()
    if ring is None:
        raise SettingsError(f"There is no {source.where.removeprefix('the ')}.")
    before = peek(database)
    after = _until(lambda seen: _is_done(seen, ring.sealing), database)
    if after is None:
        warn(
            f"The running bot does not seal with the key {ring.sealing}. If it has its "
            "keys from TRIAGE_DATA_KEY, restart it with the new one first; else its "
            "log says why (keys.refused)."
        )
        return BAD
    old = before.keys - {ring.sealing}
    _conclude(ring, sum(before.counts[name] for name in old), source)
    return 0


def _is_done(seen: SealedBy, name: str) -> bool:
    return seen.keys == {name}


def _until(is_done: Callable[[SealedBy], bool], database: Path) -> SealedBy | None:
    """Look until it is done; None if nothing has changed for as long as we wait."""
    last, since = peek(database), time.monotonic()
    while not is_done(last):
        time.sleep(LOOKS_EVERY)
        seen = peek(database)
        if seen != last:
            last, since = seen, time.monotonic()
        elif time.monotonic() - since > PATIENCE:
            return None
    return last


def _conclude(ring: Keyring, done: int, source: KeySource) -> None:
    """Say that it is done, and which keys are not needed any more."""
    count = f"{done} values were sealed anew." if done else "Nothing was left to do."
    tell(f"Everything is sealed with the key {ring.sealing} of {source.where}. {count}")
    for name in ring.names[1:]:
        tell(
            f"The key {name} may go: nothing in the database is sealed with it any "
            "more. Keep a copy for as long as you keep backups from before."
        )
