"""`triage export INCIDENT`: an incident as a bundle, to be checked and drawn again."""

import argparse
import asyncio
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from bot import app
from bot.bundles import write_new, written
from bot.cli.shape import tell, warn
from bot.core.bundle import FORMAT, Bundle, Posted, Setting
from bot.core.runbook.pages import Library
from bot.engine.rows import events_from
from bot.engine.trail import kept_of
from bot.errors import StoreError, UsageError
from bot.keys import key_source
from bot.pages import load_library
from bot.settings import Settings, read_settings
from bot.store.archive import open_archive
from bot.store.migrate import migrations
from bot.store.rows import Drawing
from handlers.render.replay import digest_of, replay

STDOUT = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take an incident, and where its bundle goes."""
    parser.add_argument("incident", help="the incident's id")
    parser.add_argument(
        "--output", help="the file to write, - for standard output; incident-ID.json"
    )


def run(options: argparse.Namespace) -> int:
    """Write the bundle; it holds all that the incident holds."""
    settings = read_settings()
    bundle = asyncio.run(exported(settings, options.incident, app.now()))
    if options.output == STDOUT:
        tell(written(bundle).rstrip("\n"))
    else:
        path = Path(options.output or f"incident-{bundle.incident}.json")
        write_new(path, written(bundle))
        tell(f"{path}: {len(bundle.events)} events, {len(bundle.messages)} messages.")
    for part in _not_shown(bundle):
        warn(f"Slack does not show the message {part} as it is drawn here.")
    return 0


async def exported(settings: Settings, incident: str, at: datetime) -> Bundle:
    """Read an incident beside a bot that may be running; raise UsageError, StoreError.

    Raises StoreError if its trail is not whole, as of an incident from before there
    was one, or of one that is being opened this very moment.
    """
    library = load_library(settings.runbooks)
    async with open_archive(settings.database, key_source(settings)) as archive:
        kept = await archive.incident(incident)
    if not kept.events:
        raise UsageError(f"There is no incident {incident}.")
    if len(kept.links) != len(kept.events):
        raise StoreError(
            "Its trail is not whole yet: start this version of the bot, or if it runs, "
            "try again in a moment."
        )
    setting = _setting(settings, library)
    drawn = replay(incident, events_from(kept.events, kept.links), setting)
    return Bundle(
        format=FORMAT,
        incident=incident,
        events=tuple(map(kept_of, kept.events, kept.links)),
        versions={"bot": version("cohrtz-triage"), "schema": str(len(migrations()))},
        exported_at=at,
        setting=setting,
        frames=drawn.frames,
        messages=drawn.messages,
        summary=drawn.summary,
        posted=tuple(map(_posted, kept.drawings)),
    )


def _setting(settings: Settings, library: Library) -> Setting:
    return Setting(
        titles=app.titles(),
        effects=app.effects(),
        yields=app.rules(settings, library).yields,
        pages=library,
        on_request=app.on_request(),
    )


def _posted(drawing: Drawing) -> Posted:
    return Posted(
        part=drawing.part,
        channel=drawing.channel,
        ts=drawing.ts,
        thread_ts=drawing.thread_ts,
        digest=drawing.digest,
        state=drawing.state,
    )


def _not_shown(bundle: Bundle) -> list[str]:
    """Name the messages that Slack shows otherwise, or does not show (yet)."""
    shown = {one.part: one.digest for one in bundle.posted if one.state == "drawn"}
    return [
        one.part for one in bundle.messages if shown.get(one.part) != digest_of(one)
    ]
