"""Opens the store named first and does what is named second, saying each fact.

"hold" waits to be killed. "climb" commits batches of three events each for many
incidents at once, and says which are acknowledged, until it is killed.
"""

import asyncio
import os
import sys
from pathlib import Path

import structlog
from store_samples import START, change

from bot.errors import StoreError
from bot.store.rows import Commit
from bot.store.store import Store, open_store

CLIMBERS = 8
SIZE = 3


def say(fact: str) -> None:
    """Write a line in one system call, so that a kill cannot cut it."""
    os.write(sys.stdout.fileno(), f"{fact}\n".encode())


async def climb(store: Store, incident: str) -> None:
    head = await store.head(incident)
    last = head.seq if head else 0
    while True:
        last += SIZE
        receipt = f"{incident}/{last}"
        batch = change(incident, last, size=SIZE, receipt=receipt, wake=START)
        if await store.commit(batch) is not Commit.DONE:
            say(f"refused {receipt}")
        say(receipt)


async def main(path: str, what: str) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    async with open_store(Path(path)) as store:
        say("open")
        if what == "hold":
            await asyncio.Event().wait()
        await asyncio.gather(*(climb(store, f"I{n}") for n in range(CLIMBERS)))


try:
    asyncio.run(main(*sys.argv[1:]))
except StoreError as error:
    say(str(error))
    sys.exit(2)
