"""The gate's share of seeds: `make simulate COUNT=50000` runs more of them."""

import pytest

from tests.simulation.many import how_to_replay, run_chunk

pytestmark = pytest.mark.e2e

SEEDS = 300
CHUNKS = 6
"""The seeds are dealt out, so that several processes can share them."""


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_whatever_goes_wrong_nothing_is_lost_and_nothing_comes_twice(chunk: int):
    size = SEEDS // CHUNKS
    ran = run_chunk(chunk * size, size)
    assert ran.killed
    assert not ran.wrong, "\n".join(how_to_replay(*one) for one in ran.wrong)
