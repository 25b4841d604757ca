"""The errors that this bot raises on purpose.

Their text is written for the person who reads it in Slack or in a terminal, so it
can be shown as it is. Anything else that is raised is a bug: it is logged whole and
answered with a reference id.
"""


class BotError(Exception):
    """Base of every error that the bot raises on purpose."""


class UsageError(BotError):
    """What was typed or filled in could not be understood."""


class Refused(BotError):  # noqa: N818  a refusal is an answer, not a fault
    """The incident is not in a state that allows this; the text says why."""


class PageError(BotError):
    """A runbook page does not say what it must; the text starts with file:line."""


class WorldError(BotError):
    """Something outside did not answer as it should."""


class StoreError(BotError):
    """The database cannot be used; the text says why and what to do."""


class SettingsError(BotError):
    """The environment lacks a setting, or has a wrong one."""
