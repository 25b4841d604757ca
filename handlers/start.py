"""`triage serve`: read the settings, set logging up, and run until SIGTERM."""

import argparse
import asyncio

from bot import logs
from bot.errors import IO, BotError
from bot.settings import read_settings
from handlers.serve import serve


def add_arguments(_: argparse.ArgumentParser) -> None:
    """Take nothing: the environment says it all."""


def run(_: argparse.Namespace) -> int:
    """Serve; the exit code is one of sysexits.h (bot/errors.py), for a supervisor."""
    try:
        settings = read_settings()
        logs.set_up(settings.log_format)
        return asyncio.run(serve(settings))
    except BotError as error:
        logs.say(f"triage cannot start:\n{error}")
        return error.EXIT
    except OSError as error:
        logs.say(f"triage cannot start:\n{_of_the_system(error)}")
        return IO


def _of_the_system(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"The system refused{where}: {error.strerror or type(error).__name__}."
