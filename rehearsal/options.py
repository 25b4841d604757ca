"""How a rehearsal is to be run."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

POLICY = Path(__file__).with_name("policy.toml")
"""Who may do what in the rehearsal's workspace."""


@dataclass(frozen=True)
class RehearsalOptions:
    """What was asked for on the command line."""

    scenario: str = "expired-token"
    exit: bool = False
    """End after the played incident; the exit code says whether it was resolved."""
    only_list: bool = False
    play: bool = True
    transport: Literal["http", "socket"] = "http"
    port: int = 0
    """Of the page; 0: any free one."""
    folder: Path | None = None
    """Where the database, the bot's log and the summary go; None: a new one."""
    policy: Path = POLICY
    """The bot's policy."""
