"""`triage verify BUNDLE --public-key K [--head H]`: is the trail what the bot wrote?"""

import argparse
import base64
import binascii
import re
from pathlib import Path

from bot.bundles import read_bundle
from bot.cli.shape import tell, warn
from bot.core.bundle import TrailBundle
from bot.core.report import visible
from bot.core.trail.audit import SHORTEST_HEAD, Audit, Head, audit
from bot.errors import UsageError

MOST_TOLD = 20
"""So many problems are told one by one."""

_HEAD = re.compile(rf"([0-9a-f]{{{SHORTEST_HEAD},64}})(?:@([1-9][0-9]{{0,17}}))?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a bundle, public keys, and heads that were posted."""
    parser.add_argument("bundle", type=Path, help="what `triage export` wrote")
    parser.add_argument(
        "--public-key",
        action="append",
        required=True,
        metavar="K",
        help="the bot's public key, as its log said at start; may be given again for "
        "a trail that more than one key signed",
    )
    parser.add_argument(
        "--head",
        action="append",
        default=[],
        metavar="H",
        help="a head as it was posted in the incident's thread, or HEAD@EVENT",
    )


def run(options: argparse.Namespace) -> int:
    """Tell each problem; 1 if there are any."""
    keys = [public_key(text) for text in options.public_key]
    heads = [posted_head(text) for text in options.head]
    bundle = read_bundle(options.bundle, TrailBundle)
    found = audit(bundle.incident, bundle.events, keys, heads)
    _tell(bundle, found)
    return 1 if found.problems else 0


def public_key(text: str) -> bytes:
    """Read a public key in base64 or hexadecimal; raise UsageError if it is none."""
    try:
        hexadecimal = re.fullmatch(r"[0-9a-fA-F]{64}", text)
        key = (
            bytes.fromhex(text)
            if hexadecimal
            else base64.b64decode(text, validate=True)
        )
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:  # noqa: PLR2004  an Ed25519 public key
        raise UsageError("A public key is 32 bytes, in base64 or hexadecimal.")
    return key


def posted_head(text: str) -> Head:
    """Read a head as it was posted, with its event or without; raise UsageError."""
    found = _HEAD.fullmatch(text.replace("`", "").strip().lower())
    if found is None:
        raise UsageError(
            f"A head has {SHORTEST_HEAD} to 64 hexadecimal digits, perhaps with "
            "@EVENT behind it."
        )
    return Head(found[1], int(found[2]) if found[2] else None)


def _tell(bundle: TrailBundle, found: Audit) -> None:
    for problem in found.problems[:MOST_TOLD]:
        tell(f"NOT AS IT WAS: {problem}")
    if len(found.problems) > MOST_TOLD:
        tell(f"…and {len(found.problems) - MOST_TOLD} problems more.")
    if found.problems:
        return
    last = bundle.events[-1].seq
    signed = f"chained, and signed by {', '.join(found.signers)}"
    tell(f"Incident {visible(bundle.incident)}: {last} events as they were, {signed}.")
    by_number = {event.seq: event for event in bundle.events}
    for one in found.erasures:
        who = visible(by_number[one.record].by)
        tell(f"The words of event {one.seq} were erased by {who}: event {one.record}.")
    _tell_anchor(found.anchored, last)


def _tell_anchor(anchored: int | None, last: int) -> None:
    if anchored == last:
        tell("The head is that of the last event: nothing was cut off.")
        return
    given = f"The last head given is that of event {anchored}" if anchored else ""
    warn(
        f"{given or 'No head was given'}: nothing shows whether events are missing "
        f"behind event {last}. Heads are posted with the incident's messages."
    )
