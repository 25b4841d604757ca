"""`triage erase INCIDENT SEQ --by WHO --why WORDS`: erase the words of an event."""

import argparse
import asyncio
import logging

from bot import app, logs
from bot.cli.shape import tell
from bot.core.incident.erasing import Erase
from bot.core.incident.refusal import NotNow
from bot.errors import UsageError
from bot.settings import Settings, read_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the event, who erases its words, and why."""
    parser.add_argument("incident", help="the incident's id")
    parser.add_argument("seq", type=int, help="the event's number")
    parser.add_argument("--by", required=True, help="who erases; goes on record")
    parser.add_argument("--why", required=True, help="why; goes on record")


def run(options: argparse.Namespace) -> int:
    """Erase, and tell which events lost their words."""
    settings = read_settings()
    logs.set_up("text", logging.WARNING)
    wish = Erase(options.seq, options.by, app.now(), options.why)
    erased = asyncio.run(_erase(settings, options.incident, wish))
    for seq in erased:
        tell(f"The words of event {seq} are erased; its link in the trail stays.")
    tell("Slack is redrawn when the bot runs. Backups of before still have the words.")
    return 0


async def _erase(settings: Settings, incident: str, wish: Erase) -> tuple[int, ...]:
    async with app.build(settings) as bot:
        try:
            return await bot.service.erase(incident, wish)
        except NotNow as refused:
            raise UsageError(refused.reason) from None
