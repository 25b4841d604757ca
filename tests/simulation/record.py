"""Everything that was said and kept in a simulation, as one digest and as lines."""

import hashlib
import logging
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from bot.store.store import open_store

if TYPE_CHECKING:
    from tests.simulation.world import World

PLACES = frozenset({"path", "key_from", "file"})
"""What a log line says of where files are; each run has a folder of its own."""


class Record:
    """Collects lines; two runs of one seed collect the same."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.logged: list[tuple[str, str, str]] = []
        """Level, event and what was said with it, of each line that the bot logged."""

    def add(self, kind: str, *what: object) -> None:
        self.lines.append(f"{kind} {what!r}")

    def log(self, _: Any, method: str, event: MutableMapping[str, Any]) -> Any:
        """Keep a line of the bot's log, and let nothing be rendered."""
        name = str(event.pop("event"))
        trace = event.pop("exc_info", None)
        told = {key: str(event[key]) for key in sorted(event) if key not in PLACES}
        if trace:
            told["error"] = repr(_error(trace))
        self.logged.append((method, name, str(told)))
        self.add("log", method, name, told)
        raise structlog.DropEvent

    def add_world(self, world: "World") -> None:
        """Add what passed between everybody, and what people see in the end."""
        for entry in world.workspace.journal:
            self.add("slack", entry)
        for one in world.deployment.journal.entries:
            self.add("cohrtz", one)
        for deed in world.deeds.all:
            self.add("deed", deed)
        for channel in world.workspace.channels:
            for top in world.workspace.messages(channel):
                self.add("shown", world.workspace.messages(channel, top["ts"]))
        self.add("dropped", world.dropping.all)
        self.add("mischief", world.mischief.made, world.loop.troubles)
        self.add("passed", world.loop.time(), [one.steps for one in world.keeper.lives])

    async def add_store(self, database: Path) -> None:
        """Add every event with its link, and what is said to be drawn."""
        async with open_store(database) as store:
            for head in await store.heads(limit=1_000):
                self.add("head", head)
                for row in await store.events(head.incident):
                    self.add("event", row)
                for link in await store.links(head.incident):
                    self.add("link", link)
                self.add("drawings", await store.drawings(head.incident))

    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()


def _error(trace: Any) -> BaseException | None:
    return trace if isinstance(trace, BaseException) else sys.exc_info()[1]


@contextmanager
def recording() -> Iterator[Record]:
    """Record what the bot logs within."""
    record = Record()
    processors = structlog.get_config()["processors"]
    before = list(processors)
    processors[:] = [structlog.contextvars.merge_contextvars, record.log]
    logging.disable(logging.CRITICAL)
    try:
        yield record
    finally:
        logging.disable(logging.NOTSET)
        processors[:] = before
