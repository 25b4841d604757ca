"""Slack is ill for a while, in the middle and at the start; then all arrives, once."""

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from rehearsal.bot_process import BotProcess
from rehearsal.cohrtz.staging import stage
from rehearsal.options import RehearsalOptions
from rehearsal.scenario import SCENARIOS, read
from rehearsal.slack.faults import Fault, RateLimited
from rehearsal.stagehands import House, put_up
from tests.e2e.houses import begun, cards, play, seat_of, sight_of

pytestmark = pytest.mark.e2e

ROBIN = "U0RESP"
FIRST = ("card", "checks", "ranking", "step:1:1")


async def _open(house: House, room: str) -> None:
    seat, known = seat_of(house, ROBIN), len(cards(house))
    await seat.type(f'"{room}"', lambda: len(cards(house)) > known)


def _shown(house: House) -> dict[str, list[str]]:
    """The parts of each incident, in Slack's order."""
    shown: dict[str, list[str]] = {}
    top = [m["ts"] for m in cards(house)]
    every = {
        m["ts"]: m for ts in top for m in house.workspace.messages(house.channel, ts)
    }
    for ts in sorted(every):
        told = (every[ts].get("metadata") or {}).get("event_payload", {})
        shown.setdefault(str(told.get("incident")), []).append(str(told.get("part")))
    return shown


async def test_an_outage_in_the_middle_of_two_incidents(tmp_path: Path) -> None:
    async with begun(tmp_path) as house:
        workspace, seat = house.workspace, seat_of(house, ROBIN)
        workspace.faults.outage(500)
        opened = [
            await workspace.command(ROBIN, house.channel, "/triage", f'"{room}"')
            for room in house.deployment.settings.peers["alice"].rooms
        ]
        assert all(told.ok for told in opened)
        failed = lambda: len(workspace.journal.refused()) >= 3  # noqa: E731
        await seat.until(failed, "the bot to try in vain")
        workspace.faults.clear()
        for _ in range(3):
            workspace.faults.add(Fault("chat.postMessage", RateLimited(1)))
        await seat.until(lambda: _all_are_there(house), "all parts of both")
        await workspace.settled()
        assert all(parts[:4] == list(FIRST) for parts in _shown(house).values())
        for parts in _shown(house).values():
            assert max(Counter(parts).values()) == 1, parts


def _all_are_there(house: House) -> bool:
    shown = _shown(house)
    return len(shown) == 2 and all(set(FIRST) <= set(p) for p in shown.values())


async def test_slack_is_down_when_the_bot_starts(tmp_path: Path) -> None:
    scenario = read(SCENARIOS / "expired-token.md")
    async with put_up(RehearsalOptions(), scenario, tmp_path) as house:
        house.workspace.faults.outage(503)
        starting = asyncio.create_task(house.bot.start())
        async with aiohttp.ClientSession() as session:
            ready = await _answered(session, house.bot)
            async with session.get(f"{house.bot.url}/healthz") as health:
                assert health.status == 200
        assert ready["ready"] is False
        assert "503" in " ".join(ready["reasons"])
        house.workspace.faults.clear()
        await starting
        await stage(house.deployment, scenario.faults)
        player = await play(house, 0, 2)
        assert not player.resolved()
        assert sight_of(house).button("Start")


async def _answered(
    session: aiohttp.ClientSession, bot: BotProcess
) -> dict[str, object]:
    async with asyncio.timeout(60):
        while True:
            try:
                async with session.get(f"{bot.url}/readyz") as answer:
                    assert answer.status == 503
                    return await answer.json()
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.05)
