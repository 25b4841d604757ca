"""The commands of `triage` that need neither Slack nor the rehearsal, one a module."""

from bot.cli import check, diagnostics, erase, lint, schema, verify
from bot.cli.shape import Command

COMMANDS: tuple[Command, ...] = (check, diagnostics, erase, lint, schema, verify)
