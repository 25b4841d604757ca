"""The `triage` command: serve, rehearse, manifest, and those of bot/cli.

Diagnostics go to standard error, what was asked for to standard output. Exit code 0:
it did its job; 1: what it looked at is bad; 2: it was called wrongly. `serve`, which a
supervisor runs, ends with a code of sysexits.h instead (bot/errors.py).
"""

import argparse
import errno
import os
import sys
import traceback
from collections.abc import Sequence
from types import TracebackType

from bot.cli import COMMANDS
from bot.cli.shape import Listed, warn
from bot.errors import BotError, SettingsError

CANNOT = 2
CUT_OFF = 141
"""As a shell says of a program that wrote to a closed pipe: 128 and SIGPIPE."""

ALL: tuple[Listed, ...] = (
    Listed(
        "serve",
        "handlers.start",
        "run the bot with the settings of the environment",
    ),
    Listed(
        "rehearse",
        "rehearsal.command",
        "play an incident on a simulated Slack and Cohrtz, then let you play",
    ),
    Listed("manifest", "handlers.manifest", "print the Slack app's manifest"),
    *COMMANDS,
    Listed(
        "export",
        "handlers.export",
        "write an incident as a bundle that others can check and draw again",
    ),
    Listed(
        "replay",
        "handlers.replay",
        "draw an exported incident again and compare it, byte for byte",
    ),
    Listed(
        "run",
        "handlers.run",
        "walk through a runbook without touching anything",
    ),
)
"""Every command, by its word: here alone are those of bot/, handlers/ and rehearsal/
joined."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the process's exit code."""
    _hold_standard_streams()
    sys.excepthook = _died
    given = sys.argv[1:] if arguments is None else arguments
    options = _parser(_called(given)).parse_args(given)
    try:
        code = int(options.run(options))
        sys.stdout.flush()
    except BrokenPipeError:  # whoever reads has enough, as `head` does
        _let_python_end()
        return CUT_OFF
    except OSError as error:
        if error.errno != errno.EBADF:
            raise
        _let_python_end()
        warn("triage: Standard output is closed. Open it.")
        return CANNOT
    except SettingsError as error:
        warn(f"triage cannot start:\n{error}")
        return CANNOT
    except BotError as error:
        warn(f"triage: {error}")
        return CANNOT
    return code


def _hold_standard_streams() -> None:
    """Let no file get the number of a stream that was closed, such as the database.

    Whatever writes to standard error would write into it. There is nobody to read what
    goes there then; what goes to standard output fails, so that it is told.
    """
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest number that is free
    sys.stdout = sys.stdout or open(1, "w", closefd=False)  # noqa: SIM115  it stays
    sys.stderr = sys.stderr or open(2, "w", closefd=False)  # noqa: SIM115  it stays


def _died(
    kind: type[BaseException], error: BaseException, at: TracebackType | None
) -> None:
    """Tell what nobody expected as Python does, with what looks like a secret blanked.

    A supervisor keeps it with the log, and an error's text may quote anything.
    """
    warn("".join(traceback.format_exception(kind, error, at)))


def _let_python_end() -> None:
    """Let what is still to be written go nowhere: Python would complain of it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _called(arguments: Sequence[str]) -> str | None:
    return next((word for word in arguments if not word.startswith("-")), None)


def _parser(called: str | None) -> argparse.ArgumentParser:
    """Return the parser; only of the command that is called are the options known."""
    parser = argparse.ArgumentParser(
        prog="triage", description="Incident triage for Cohrtz rooms, in Slack."
    )
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for listed in ALL:
        verb = verbs.add_parser(
            listed.name, help=listed.about, description=listed.about
        )
        if listed.name == called:
            command = listed.load()
            command.add_arguments(verb)
            verb.set_defaults(run=command.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
