"""The bot in the rehearsal listens in a room: packets, a press, and packets again."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from rehearsal.cohrtz import PeerFault
from rehearsal.options import RehearsalOptions
from rehearsal.scenario import read_text
from rehearsal.script import AnyAct, DoStep, OpenIncident
from rehearsal.seen import told
from rehearsal.stagehands import House, begin, put_up
from tests.e2e.houses import player_of, sight_of
from tests.fakes.rtc import needs_rtc

pytestmark = [pytest.mark.e2e, needs_rtc]

ROOM = "0199f3c2-7a41-7c5e-9b1d-3f2a6c8e4d10"
ALICE = "user:0198b7d0-41c2-7e3a-8f64-2b9d0c51aa01"
SCENARIO = f"""---
title: A group key is lost
room: {ROOM}
participant: alice
peers:
  alice:
    identity: {ALICE}
    rooms: [{ROOM}]
    faults: [lost-group-key]
  bob:
    identity: user:0198b7d3-9f10-7b44-a2c7-6e18d4f3bb02
    rooms: [{ROOM}]
mend:
  - {{name: cure, say: Her app is mended., cures: [alice]}}
truth: {{fault: The group key is lost., runbook: null}}
good_responder:
  - {{do: open, by: robin, form: false}}
---
# A group key is lost
"""
PAGE = """# Listening

1. Listen to the room.
   ```check
   room-packets: {room: "{room}"}
   ```
2. Ask all to announce their keys.
   ```action
   announce-handshakes: {room: "{room}"}
   verify: room-packets
   ```
"""


@asynccontextmanager
async def heard(folder: Path) -> AsyncIterator[House]:
    pages = folder / "pages"
    pages.mkdir()
    (pages / "listening.md").write_text(PAGE, encoding="utf-8")
    scenario = read_text(SCENARIO, "lost-key.md")
    async with put_up(RehearsalOptions(), scenario, folder) as house:
        here = {"TRIAGE_RUNBOOKS": str(pages)}
        house.bot.environment = {**house.bot.environment, **here}
        await begin(house)
        yield house


async def test_a_lost_group_key_is_heard_and_healed_by_a_press(tmp_path: Path) -> None:
    async with heard(tmp_path) as house:
        runtime = house.deployment.apps.of(ALICE, ROOM)
        assert runtime is not None
        await house.deployment.wait_for(lambda: runtime.faults, 30)
        player, sight = player_of(house), sight_of(house)
        await player.do(OpenIncident(do="open", by="robin", form=False))
        seat = player.seat("robin")
        await seat.until(lambda: len(sight.thread()) > 1, "the checks")
        await seat.type("runbook listening", lambda: sight.step(1))
        await seat.until(lambda: "in a row" in told(sight.step(1) or {}), "the finding")
        assert "group's key" in told(sight.step(1) or {})
        assert PeerFault.LOST_GROUP_KEY in runtime.faults
        assert runtime.memory.group_key is None
        skip: AnyAct = DoStep(do="skip", step=1, by="robin", words="It was heard.")
        await player.do(skip)
        await player.do(DoStep(do="run", step=2, by="robin"))
        await player.do(DoStep(do="approve", step=2, by="sam"))
        await house.deployment.wait_for(lambda: runtime.memory.group_key, 30)
        sent = [m for m in house.deployment.plane.carried if m.sender is None]
        assert [message.payload for message in sent] == [b"\x08\x03"]
        await seat.until(
            lambda: "nothing is out of order" in told(sight.step(2) or {}), "ok"
        )
