"""People ask for bundles of incidents, and what must hold of each that is sent."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from random import Random

from bot.core.bundle import TrailBundle
from bot.core.trail.audit import audit
from rehearsal.slack import Workspace
from tests.simulation.deeds import Deeds
from tests.simulation.kept import Told
from tests.simulation.people import CHANNEL, MEMBERS, OTHERS

SPACING = 8.0
"""Seconds between two wishes for a bundle, on average."""
WHAT = "/triage export"
BEGUN = "I write its bundle"
"""How the bot answers whoever is to be sent one."""
FAILED = "was not sent"
"""What it says to whoever is sent none after all."""


class Exporting:
    """Asks for the channel's incident now and then, if there is one."""

    def __init__(self, workspace: Workspace, deeds: Deeds, chance: Random) -> None:
        self._workspace = workspace
        self._deeds = deeds
        self._chance = chance

    async def make(self, number: int) -> None:
        """Ask so many times; whoever is on call may, and others do as well."""
        for _ in range(number):
            await asyncio.sleep(self._chance.expovariate(1 / SPACING))
            user = self._chance.choice((*MEMBERS, *MEMBERS, *OTHERS))
            with self._deeds.noted(user, WHAT) as deed:
                command = self._workspace.command
                deed.came_to(await command(user, CHANNEL, "/triage", "export"))


@dataclass(frozen=True)
class Sent:
    """A bundle, as it lies with whoever was sent it."""

    user: str
    content: str


def wrong_exports(
    workspace: Workspace, deeds: Deeds, incidents: Iterable[Told], *, disturbed: bool
) -> Iterator[str]:
    """Say which bundles are not whole, are another's, or never came.

    `disturbed`: the bot died or could not keep what is to be said, so one may be lost.
    """
    by_id = {told.head.incident: told for told in incidents}
    asked = [deed for deed in deeds.all if deed.what == WHAT]
    may = {deed.user for deed in asked if deed.user in MEMBERS}
    came: Counter[str] = Counter()
    for sent in _sent(workspace):
        came[sent.user] += 1
        if sent.user not in may:
            yield f"{sent.user} may not be sent a bundle, or did not ask for one"
        yield from _wrong_bundle(sent, by_id)
    begun = Counter(deed.user for deed in asked if BEGUN in deed.told)
    for user, times in () if disturbed else begun.items():
        if came[user] + _refused(workspace, user) < times:
            yield f"{user} was to be sent {times} bundles: {came[user]} came"


def _sent(workspace: Workspace) -> Iterator[Sent]:
    for channel, place in workspace.channels.items():
        if not place.is_im:
            continue
        for message in workspace.messages(channel):
            for file in message.get("files", ()):
                content = workspace.state.files.get(file["id"]).content.decode()
                yield from (Sent(one, content) for one in _people(place.members))


def _people(members: Iterable[str]) -> Iterator[str]:
    return (one for one in members if one in (*MEMBERS, *OTHERS))


def _wrong_bundle(sent: Sent, by_id: dict[str, Told]) -> Iterator[str]:
    bundle = TrailBundle.model_validate(json.loads(sent.content))
    told = by_id.get(bundle.incident)
    if told is None:
        yield f"{sent.user} was sent a bundle of no incident: {bundle.incident}"
        return
    yield from audit(bundle.incident, bundle.events, [told.signed_by]).problems
    links = [one.link for one in bundle.events]
    if links != [one.link for one in told.entries[: len(links)]]:
        yield f"the bundle of {bundle.incident} does not hold its events"


def _refused(workspace: Workspace, user: str) -> int:
    """Count how often somebody was told that their bundle was not sent."""
    said = list(workspace.ephemerals(user))
    for channel, place in workspace.channels.items():
        if place.is_im and user in place.members:
            said += workspace.messages(channel)
    return sum(FAILED in str(message.get("text", "")) for message in said)
