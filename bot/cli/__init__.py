"""The commands of `triage` that need neither Slack nor the rehearsal, one a module."""

from bot.cli import lint, logs, templates
from bot.cli.shape import Command

COMMANDS: tuple[Command, ...] = (lint, logs, templates)
