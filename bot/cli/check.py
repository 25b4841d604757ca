"""`triage check backup`: is a backup complete, and do its parts belong together?"""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.artefacts.backup_contents import in_folder, in_zip, is_zip
from bot.cli.shape import tell, tell_json
from bot.cohrtz import plain
from bot.cohrtz.backup import (
    RULE,
    WARNING,
    WORDS,
    Backup,
    Completeness,
    Held,
    judge,
    read_listing,
)
from bot.cohrtz.listing import Entry, Listing
from bot.errors import UsageError

LISTING_LIMIT = 5_000_000
"""Bytes of a listing that are read."""
NAME_SHOWN = 15
"""Characters of a file's name that are shown: all of them would let one in a room."""
STDIN = "-"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take what is to be checked, and where it is."""
    things = parser.add_subparsers(required=True, metavar="THING")
    about = "is a backup complete, and do its parts belong together?"
    backup = things.add_parser("backup", help=about, description=about)
    backup.add_argument(
        "path",
        help="a folder, a zip, or a text file that lists the files as ls -l, dir, "
        "find, unzip -l or tar tv do; - reads the listing from standard input",
    )
    backup.add_argument("--room", help="the data room that must be in it")
    backup.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print what was found of each part, and the verdict; 0 only if it is complete."""
    try:
        listing = _listing(options.path)
    except OSError as error:
        raise UsageError(f"{options.path}: {error.strerror}") from error
    backup = judge(listing, options.room)
    if options.json:
        tell_json(document(backup))
    else:
        _tell(backup)
    return 0 if backup.verdict is Completeness.COMPLETE else 1


def _listing(given: str) -> Listing:
    if given == STDIN:
        return _read(sys.stdin.buffer.read(LISTING_LIMIT + 1))
    path = Path(given)
    if path.is_dir():
        return in_folder(path)
    if not path.is_file():
        raise UsageError(f"{given}: there is no such folder, zip or listing")
    if is_zip(path):
        return in_zip(path)
    with path.open("rb") as file:
        return _read(file.read(LISTING_LIMIT + 1))


def _read(content: bytes) -> Listing:
    if len(content) > LISTING_LIMIT:
        raise UsageError("The listing is too large: list the app's own folders only.")
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    text = content.decode("utf-16" if is_wide else "utf-8-sig", "replace")
    if "\0" in text:
        raise UsageError("It is no folder, no zip and no listing: it is not text.")
    return read_listing(text, datetime.now(UTC))


def document(backup: Backup) -> dict[str, Any]:
    """Return the verdict as JSON can say it."""
    return {
        "verdict": backup.verdict.value,
        "form": "web" if backup.is_web else "native",
        "system": None if backup.family is None else backup.family.value,
        "parts": [_part(one) for one in backup.held],
        "because": list(backup.because),
        "rule": RULE,
        "warning": WARNING,
    }


def _part(held: Held) -> dict[str, Any]:
    return {
        "part": held.part.value,
        "found": bool(held.files),
        "files": [
            {
                "name": _shown(entry.name),
                "size": entry.size,
                "written_at": entry.written_at and entry.written_at.isoformat(),
                "trouble": entry.trouble,
            }
            for entry in held.files
        ],
    }


def _shown(name: str) -> str:
    """Cut a name, which may hold a room's: who knows that one may enter the room."""
    shown = plain.plain(name)
    if not shown.startswith("cohrtz_") or shown == "cohrtz_secure.db":
        return shown
    return shown if len(shown) <= NAME_SHOWN else f"{shown[:NAME_SHOWN]}….db"


def _tell(backup: Backup) -> None:
    for held in backup.held:
        tell(f"{'found' if held.files else 'MISSING':8}{WORDS[held.part]}")
        for entry in held.files:
            tell(f"{'':8}  {_described(entry)}")
    tell()
    for sentence in backup.because:
        tell(sentence)
    tell(f"Rule of time: {RULE}" if not backup.is_web else "")
    tell()
    tell(f"Verdict: {backup.verdict.value}")
    tell(f"WARNING: {WARNING}")


def _described(entry: Entry) -> str:
    size = "size not known" if entry.size is None else f"{entry.size:,} bytes"
    at = entry.written_at
    when = "time not known" if at is None else f"{at:%Y-%m-%d %H:%M}"
    return f"{_shown(entry.name)}: {size}, {when}"
