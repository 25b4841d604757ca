"""`triage run --dry-run PAGE --room R`: what a runbook would do, in a terminal."""

import argparse
import asyncio
import base64
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from bot import app, logs
from bot.cli.shape import tell
from bot.core.incident.events import Event
from bot.core.incident.state import Incident
from bot.core.runbook.pages import Library, Runbook
from bot.errors import UsageError
from bot.settings import Settings, read_settings
from handlers.render.dry_run import for_terminal
from handlers.render.message import Catalogue, Message, wanted
from handlers.reports import report_of

BY = "the terminal"
_NOT_HERE = (
    "triage run does nothing without --dry-run: what disturbs somebody is run in "
    "Slack, by a press of somebody whom the policy lets."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a page, and what it would be run for."""
    parser.add_argument("page", help="the page's slug, as `triage lint` knows it")
    parser.add_argument("--dry-run", action="store_true", help="the only way there is")
    parser.add_argument("--room", required=True, help="the room that it is about")
    parser.add_argument("--participant", help="the participant who has the problem")


def run(options: argparse.Namespace) -> int:
    """Print each message as it would be; 0 whatever the looks say."""
    if not options.dry_run:
        raise UsageError(_NOT_HERE)
    logs.set_up("text", logging.WARNING)
    asyncio.run(_tell(read_settings(), options))
    return 0


async def _tell(settings: Settings, options: argparse.Namespace) -> None:
    tell("Dry run: what only looks is run, nothing is touched, nothing is kept.")
    with TemporaryDirectory(prefix="triage-dry-run-") as folder:
        async with app.build(_apart(settings, Path(folder))) as bot:
            async for message in _messages(bot, options):
                tell(f"\n--- {message.part}")
                tell(for_terminal(message))
    tell("\nDry run ended: nothing was touched. Locks and caps are the running bot's.")


def _apart(settings: Settings, folder: Path) -> Settings:
    """Return settings with a database and keys that are gone afterwards."""
    key = base64.b64encode(os.urandom(32)).decode()
    changes = {
        "database": folder / "dry-run.db",
        "data_key": SecretStr(f"dry-run:{key}"),
        "data_key_file": None,
        "signing_key": None,
        "signing_key_file": None,
    }
    return settings.model_copy(update=changes)


async def _messages(
    bot: app.Bot, options: argparse.Namespace
) -> AsyncIterator[Message]:
    book = _chosen(bot.library, options.page)
    report = report_of(room=options.room, participant=options.participant)
    state, events = await bot.dry_run.imagined(report, by=BY)
    catalogue = _catalogue(bot)
    for message in _parts(state, events, catalogue, {"card", "checks", "ranking"}):
        yield message
    async for at in bot.dry_run.walk(state, events, book, by=BY):
        part = f"step:{at.step.ref.run}:{at.step.number}"
        for message in _parts(at.state, at.events, catalogue, {part}):
            yield message


def _parts(
    state: Incident, events: tuple[Event, ...], catalogue: Catalogue, names: set[str]
) -> list[Message]:
    return [one for one in wanted(state, events, catalogue) if one.part in names]


def _chosen(library: Library, slug: str) -> Runbook:
    if slug not in library:
        raise UsageError(f"There is no page {slug}. There are: {', '.join(library)}.")
    return library[slug]


def _catalogue(bot: app.Bot) -> Catalogue:
    return Catalogue(
        titles=app.titles(),
        library=bot.library,
        effects=app.effects(),
        yields=bot.service.rules.yields,
        on_request=app.on_request(),
    )
