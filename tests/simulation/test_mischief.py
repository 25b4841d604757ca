"""What goes wrong around the bot is drawn from all that can."""

import asyncio

import aiohttp
import pytest

from rehearsal import cohrtz
from rehearsal.cohrtz import FaultKind
from tests.e2e import troubles
from tests.simulation import mischief
from tests.simulation.chance import stream
from tests.simulation.clock import Clock
from tests.simulation.loop import SimulatedLoop
from tests.simulation.network import Network
from tests.simulation.seams import in_memory


def test_every_kind_of_trouble_at_cohrtz_is_drawn():
    """A new one needs its line in COHRTZ."""
    assert set(mischief.COHRTZ) == set(FaultKind)


def test_every_call_of_the_delivery_matrix_is_struck_in_the_simulation():
    struck = {*mischief.CALLS, *mischief.AT_START}
    calls = {*troubles.HTTP_CALLS, *troubles.AT_START, *troubles.OF_FILES}
    assert {*calls, *troubles.OF_EXPORTS} <= struck


async def _met(kind):
    """Return how a caller of LiveKit fares in that trouble."""
    deployment = cohrtz.Deployment(
        cohrtz.DeploymentSettings(api_key="APIsim", api_secret="s" * 32)
    )
    async with cohrtz.serve(deployment) as server, aiohttp.ClientSession() as http:
        deployment.faults.set(kind)
        async with http.get(server.livekit_http_url) as answer:
            return answer.status


@pytest.mark.parametrize("kind", [FaultKind.LIVEKIT_RESET, FaultKind.LIVEKIT_LOST])
def test_a_connection_that_is_reset_is_no_answer(kind):
    clock, network = Clock(), Network(stream(1, "network"))
    loop = SimulatedLoop(clock, stream(1, "turns"), network)
    with (
        clock.told(),
        in_memory(network),
        asyncio.Runner(loop_factory=lambda: loop) as runner,
        pytest.raises(aiohttp.ClientOSError, match="reset"),
    ):
        runner.run(_met(kind))
