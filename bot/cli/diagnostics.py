"""`triage diagnostics secret ROOM`: the secret with which a room's devices post."""

import argparse

from bot.cli.shape import tell
from bot.clients.diagnostics import NAME_LIMIT, room_secret
from bot.errors import UsageError
from bot.settings import read_room_secrets


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is asked for, and the room."""
    parser.add_argument("what", choices=("secret",), help="what to tell")
    parser.add_argument("room", help="the room's name on the LiveKit server")


def run(options: argparse.Namespace) -> int:
    """Print the room's secret; it is good until TRIAGE_DIAGNOSTICS_SECRET changes."""
    if not 0 < len(options.room) <= NAME_LIMIT:
        raise UsageError(f"A room's name has 1 to {NAME_LIMIT} characters.")
    tell(room_secret(read_room_secrets()[0], options.room))
    return 0
