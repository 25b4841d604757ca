"""What a reader is: one module for one kind of file.

A reader runs in a confined process on a read-only copy that it must not trust. It
looks at the content and never at the name, says what it saw as a Finding, and returns
nothing that was written by a user. Its docstring's first line is the question that it
answers.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.core.artefact import Kind, Reading

HEAD = 65_536
"""Bytes of a file's start by which it is recognised."""


@dataclass(frozen=True)
class Asked:
    """What the incident says: what a reader may look for."""

    room: str | None = None
    participant: str | None = None
    since: datetime | None = None
    """When the incident began, if that is known."""


class Reader(Protocol):
    """The shape of a module in bot/artefacts/readers."""

    @property
    def KIND(self) -> Kind:  # noqa: N802  a module constant
        """What the file is, if it is recognised."""
        ...

    @property
    def FACTS(self) -> dict[str, str]:  # noqa: N802  a module constant
        """The names of the facts that it may yield, each with its meaning."""
        ...

    def recognises(self, head: bytes, path: Path) -> bool:
        """Say whether the file is of this kind. Never raises on any bytes."""
        ...

    def read(self, path: Path, asked: Asked) -> Reading:
        """Read the file once; a damaged one is a finding and not an error."""
        ...
