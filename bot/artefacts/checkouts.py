"""Reads what a checkout of the app logs, to compare it with the table of templates."""

from collections.abc import Iterator
from pathlib import Path

from bot.artefacts.log_tables import log_templates
from bot.cohrtz.logs.dart import read_dart
from bot.cohrtz.logs.drift import Drift, drift
from bot.errors import UsageError

GENERATED = (".g.dart", ".freezed.dart", ".pb.dart", ".pbenum.dart", ".pbjson.dart")
MOST = 20_000
"""Files that are read at most."""

LARGEST = 4 << 20
"""Bytes of a file, beyond which it is not source that a person wrote."""


def drift_of(checkout: Path) -> Drift:
    """Compare the app's source with the table.

    Raise UsageError if there is none: a folder that is not the app must not look as
    if everything were gone from it.
    """
    lib = checkout / "lib"
    if not lib.is_dir():
        raise UsageError(f"{checkout}: there is no lib/ here; give a checkout's root.")
    sources = {
        path.relative_to(checkout).as_posix(): read_dart(_text(path))
        for path in _files(lib)
    }
    if not any(one.logged for one in sources.values()):
        raise UsageError(f"{lib}: nothing here logs; is this a checkout of the app?")
    return drift(sources, log_templates())


def _files(lib: Path) -> Iterator[Path]:
    count = 0
    for path in sorted(lib.rglob("*.dart")):
        if path.name.endswith(GENERATED) or path.is_symlink() or not path.is_file():
            continue
        if path.stat().st_size > LARGEST:
            continue
        count += 1
        if count > MOST:
            raise UsageError(f"{lib}: there are more than {MOST} Dart files here.")
        yield path


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{path}: it cannot be read ({error.strerror}).") from error
