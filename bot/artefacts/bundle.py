"""Files in a terminal: read, compared, merged and ranked as in an incident."""

import asyncio
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.artefacts.copying import SPENT, NoScratch, TooLarge, copy_private
from bot.artefacts.intake import Comparison, Copies, Desk, Intake
from bot.artefacts.limits import MAX_MEMBERS
from bot.artefacts.shape import Asked
from bot.core.artefact import Artefact, merged
from bot.core.evidence import Fact, newest
from bot.errors import UsageError


@dataclass(frozen=True)
class Bundle:
    """What was read in some files."""

    artefacts: tuple[Artefact, ...]
    comparisons: tuple[Comparison, ...]

    @property
    def facts(self) -> tuple[Fact, ...]:
        """One fact of each name, by name; see `bot.core.artefact.merged`."""
        told = [f for one in self.comparisons for f in one.evidence.facts]
        known = newest((*merged(self.artefacts), *told))
        return tuple(known[name] for name in sorted(known))


def files_of(paths: Sequence[Path]) -> list[Path]:
    """Return the files that are meant; of a folder, those in it.

    Raise UsageError, naming the path, if one is not there or cannot be read.
    """
    found = [file for path in paths for file in _files(path)]
    if len(found) > MAX_MEMBERS:
        raise UsageError(
            f"There are {len(found)} files, and at most {MAX_MEMBERS} are read at a "
            "time. Name the ones that matter."
        )
    if not found:
        raise UsageError("There is no file in there.")
    return found


async def read_bundle(paths: Sequence[Path], asked: Asked, intake: Intake) -> Bundle:
    """Read copies of the files, side by side; the files themselves stay untouched.

    Raise UsageError if one cannot be read, NoScratch if there is no room for a copy.
    """
    with intake.scratch.folder() as folder:
        desk = Desk(folder, asked)
        reading = [_read(at, path, desk, intake) for at, path in enumerate(paths)]
        copies = await asyncio.gather(*reading)
        comparisons = await intake.compare(copies, desk)
    return Bundle(tuple(a for one in copies for a in one.artefacts), comparisons)


async def _read(number: int, path: Path, desk: Desk, intake: Intake) -> Copies:
    copy = desk.folder / f"file-{number:04}"
    try:
        await asyncio.to_thread(copy_private, path, copy)
        desk.held.take(copy)
    except TooLarge as error:
        return Copies((intake.unread(path.name, str(error)),))
    except OSError as error:
        if error.errno in SPENT:
            raise NoScratch(error) from None
        raise UsageError(f"{path} cannot be read ({error.strerror}).") from None
    return await intake.read(copy, path.name, desk)


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        inside = sorted(path.rglob("*"))
        return [one for one in inside if one.is_file() and not one.is_symlink()]
    if not path.exists():
        raise UsageError(f"{path} is not there.")
    if not path.is_file():
        raise UsageError(f"{path} is no file.")
    if not os.access(path, os.R_OK):
        raise UsageError(f"{path} cannot be read (no permission).")
    return [path]
