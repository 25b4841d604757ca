"""The errors that this bot raises on purpose.

Their text is written for the person who reads it in Slack or in a terminal, so it
can be shown as it is. Anything else that is raised is a bug: it is logged whole and
answered with a reference id.

Each has the code with which a bot ends that cannot start for it, out of sysexits.h, so
that a supervisor knows whether to try again (docs/trouble.md).
"""

from typing import ClassVar

DATA, SOFTWARE, IO, TEMPORARY, CONFIG = 65, 70, 74, 75, 78
"""EX_DATAERR, EX_SOFTWARE, EX_IOERR, EX_TEMPFAIL and EX_CONFIG of sysexits.h."""


class BotError(Exception):
    """Base of every error that the bot raises on purpose."""

    EXIT: ClassVar[int] = SOFTWARE


class UsageError(BotError):
    """What was typed or filled in could not be understood."""


class Refused(BotError):  # noqa: N818  a refusal is an answer, not a fault
    """The incident is not in a state that allows this; the text says why."""


class PageError(BotError):
    """A runbook page does not say what it must; the text starts with file:line."""

    EXIT = CONFIG


class WorldError(BotError):
    """Something outside did not answer as it should."""


class StoreError(BotError):
    """The database cannot be used; the text says why and what to do."""

    EXIT = IO


class StoreDamaged(StoreError):  # noqa: N818  named for what is the case
    """The database is damaged, or no database: only a person can mend that."""

    EXIT = DATA


class StoreBusy(StoreError):  # noqa: N818  named for what is the case
    """Somebody else has the database open; that may pass by itself."""

    EXIT = TEMPORARY


class SettingsError(BotError):
    """The environment lacks a setting, or has a wrong one."""

    EXIT = CONFIG
