"""Locks, caps, the age of facts and dry runs, as people meet them in Slack."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from livekit.protocol.models import ParticipantInfo

from rehearsal.cohrtz import FaultKind
from rehearsal.options import RehearsalOptions
from rehearsal.scenario import read_text
from rehearsal.seat import Seat
from rehearsal.seen import Sight, told
from rehearsal.stagehands import House, begin, put_up
from tests.e2e.houses import PATIENT, whispered

pytestmark = pytest.mark.e2e

ROBIN, SAM = "U0RESP", "U0SECOND"
OPEN, PRIVATE = "C0INC", "G0PRIV"
ROOM = "0199f3c2-7a41-7c5e-9b1d-3f2a6c8e4d10"
ALICE = "user:0198b7d0-41c2-7e3a-8f64-2b9d0c51aa01"
BOB = "user:0198b7d3-9f10-7b44-a2c7-6e18d4f3bb02"
CAROL = "user:0198b7d5-1c22-7d55-b3d8-7f29e5a4cc03"
SCENARIO = f"""---
title: Two incidents about one room
room: {ROOM}
participant: alice
peers:
  alice: {{identity: "{ALICE}", rooms: [{ROOM}]}}
  bob: {{identity: "{BOB}", rooms: [{ROOM}]}}
  carol: {{identity: "{CAROL}", rooms: [{ROOM}], start: offline}}
mend:
  - {{name: come, say: Carol comes., opens: [carol]}}
truth: {{fault: There is none., runbook: null}}
good_responder:
  - {{do: open, by: robin, form: false}}
---
# Two incidents about one room
"""
KICK = """# Kick

1. End the session.
   ```action
   reconnect-participant: {room: "{room}", identity: "{participant}"}
   when: room.participants > 0
   ```
"""
AGEING = KICK.replace("# Kick", "# Ageing").replace(
    "participants > 0\n", "participants > 0\n   fresh: 3s\n"
)
ANNOUNCE = """# Announce

1. Ask all to announce their keys.
   ```action
   announce-handshakes: {room: "{room}"}
   ```
"""
PAGES = {"kick": KICK, "ageing": AGEING, "announce": ANNOUNCE}
POLICY = """
[may]
one-participant = ["members"]
room = ["members"]
[approvals]
room = 0
[caps]
participants = 2
one-participant-per-room-and-hour = 1
"""
CHANGES = ("RemoveParticipant", "SendData")
SLOW = 2.0
"""Seconds that the server takes while the bot is killed in the middle of an act."""


@asynccontextmanager
async def policed(folder: Path) -> AsyncIterator[House]:
    pages = folder / "pages"
    pages.mkdir()
    for slug, text in PAGES.items():
        (pages / f"{slug}.md").write_text(text, encoding="utf-8")
    policy = folder / "policy.toml"
    policy.write_text(POLICY, encoding="utf-8")
    scenario = read_text(SCENARIO, "two-incidents.md")
    async with put_up(RehearsalOptions(), scenario, folder) as house:
        here = {"TRIAGE_RUNBOOKS": str(pages), "TRIAGE_POLICY": str(policy)}
        house.bot.environment = {**house.bot.environment, **here}
        await begin(house)
        yield house


class Person:
    """Somebody in a channel of their own, with what stands there."""

    def __init__(self, house: House, user: str, channel: str) -> None:
        patience, pause = PATIENT.patience, PATIENT.pause
        self.seat = Seat(house.workspace, channel, user, patience, pause)
        self.sight = Sight(house.workspace, channel)

    async def opens(self) -> None:
        await self.seat.type(f"{ROOM} {ALICE}", self.sight.card)
        await self.seat.until(lambda: len(self.sight.thread()) > 2, "the looks")

    async def hears_of_both(self) -> None:
        """Wait until the card tells of both who joined: the second may come late."""
        both = "2 connection state transitions recorded"
        await self.seat.until(lambda: both in told(self.sight.card() or {}), both)

    async def starts(self, slug: str) -> None:
        before = len(self.sight.thread())
        await self.seat.type(
            f"runbook {slug}", lambda: len(self.sight.thread()) > before
        )
        await self.seat.until(lambda: self.sight.step(1), "the step")

    async def runs(self) -> None:
        await self.seat.press(lambda: self.button("Run"), "Run")

    async def sees(self, *words: str) -> str:
        await self.seat.until(lambda: self._says(words), f"{words}")
        return self.step()

    def _says(self, words: tuple[str, ...]) -> bool:
        return all(word in self.step() for word in words)

    def step(self) -> str:
        return told(self.sight.step(1) or {})

    def button(self, label: str):
        message = self.sight.step(1) or {}
        found = (b for b in self.sight.buttons() if b.ts == message.get("ts"))
        return next((b for b in found if b.label.startswith(label)), None)


def changes(house: House) -> list[str]:
    """Name the calls that changed the simulated rooms, as they came over the wire."""
    entries = house.deployment.journal.find(place="livekit")
    made = [entry.path.rpartition("/")[2] for entry in entries]
    return [name for name in made if name in CHANGES]


async def test_one_target_is_acted_on_by_one_incident_at_a_time(tmp_path: Path) -> None:
    async with policed(tmp_path) as house:
        sam, robin = Person(house, SAM, OPEN), Person(house, ROBIN, PRIVATE)
        await sam.opens()
        await robin.opens()
        await sam.starts("announce")
        await robin.starts("kick")
        await robin.seat.until(lambda: robin.button("Run"), "a button that lives")
        await _dies_in_the_middle_of_an_act(house, sam)
        await sam.sees("In doubt: the bot cannot tell")
        sent = changes(house)
        await _loses_the_button_and_reads_who_holds_it(house, robin)
        await _cannot_be_resolved_over_the_doubt(house, sam)
        await sam.seat.press(lambda: sam.button("It did not happen"), "an answer")
        await robin.seat.until(lambda: robin.button("Run"), "the button to come back")
        assert changes(house) == sent
        await robin.runs()
        await robin.sees("Done.")
        assert changes(house) == [*sent, "RemoveParticipant"]
        await _is_capped_over_all_incidents(house, robin)
        await _is_counted_again_before_the_act(house, sam)
        assert changes(house) == [*sent, "RemoveParticipant"]


async def _dies_in_the_middle_of_an_act(house: House, sam: Person) -> None:
    house.deployment.faults.set(FaultKind.LIVEKIT_SLOW, seconds=SLOW)
    await sam.runs()
    await sam.sees("Running, attempt 1")
    await house.bot.kill()
    house.deployment.faults.clear(FaultKind.LIVEKIT_SLOW)
    await house.bot.start()


async def _loses_the_button_and_reads_who_holds_it(house: House, robin: Person) -> None:
    """Nobody presses anything there: the button goes by itself."""
    step = await robin.sees(":lock: Not now: incident", "acts on the whole room")
    assert f"<@{SAM}> since <!date" in step
    assert robin.button("Run") is None
    assert robin.button("Held by ")
    assert "RemoveParticipant" not in changes(house)


async def _cannot_be_resolved_over_the_doubt(house: House, sam: Person) -> None:
    answer = await house.workspace.command(SAM, OPEN, "/triage", "resolve anyway")
    assert "settle it first" in str(answer.message)


async def _is_capped_over_all_incidents(house: House, robin: Person) -> None:
    """One act on a participant an hour: whoever asks, from whichever incident."""
    await _active(house, ALICE)
    await robin.starts("kick")
    step = await robin.sees(":no_entry: Not now: 1 such acts have begun in this room")
    assert "the policy allows 1. The next may begin <!date" in step
    assert robin.button("Run") is None


async def _is_counted_again_before_the_act(house: House, sam: Person) -> None:
    """Carol comes after the plan was shown: the act would disturb three by now."""
    await sam.seat.until(lambda: sam.button("Run"), "Run again")
    await house.deployment.peers["carol"].connect()
    await _active(house, CAROL)
    await sam.runs()
    await sam.sees("disturb 3 participants", "to disturb 2 (caps.participants)")
    assert sam.button("Run") is None


async def _active(house: House, identity: str) -> None:
    """Wait until they are in the room with data flowing: only those are disturbed."""

    def active() -> bool:
        session = house.deployment.rooms.session(ROOM, identity)
        return session is not None and session.state == ParticipantInfo.ACTIVE

    await house.deployment.wait_for(active, 30)


async def test_a_button_lives_on_fresh_facts_and_a_dry_run_touches_nothing(
    tmp_path: Path,
) -> None:
    async with policed(tmp_path) as house:
        robin, sam = Person(house, ROBIN, OPEN), Person(house, SAM, OPEN)
        await robin.opens()
        await robin.hears_of_both()
        await _only_the_person_sees_the_dry_run(house, sam)
        await _a_terminal_shows_it_too(house, tmp_path)
        assert changes(house) == []
        await robin.starts("ageing")
        await robin.seat.until(lambda: robin.button("Run"), "a button that lives")
        house.deployment.faults.set(FaultKind.LIVEKIT_HANGING)
        await robin.sees("was seen too long ago: the bot is looking again")
        assert robin.button("Run") is None
        house.deployment.faults.clear(FaultKind.LIVEKIT_HANGING)
        await robin.seat.until(lambda: robin.button("Run"), "the button to come back")
        assert changes(house) == []


async def _only_the_person_sees_the_dry_run(house: House, sam: Person) -> None:
    before = [told(m) for m in sam.sight.thread()]
    answer = await house.workspace.command(
        SAM, OPEN, "/triage", "runbook kick --dry-run"
    )
    assert "Dry run, nothing is touched" in str(answer.message)
    await sam.seat.until(
        lambda: "Nothing was done, kept or held" in whispered(house, SAM), "its end"
    )
    said = whispered(house, SAM)
    assert f"*It touches:* {ALICE}'s session PA_" in said
    assert "*What that means:* One participant is offline for up to 30 s." in said
    assert "[Run] [Look again] [Skip] [It failed]" in said
    assert "_By the policy it needs no approval._" in said
    assert whispered(house, ROBIN) == ""
    assert [told(m) for m in sam.sight.thread()] == before


async def _a_terminal_shows_it_too(house: House, folder: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run", "--dry-run", "kick"),
        *("--room", ROOM, "--participant", ALICE),
        env={**os.environ, **house.bot.environment},
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = (text.decode() for text in await process.communicate())
    assert (process.returncode, err) == (0, "")
    assert f"It touches:* {ALICE}'s session PA_" in out
    assert "[Run] [Look again] [Skip] [It failed]" in out
    assert "\nBy the policy it needs no approval.\n" in out
    assert "Dry run ended: nothing was touched." in out
    assert _left_behind(folder) == []


def _left_behind(folder: Path) -> list[Path]:
    return list(folder.glob("*dry*"))
