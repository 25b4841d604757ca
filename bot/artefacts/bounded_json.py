"""JSON from a file that nobody may trust."""

import json
from pathlib import Path
from typing import Any

LIMIT = 32_000_000
"""Bytes of a file that are read as JSON."""


def read_json(path: Path) -> Any:  # noqa: ANN401  whatever JSON can say
    """Return what the file says; None for what is too large or no JSON."""
    if path.stat().st_size > LIMIT:
        return None
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError):
        return None
