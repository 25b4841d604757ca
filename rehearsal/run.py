"""`triage rehearse`: puts everything up, plays one incident, and keeps serving."""

import asyncio
import difflib
import itertools
import signal
import time
from collections.abc import Mapping
from pathlib import Path

from bot.errors import BotError, UsageError
from rehearsal.keepsake import leave_summaries
from rehearsal.narrator import Narrator
from rehearsal.options import RehearsalOptions
from rehearsal.panel import Panel
from rehearsal.player import Player
from rehearsal.scenario import Scenario, read_all
from rehearsal.stagehands import House, begin, put_up

FOLDER = Path(".rehearsal")


async def rehearse(options: RehearsalOptions) -> int:
    """Rehearse as asked; return 0 if the played incident ended resolved."""
    narrator, scenarios = Narrator(), read_all()
    if options.only_list:
        for slug, scene in scenarios.items():
            narrator.note(f"{slug:<28} {scene.title}")
        return 0
    scene = _chosen(options.scenario, scenarios)
    folder = options.folder or own_folder(FOLDER, time.strftime("%Y%m%d-%H%M%S"))
    folder.mkdir(parents=True, exist_ok=True)
    stop = _stop_signal()
    panel = Panel()
    async with put_up(options, scene, folder, panel.routes()) as house:
        panel.house = house
        resolved = await _until_done(house, narrator, options, stop)
        names = _names(house)
    for summary in await leave_summaries(folder, names):
        narrator.note(f"The summary is in {summary}")
    return 0 if resolved else 1


async def _until_done(
    house: House, narrator: Narrator, options: RehearsalOptions, stop: asyncio.Event
) -> bool:
    _greet(house, narrator)
    playing = asyncio.create_task(_play(house, narrator, options))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({playing, stopping}, return_when=asyncio.FIRST_COMPLETED)
    if not playing.done():
        # Whoever ends it had their reason: that is no failure of the rehearsal.
        playing.cancel()
        stopping.cancel()
        await asyncio.gather(playing, return_exceptions=True)
        narrator.note("Ended.")
        return not options.exit
    resolved = playing.result()
    if not options.exit:
        narrator.note()
        narrator.note(f"Now it is your turn: open {house.slack.page_url}")
        narrator.note("Press Ctrl-C to end.")
        await stopping
    stopping.cancel()
    return resolved


async def _play(house: House, narrator: Narrator, options: RehearsalOptions) -> bool:
    await begin(house)
    narrator.say("The bot", "is up and talks to the simulated Slack.")
    if not options.play:
        return True
    player = Player(house, narrator)
    try:
        await player.play()
    except BotError as error:
        narrator.note(f"The rehearsal stopped: {error}")
        narrator.note(f"The bot's log is in {house.folder / 'bot.log'}")
        return False
    return player.resolved()


def _greet(house: House, narrator: Narrator) -> None:
    narrator.note(f"Rehearsing: {house.scenario.title}")
    narrator.note(f"The simulated Slack is at {house.slack.page_url}")
    narrator.note(f"The database and the bot's log are in {house.folder}")
    if house.scenario.files:
        narrator.note(f"The files to drop into the thread are in {house.files}")
    narrator.note()


def own_folder(under: Path, name: str) -> Path:
    """Make a folder that nobody else has: of that name, or with a number after it."""
    numbered = (f"{name}.{number}" for number in itertools.count(2))
    folders = (under / one for one in itertools.chain([name], numbered))
    return next(filter(_made, folders))


def _made(folder: Path) -> bool:
    """Make it; say whether nobody had before."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return False
    return True


def _chosen(slug: str, known: Mapping[str, Scenario]) -> Scenario:
    if slug in known:
        return known[slug]
    close = difflib.get_close_matches(slug, known, n=1)
    guess = f" Did you mean {close[0]!r}?" if close else ""
    raise UsageError(f"There is no scenario {slug!r}.{guess} See --list.")


def _names(house: House) -> dict[str, str]:
    people = house.workspace.state.directory.people
    return {id_: person.real_name for id_, person in people.items()}


def _stop_signal() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
