"""kill -9 of the real process in the middle of an incident, and a new start."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rehearsal.cohrtz import FaultKind
from rehearsal.player import Player
from rehearsal.seen import told
from rehearsal.slack.faults import Delay, Fault
from rehearsal.stagehands import House
from tests.e2e.houses import (
    PARTS,
    begun,
    parts,
    play,
    player_of,
    removed,
    script,
    sight_of,
)

pytestmark = pytest.mark.e2e

UP_TO_RUN = 7
"""So many acts of the script come before Run is pressed."""

SLOW = 3.0
"""Seconds that the LiveKit server takes to answer, or Slack to post."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with begun(tmp_path) as one:
        yield one


async def _to_the_end(house: House, player: Player, start: int) -> None:
    for act in script(house, start):
        await player.do(act)


def _must_be_whole(house: House, player: Player) -> None:
    assert player.resolved()
    assert parts(house) == PARTS
    assert removed(house) == 1


async def _again(house: House) -> None:
    await house.bot.kill()
    assert not house.bot.running
    await house.bot.start()


async def test_killed_before_and_after_the_press_of_run(house: House) -> None:
    player = await play(house, 0, UP_TO_RUN)
    await _again(house)
    await player.do(script(house)[UP_TO_RUN])
    await _again(house)
    await _to_the_end(house, player, UP_TO_RUN + 1)
    _must_be_whole(house, player)


async def test_killed_while_livekit_has_not_answered_yet(house: House) -> None:
    """The act was begun and its outcome is not known: it is settled, never redone."""
    player = await play(house, 0, UP_TO_RUN)
    house.deployment.faults.set(FaultKind.LIVEKIT_SLOW, seconds=SLOW)
    await player.do(script(house)[UP_TO_RUN])
    running = house.workspace.wait_for(
        lambda: "Running" in told(sight_of(house).step(2)), 60
    )
    await running
    await house.bot.kill()
    house.deployment.faults.clear(FaultKind.LIVEKIT_SLOW)
    await house.bot.start()
    await _to_the_end(house, player, UP_TO_RUN + 1)
    _must_be_whole(house, player)
    assert "looked into the doubt" in told(sight_of(house).step(2))


async def test_killed_while_slack_takes_a_post(house: House) -> None:
    """The post arrives and nobody hears of it: it is found again, not repeated."""
    await play(house, 0, 1)
    house.workspace.faults.add(Fault("chat.postMessage", Delay(SLOW), times=None))
    player = player_of(house)
    starting = asyncio.create_task(player.do(script(house)[2]))
    await house.workspace.wait_for(lambda: house.workspace.api.under_way, 60)
    await house.bot.kill()
    await house.workspace.wait_for(lambda: not house.workspace.api.under_way, 60)
    house.workspace.faults.clear()
    await house.bot.start()
    await starting
    await _to_the_end(house, player, 3)
    assert player.resolved()
    # What was under way side by side when it died may have arrived in any order.
    assert sorted(parts(house)) == sorted(PARTS)
    assert removed(house) == 1
