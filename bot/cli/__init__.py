"""The commands of `triage` that need neither Slack nor the rehearsal, one a module."""

from bot.cli import (
    bundle,
    check,
    coverage,
    diagnostics,
    erase,
    imports,
    lint,
    logs,
    packets,
    policy,
    rotate_keys,
    schema,
    templates,
    verify,
)
from bot.cli.shape import Command

COMMANDS: tuple[Command, ...] = (
    bundle,
    check,
    coverage,
    diagnostics,
    erase,
    imports,
    lint,
    logs,
    packets,
    policy,
    rotate_keys,
    schema,
    templates,
    verify,
)
