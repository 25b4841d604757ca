"""Bundles as files: one JSON document each, read with care, written whole."""

import json
import os
from pathlib import Path
from typing import Final, TypeVar

from pydantic import ValidationError

from bot.core.bundle import Bundle, TrailBundle
from bot.errors import UsageError

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of a bundle that are read; an incident of 5,000 events has a fifth of that."""

B = TypeVar("B", bound=TrailBundle)


def read_bundle(path: Path, kind: type[B]) -> B:
    """Read a bundle, or the part of it that `kind` names; raise UsageError."""
    try:
        with path.open("rb") as file:
            text = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    if len(text) > LARGEST:
        raise UsageError(f"{path} is larger than any bundle ({LARGEST} bytes).")
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise UsageError(f"{path} is not a bundle: {_why(error)}") from None


def written(bundle: Bundle) -> str:
    """Return the bundle's text: a line for each value, so that changes can be read."""
    document = bundle.model_dump(mode="json")
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def write_new(path: Path, text: str) -> None:
    """Write a file that only its owner can read; UsageError if there is one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(
            f"{path} is there already; name another file with --output."
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from None


def _why(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg']}." if place else f"{first['msg']}."
