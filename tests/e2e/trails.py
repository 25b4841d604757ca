"""A whole incident of the real bot, what Slack showed of it, and the command line."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from bot.__main__ import main
from bot.store.signing import own_key
from rehearsal.cohrtz.staging import stage
from rehearsal.narrator import Narrator
from rehearsal.player import Player
from rehearsal.seen import told
from rehearsal.stagehands import House
from tests.e2e.crash import Stage, mortal_house
from tests.e2e.houses import cards
from tests.e2e.mortal import TEMPER
from tests.e2e.stories import scenario_of

HEAD = re.compile(r"[Tt]rail head `([0-9a-f]{32})`(?: at event (\d+))?")
ELSEWHERE = {
    "TRIAGE_SLACK_BOT_TOKEN": "xoxb-not-used",
    "TRIAGE_SLACK_APP_TOKEN": "xapp-not-used",
    "TRIAGE_TOKEN_URL": "http://127.0.0.1:9/token",
    "TRIAGE_LIVEKIT_URL": "ws://127.0.0.1:9",
    "TRIAGE_LIVEKIT_API_KEY": "APIunused",
    "TRIAGE_LIVEKIT_API_SECRET": "not used by any of these commands",
}
"""Settings that the commands must have and never use."""


@dataclass(frozen=True)
class Played:
    """An incident that is over, and its messages as Slack had them."""

    folder: Path
    incident: str
    shown: Mapping[str, Mapping[str, Any]]
    """By part, in the order of Slack."""

    @property
    def database(self) -> Path:
        return self.folder / "triage.db"

    @property
    def public_key(self) -> str:
        return own_key(self.database).public_text

    def heads(self, part: str) -> list[tuple[str, str]]:
        """Return the heads that a message shows, each with its event's number."""
        return HEAD.findall(told(self.shown[part]))


async def nothing(_: House, __: Played) -> None:
    """Do nothing more."""


Then = Callable[[House, Played], Awaitable[None]]


async def play(folder: Path, then: Then = nothing) -> Played:
    """Play the expired-token incident to its end, and do `then` while the bot runs.

    Return what Slack shows after that.
    """
    scenario = scenario_of("expired-token")
    async with mortal_house(folder, scenario, Stage()) as house:
        await house.bot.start()
        await stage(house.deployment, scenario.faults)
        await Player(house, Narrator(lambda _: None), TEMPER).play()
        await house.bot.quiet()
        await then(house, seen(house, folder))
        return seen(house, folder)


def seen(house: House, folder: Path) -> Played:
    """Return what Slack shows."""
    (card,) = cards(house)
    thread = house.workspace.messages(house.channel, card["ts"])
    ours = [one for one in thread if one.get("metadata")]
    payloads = [one["metadata"]["event_payload"] for one in ours]
    shown = {p["part"]: one for p, one in zip(payloads, ours, strict=True)}
    return Played(folder, payloads[0]["incident"], shown)


@contextmanager
def at_the_desk(database: Path) -> Iterator[None]:
    """Give commands the environment of the machine on which the bot runs."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TRIAGE_")}
    settings = {**ELSEWHERE, "TRIAGE_DATABASE": str(database)}
    with (
        mock.patch.dict(os.environ, {**kept, **settings}, clear=True),
        mock.patch("bot.logs.set_up"),  # it is for the process's whole life
    ):
        yield


def triage(played: Played, *arguments: object) -> int:
    """Run `triage`, and return its exit code."""
    with at_the_desk(played.database):
        return main([str(one) for one in arguments])


def exported(played: Played, name: str = "bundle.json") -> Path:
    path = played.folder / name
    assert triage(played, "export", played.incident, "--output", path) == 0
    return path


async def export_while_it_runs(_: House, played: Played) -> None:
    await asyncio.to_thread(exported, played)
