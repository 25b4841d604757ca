"""The confined reader of files without its process: it does its order in its place.

The order and the answer are turned into JSON and back, as on their way through pipes.
What confines a true one is told by tests on real processes.
"""

import asyncio
import random

from bot.artefacts.child import Bench, done
from bot.artefacts.comparing import COMPARERS
from bot.artefacts.confined import Lost
from bot.artefacts.readers import READERS
from bot.artefacts.wire import Answer, Order
from tests.simulation.network import Network

TAKES = (0.05, 3.0)
"""Seconds that reading takes: from, to."""
KILLED = 0.15
"""How often the machine kills the process that reads."""


class Reader:
    """Stands for whatever starts the process."""

    def __init__(self, chance: random.Random, network: Network) -> None:
        self._chance = chance
        self._network = network

    async def __call__(self, order: Order, _: str = "") -> Answer:
        """Do the order, some time later; raise Lost if the process is killed."""
        self._network.on_its_way += 1
        try:
            await asyncio.sleep(self._chance.uniform(*TAKES))
        finally:
            self._network.on_its_way -= 1
        if self._chance.random() < KILLED:
            raise Lost("The system stopped reading it, as it does without memory.")
        heard = Order.model_validate_json(order.model_dump_json())
        answer = done(heard, Bench(READERS, COMPARERS, heard.question.asked()))
        return Answer.model_validate_json(answer.model_dump_json())
