"""`triage rehearse`: what may follow the word, and what is done."""

import argparse
import asyncio
import logging
from pathlib import Path

from bot import logs
from rehearsal.options import RehearsalOptions
from rehearsal.run import rehearse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take the scenario, and how to play it."""
    parser.add_argument(
        "scenario", nargs="?", default="expired-token", help="a page's name"
    )
    parser.add_argument(
        "--exit", action="store_true", help="end after the played incident"
    )
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--no-play", action="store_true", help="play nothing by itself")
    parser.add_argument("--transport", choices=("http", "socket"), default="http")
    parser.add_argument("--port", type=int, default=0, help="the page's port")
    parser.add_argument("--folder", type=Path, help="where the database goes")


def run(options: argparse.Namespace) -> int:
    """Rehearse; 0 if the played incident ended resolved."""
    logs.set_up("text", logging.WARNING)
    return asyncio.run(
        rehearse(
            RehearsalOptions(
                scenario=options.scenario,
                exit=options.exit,
                only_list=options.list,
                play=not options.no_play,
                transport=options.transport,
                port=options.port,
                folder=options.folder,
            )
        )
    )
