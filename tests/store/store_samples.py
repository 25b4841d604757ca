"""Rows that the tests of the store share."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from bot.store.rows import (
    UNSTORED,
    Change,
    Commit,
    Drawing,
    EventRow,
    Head,
    Notice,
    TransitionRow,
)
from bot.store.store import Store

T = TypeVar("T")

START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
TESTS = Path(__file__).parent
PROJECT = TESTS.parents[1]


def later(**amount: float) -> datetime:
    return START + timedelta(**amount)


def event(incident: str, seq: int, by: str = "U1") -> EventRow:
    return EventRow(incident, seq, later(seconds=seq), by, "noted", f'{{"seq": {seq}}}')


def head(incident: str, seq: int, **changed: object) -> Head:
    values = {"channel": "C1", "room": "lobby", "status": "open", "opened_at": START}
    return Head(incident=incident, seq=seq, **(values | changed))


def change(
    incident: str, last: int, *, size: int = 1, by: str = "U1", **more: object
) -> Change:
    """Make a batch of `size` events that ends at number `last`."""
    seqs = range(last - size + 1, last + 1)
    events = tuple(event(incident, seq, by) for seq in seqs)
    return Change(head(incident, last), events, **more)


async def opened(store: Store, incident: str, *, length: int = 1, **changed) -> None:
    """Store an incident of `length` events."""
    seqs = range(1, length + 1)
    events = tuple(event(incident, seq) for seq in seqs)
    batch = Change(head(incident, length, **changed), events)
    assert await store.commit(batch) is Commit.DONE


def drawing(incident: str, part: str = "card", **changed: object) -> Drawing:
    values = {
        "channel": "C1",
        "ts": "1.2",
        "thread_ts": None,
        "digest": "abc",
        "state": "drawn",
        "reason": None,
        "at": START,
    }
    return Drawing(incident=incident, part=part, **(values | changed))


def notice(text: str, **changed: object) -> Notice:
    values = {
        "channel": "C1",
        "user": "U1",
        "thread_ts": None,
        "at": START,
        "expires": later(minutes=30),
    }
    return Notice(id=UNSTORED, text=text, **(values | changed))


def transition(number: int, **changed: object) -> TransitionRow:
    values = {
        "id": f"EV_{number}",
        "room": "lobby",
        "identity": "peer-1",
        "sid": f"PA_{number}",
        "kind": "joined",
        "reason": "",
        "at": later(seconds=number),
        "source": "webhook",
        "joined_at": START,
    }
    return TransitionRow(**(values | changed))


def plain(path: Path, *, timeout: float = 0.0) -> sqlite3.Connection:
    """Open a connection of the standard library, as some other program would."""
    return sqlite3.connect(path, timeout=timeout, isolation_level=None)


async def through_writer(store: Store, job: Callable[[sqlite3.Connection], T]) -> T:
    return await store._writer.submit(job)


@contextmanager
def launched(name: str, *arguments: object) -> Iterator[subprocess.Popen[bytes]]:
    """Run one of the programs beside the tests; it is killed at the end, if not before.

    Its output is a pipe.
    """
    command = [sys.executable, str(TESTS / name), *map(str, arguments)]
    with subprocess.Popen(  # noqa: S603  a program of our own
        command,
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
    ) as running:
        try:
            yield running
        finally:
            running.kill()
