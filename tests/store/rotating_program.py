"""Is killed at the n-th COMMIT of a rotation or a first sealing, for every n.

Named first is a database with old rows, named second what is done and when the kill
comes: `rotate-before` a COMMIT, `rotate-after`, `seal-before`, `seal-after`. Each life
is a child of its own on a copy of its own; another goes on where it was killed and
tells what is there at the end: a line of JSON a life.
"""

import asyncio
import json
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from store_samples import START, drawing, notice, opened, plain, transition

from bot.store import first_sealing, sqlite
from bot.store.keys import GivenKeys
from bot.store.rows import BatchRow
from bot.store.seal import DataKey, Keyring
from bot.store.store import Store, open_store

OLD, NEW = DataKey("old", b"o" * 32), DataKey("new", b"n" * 32)
ROOM = "0199f3c2-7a41-7c5e-9b1d-3f2a6c8e4d10"
BATCH = 3
BOUNDARIES = {"COMMIT", "VACUUM"}


async def fill(store: Store) -> None:
    """Keep some of everything that is sealed."""
    for name in ("I1", "I2"):
        await opened(store, name, length=4, room=ROOM)
        await store.keep_drawing(drawing(name))
        await store.keep_drawing(drawing(name, "summary:1"))
        await store.add_notice(notice(f"for {name}"))
    await store.add_transitions(transition(n, room=ROOM) for n in range(5))
    for number in range(2):
        at = START + timedelta(seconds=number)
        await store.add_batch(BatchRow(ROOM, f"b{number}", at, 1, b"content"))


async def contents(store: Store) -> list[Any]:
    """Read everything that is sealed, in an order of its own."""
    heads = await store.heads()
    return [
        [(head.incident, head.room) for head in heads],
        [[row.body for row in await store.events(head.incident)] for head in heads],
        [[row.digest for row in await store.drawings(h.incident)] for h in heads],
        [(row.id, row.text) for row in await store.notices(START, 99)],
        [row.id for row in await store.transitions(ROOM, since=START)],
        [str(row.body) for row in await store.batches(ROOM, START)],
        await store.seen("receipt of I1"),
    ]


class Mortal(sqlite3.Connection):
    """Dies before or after its n-th boundary; n is never reached if it is 0."""

    at, after, count = 0, False, 0

    def execute(self, statement: str, *more: Any) -> sqlite3.Cursor:
        boundary = statement in BOUNDARIES
        Mortal.count += boundary
        dies = boundary and Mortal.count == Mortal.at
        if dies and not Mortal.after:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = super().execute(statement, *more)
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer


def connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, factory=Mortal)


async def work(path: Path) -> dict[str, Any]:
    """Open, which seals what is not, and rotate; tell what is there then."""
    async with open_store(path, GivenKeys(Keyring([NEW, OLD]))) as store:
        done = 0
        while (step := await store.rotation.step(BATCH)) is not None:
            done += step.done
        may_go = await store.rotation.retire()
        return {
            "contents": await contents(store),
            "counts": dict(await store.rotation.counts()),
            "done": done,
            "may_go": may_go,
        }


def child(job: Callable[[], None]) -> bool:
    """Run a job in a child; tell whether it lived to its end."""
    pid = os.fork()
    if not pid:
        job()
        os._exit(0)
    return not os.WIFSIGNALED(os.waitpid(pid, 0)[1])


def lives(path: Path, what: str) -> None:
    number, alive = 0, False
    while not alive:
        number += 1
        copy = path.with_name(f"{number}-{path.name}")
        shutil.copy(path, copy)

        def live(copy: Path = copy, number: int = number) -> None:
            Mortal.at, Mortal.after = number, what.endswith("-after")
            asyncio.run(work(copy))

        def look(copy: Path = copy) -> None:
            say(left(copy, what) | asyncio.run(work(copy)))

        alive = child(live)
        child(look)


def left(copy: Path, what: str) -> dict[str, int]:
    """Count what a life left to do."""
    connection = plain(copy)
    query = "SELECT count(*) FROM {} WHERE key = 'old'"
    if what.startswith("seal"):
        query = "SELECT count(*) FROM plain_{}"
    count = 0
    for table in ("events", "drawings", "notices", "transitions"):
        try:
            count += connection.execute(query.format(table)).fetchone()[0]
        except sqlite3.OperationalError:  # not migrated yet, or at its end
            continue
    connection.close()
    return {"left": count}


def say(fact: dict[str, Any]) -> None:
    """Write a line in one system call."""
    os.write(sys.stdout.fileno(), f"{json.dumps(fact)}\n".encode())


def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    sqlite._open, first_sealing.BATCH = connect, BATCH
    lives(Path(sys.argv[1]), sys.argv[2])


if __name__ == "__main__":
    main()
