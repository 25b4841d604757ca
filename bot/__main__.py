"""The `triage` command: serve, rehearse, manifest, and those of bot/cli.

Diagnostics go to standard error, what was asked for to standard output. Exit code 0:
it did its job; 1: what it looked at is bad; 2: it was called wrongly. `serve`, which a
supervisor runs, ends with a code of sysexits.h instead (bot/errors.py).
"""

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from bot import logs
from bot.cli import COMMANDS
from bot.errors import IO, BotError, SettingsError
from bot.settings import read_settings
from handlers import export, replay
from handlers import run as dry_run
from handlers.manifest import manifest
from handlers.serve import serve
from rehearsal.options import RehearsalOptions
from rehearsal.run import rehearse

CANNOT = 2
CUT_OFF = 141
"""As a shell says of a program that wrote to a closed pipe: 128 and SIGPIPE."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the process's exit code."""
    options = _parser().parse_args(arguments)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads has enough, as `head` does; Python would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CUT_OFF
    except SettingsError as error:
        print(f"triage cannot start:\n{error}", file=sys.stderr)  # noqa: T201  the command line
        return CANNOT
    except BotError as error:
        print(f"triage: {error}", file=sys.stderr)  # noqa: T201  the command line
        return CANNOT
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="triage", description="Incident triage for Cohrtz rooms, in Slack."
    )
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add(verbs, "serve", "run the bot with the settings of the environment", _serve)
    _add_rehearse(verbs)
    _add_manifest(verbs)
    for command in (*COMMANDS, export, replay, dry_run):
        verb = _add(verbs, command.NAME, command.ABOUT, command.run)
        command.add_arguments(verb)
    return parser


# argparse has no public name for what add_subparsers gives.
Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  see above
Runner = Callable[[argparse.Namespace], int]


def _add(verbs: Verbs, name: str, about: str, run: Runner) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=about, description=about)
    verb.set_defaults(run=run)
    return verb


def _add_rehearse(verbs: Verbs) -> None:
    about = "play an incident on a simulated Slack and Cohrtz, then let you play"
    verb = _add(verbs, "rehearse", about, _rehearse)
    verb.add_argument(
        "scenario", nargs="?", default="expired-token", help="a page's name"
    )
    verb.add_argument(
        "--exit", action="store_true", help="end after the played incident"
    )
    verb.add_argument("--list", action="store_true", help="list the scenarios")
    verb.add_argument("--no-play", action="store_true", help="play nothing by itself")
    verb.add_argument("--transport", choices=("http", "socket"), default="http")
    verb.add_argument("--port", type=int, default=0, help="the page's port")
    verb.add_argument("--folder", type=Path, help="where the database goes")


def _add_manifest(verbs: Verbs) -> None:
    verb = _add(verbs, "manifest", "print the Slack app's manifest", _manifest)
    verb.add_argument("--http", metavar="URL", help="for HTTP, at this public address")


def _serve(_: argparse.Namespace) -> int:
    try:
        settings = read_settings()
        logs.set_up(settings.log_format)
        return asyncio.run(serve(settings))
    except BotError as error:
        print(f"triage cannot start:\n{error}", file=sys.stderr)  # noqa: T201  the terminal
        return error.EXIT
    except OSError as error:
        print(f"triage cannot start:\n{_of_the_system(error)}", file=sys.stderr)  # noqa: T201  the terminal
        return IO


def _of_the_system(error: OSError) -> str:
    where = f" ({error.filename})" if error.filename else ""
    return f"The system refused{where}: {error.strerror or type(error).__name__}."


def _rehearse(options: argparse.Namespace) -> int:
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


def _manifest(options: argparse.Namespace) -> int:
    print(json.dumps(manifest(options.http), indent=2, sort_keys=True))  # noqa: T201  asked for
    return 0


if __name__ == "__main__":
    sys.exit(main())
