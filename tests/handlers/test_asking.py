"""One question at a time about each thing, for as many as wait."""

import asyncio
import gc
from contextlib import suppress

import pytest

from handlers.asking import Asking


class _Oracle:
    def __init__(self, trouble=None):
        self.trouble, self.asked = trouble, []
        self.open = asyncio.Event()

    async def ask(self, what):
        self.asked.append(what)
        await self.open.wait()
        if self.trouble:
            raise self.trouble
        return what.upper()


async def test_many_who_wait_ask_once_and_hear_the_same():
    oracle = _Oracle()
    asking = Asking("oracle", oracle.ask)
    waiting = [asyncio.create_task(asking.about("u1")) for _ in range(5)]
    await asyncio.sleep(0)
    oracle.open.set()
    assert await asyncio.gather(*waiting) == ["U1"] * 5
    assert oracle.asked == ["u1"]


async def test_what_was_answered_or_failed_is_asked_anew():
    oracle = _Oracle(OSError("no"))
    oracle.open.set()
    asking = Asking("oracle", oracle.ask)
    with pytest.raises(OSError, match="no"):
        await asking.about("u1")
    oracle.trouble = None
    assert await asking.about("u1") == "U1"


async def test_a_failure_that_nobody_waits_for_any_more_is_no_bug():
    told, oracle = [], _Oracle(OSError("no"))
    asyncio.get_running_loop().set_exception_handler(lambda _, what: told.append(what))
    asking = Asking("oracle", oracle.ask)
    with suppress(TimeoutError):
        async with asyncio.timeout(0.001):
            await asking.about("u1")
    oracle.open.set()
    await asyncio.gather(*_others(), return_exceptions=False)
    gc.collect()
    assert oracle.asked == ["u1"]
    assert told == []


async def _done(task):
    await asyncio.wait([task])


def _others():
    """Wait for the question without taking its failure from it."""
    mine = asyncio.current_task()
    return [_done(task) for task in asyncio.all_tasks() if task is not mine]
