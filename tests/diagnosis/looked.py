"""What the opening checks see of a simulated deployment, by the true wires.

Each situation is staged once a process, with its faults, and looked at by the checks
that every new incident runs, through the bot's own clients.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from bot.checks import CHECKS
from bot.core.evidence import witnessed
from rehearsal.cohrtz import PeerSettings
from rehearsal.cohrtz.claims import Asked, claims_for, mint
from tests.diagnosis.given import PEOPLE
from tests.fakes.stage import Stage, staging
from tests.fakes.tokens import API_KEY
from tests.fakes.world import ALICE, ROOM

OPENING = [name for name, check in CHECKS.items() if check.ON_OPEN]
AMPERSAND = "R&D"
HOURS = 6 * 3600
LOSSES = 3
SPEED = 20.0
"""Slow, so that a loaded machine drops no webhook as too old: nothing waits here."""


async def everybody(stage):
    for peer in stage.deployment.peers.values():
        await peer.connect()
    await stage.told(len(stage.deployment.peers))


async def others(stage):
    """Let all connect but Alice, whose device has no way out."""
    for name, peer in stage.deployment.peers.items():
        if name != "alice":
            await peer.connect()
    await stage.told(len(PEOPLE) - 1)


async def with_an_old_token(stage):
    """Let Alice try with a token from before the secret was rotated."""
    await others(stage)
    claims = claims_for(
        Asked(ROOM, ALICE), API_KEY, int(datetime.now(UTC).timestamp()), HOURS
    )
    alice = stage.deployment.peers["alice"]
    alice.hold(ROOM, mint(claims, "the secret that was there before the rotation"))
    await alice.connect()
    assert alice.session(ROOM) is None


async def alone(stage):
    await stage.deployment.peers["alice"].connect()
    await stage.told(1)


async def looping(stage):
    """Let Alice's session end again and again, as the app itself gives it up."""
    await everybody(stage)
    alice = stage.deployment.peers["alice"]
    for _ in range(LOSSES):
        alice.lose()
        await _again(stage, alice.device)


async def on_two_devices(stage):
    """Let two devices throw each other out."""
    await everybody(stage)
    alice = stage.deployment.peers["alice"]
    second = await alice.second_device()
    await stage.told(len(PEOPLE) + 2)
    for device in (alice.device, second):
        await _again(stage, device)


async def _again(stage, device):
    """Let a device join, until the end of the session before and the join are told."""
    known = len(stage.transitions.record)
    await device.connect(ROOM)
    await stage.told(known + 2)


@dataclass(frozen=True)
class Situation:
    """Who does what in the deployment, which fault begins then, and in which room."""

    happens: Callable[[Stage], Awaitable[None]] = everybody
    fault: str | None = None
    room: str = ROOM

    def facts(self):
        """Return what the opening checks see."""
        return _seen(self)


FINE = Situation()
"""Three people are in the room and nothing is wrong with the server's side."""
ABSENT = Situation(others)
OLD_TOKEN = Situation(with_an_old_token)
ALONE = Situation(alone)
LOOP = Situation(looping)
TWO_DEVICES = Situation(on_two_devices)
SPELLED = Situation(room=AMPERSAND)


def broken(fault):
    """Return the situation in which this fault began after all had come."""
    return Situation(fault=fault)


@cache
def _seen(situation):
    return asyncio.run(_look(situation))


async def _look(situation):
    people = {
        name: PeerSettings(identity=identity, rooms=(situation.room,))
        for name, identity in PEOPLE.items()
    }
    async with staging(people, speed=SPEED) as stage:
        await situation.happens(stage)
        if situation.fault:
            stage.break_it(situation.fault)
        looks = [_fact_of(stage, name, situation.room) for name in OPENING]
        return [fact for facts in await asyncio.gather(*looks) for fact in facts]


async def _fact_of(stage, name, room):
    finding = await stage.look(name, room=room)
    return witnessed(finding, source=name, at=datetime.now(UTC)).facts
