"""`triage schema NAME`: the JSON Schema of what a command prints, or reads."""

import argparse
import difflib
import json
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from bot.cli.shape import tell
from bot.cli.shapes import SHAPES
from bot.cohrtz.diagnostics import DiagnosticEvent
from bot.errors import UsageError

DIALECT = "https://json-schema.org/draft/2020-12/schema"
READ: frozenset[type[BaseModel]] = frozenset({DiagnosticEvent})
"""Forms that the bot reads: what has a default may be left out."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a name; without one, the names are listed."""
    parser.add_argument("name", nargs="?", help=f"one of: {', '.join(SHAPES)}")


def run(options: argparse.Namespace) -> int:
    """Print the schema; raise UsageError for a name that is not published."""
    if options.name is None:
        tell("\n".join(SHAPES))
    else:
        tell(json.dumps(schema(options.name), indent=2))
    return 0


def schema(name: str) -> Mapping[str, Any]:
    """Return the schema that is published under a name; raise UsageError."""
    shape = SHAPES.get(name)
    if shape is None:
        raise UsageError(_unknown(name))
    made = shape.model_json_schema(
        mode="validation" if shape in READ else "serialization"
    )
    return {"$schema": DIALECT, **made}


def _unknown(name: str) -> str:
    close = difflib.get_close_matches(name, SHAPES, n=1)
    meant = f" Did you mean {close[0]}?" if close else ""
    return f"There is no schema {name!r}.{meant} There are: {', '.join(SHAPES)}."
