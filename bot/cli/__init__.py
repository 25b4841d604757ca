"""The commands of `triage` that need neither Slack nor the rehearsal, one a module."""

from bot.cli import bundle, lint
from bot.cli.shape import Command

COMMANDS: tuple[Command, ...] = (bundle, lint)
