"""`triage replay BUNDLE`: draw an exported incident again, and compare each byte."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from bot.bundles import read_bundle, written
from bot.cli.shape import tell, tell_json
from bot.core.bundle import Bundle
from bot.core.incident.events import Event, body_from_json
from bot.core.trail.audit import Kept
from bot.errors import UsageError
from bot.store import clear
from handlers.render.replay import Replayed, differences, replay

HOSTILE = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What events that do not add up raise: a bundle may have been made by anybody."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a bundle, and what to do with what is drawn."""
    parser.add_argument("bundle", type=Path, help="what `triage export` wrote")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--json", action="store_true", help="print state, messages and summary"
    )
    what.add_argument(
        "--accept",
        action="store_true",
        help="take what is drawn now as right, and write it into the bundle",
    )


def run(options: argparse.Namespace) -> int:
    """Tell each difference; 1 if there are any."""
    bundle = read_bundle(options.bundle, Bundle)
    drawn = replayed(bundle)
    unlike = list(differences(bundle, drawn))
    if options.accept:
        _accept(options.bundle, bundle, drawn)
        return 0
    if options.json:
        tell_json(_document(drawn, unlike))
    else:
        _tell(bundle, unlike)
    return 1 if unlike else 0


def replayed(bundle: Bundle) -> Replayed:
    """Draw the incident; raise UsageError if its events do not add up."""
    try:
        return replay(bundle.incident, events_of(bundle.events), bundle.setting)
    except HOSTILE as error:
        raise UsageError(f"Its events do not add up ({error}).") from None


def events_of(kept: Sequence[Kept]) -> tuple[Event, ...]:
    """Return the events of a bundle; raise ValueError if one is none."""
    return tuple(
        Event(one.seq, clear.time(one.at), one.by, body_from_json(one.body), one.link)
        for one in kept
    )


def _accept(path: Path, bundle: Bundle, drawn: Replayed) -> None:
    now = {
        "frames": drawn.frames,
        "messages": drawn.messages,
        "summary": drawn.summary,
    }
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(written(bundle.model_copy(update=now)), encoding="utf-8")
    beside.replace(path)
    tell(f"{path}: what is drawn now counts as right.")


def _tell(bundle: Bundle, unlike: Sequence[str]) -> None:
    for difference in unlike:
        tell(difference)
    if not unlike:
        drawn = sum(len(frame.messages) for frame in bundle.frames)
        tell(
            f"Incident {bundle.incident}: {len(bundle.events)} events, {drawn} "
            f"drawings of {len(bundle.messages)} messages and the summary are the "
            "same, byte for byte."
        )


def _document(drawn: Replayed, unlike: Sequence[str]) -> dict[str, object]:
    return {
        "state": drawn.state,
        "messages": [one.model_dump(mode="json") for one in drawn.messages],
        "summary": drawn.summary,
        "differences": unlike,
    }
