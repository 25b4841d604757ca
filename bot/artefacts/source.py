"""Where files that people hand over are fetched from: known by an id, nothing else."""

from pathlib import Path
from typing import Protocol

from bot.errors import BotError


class Unfetched(BotError):  # noqa: N818  named for what is the case
    """The file could not be had; the text says why."""


class Source(Protocol):
    """A place that keeps what people hand over."""

    async def fetch(self, file: str, into: Path) -> None:
        """Write the file's bytes to a path that is not there yet.

        Raise Unfetched with words for a person, and OSError if it cannot be written.
        What was written by then is left.
        """
        ...


class NoSource:
    """The place of a bot that nobody can hand files to."""

    async def fetch(self, file: str, into: Path) -> None:
        """Raise Unfetched."""
        raise Unfetched(f"There is no place from which {file} could come to {into}.")
