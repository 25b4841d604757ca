"""What do captured packets tell about a room, without any of its keys?

Verdicts: those of bot.cohrtz.packets.conclusion. A line that cannot be read is a fault
of the file and not of the room; with such lines a capture in which nothing else is out
of order is *unknown*, for nobody knows what they held. Ages are at the capture's end.
"""

from codecs import BOM_UTF8
from pathlib import Path

from bot.artefacts.captures import pieces
from bot.artefacts.shape import Asked
from bot.cohrtz.packets import FACTS as TOLD
from bot.cohrtz.packets import NOTHING_SEEN, Sighting, State, finding, observe_all
from bot.cohrtz.packets.capture import read_line
from bot.core.artefact import Kind, Reading
from bot.core.evidence import Finding, Verdict

KIND = Kind.PACKETS
FACTS = {**TOLD, "packets.broken_lines": "lines of the file that hold no message"}


def recognises(head: bytes, path: Path) -> bool:  # noqa: ARG001  a Reader's shape
    """Say whether it begins with an object, or a list of such, with wire_base64."""
    text = head.removeprefix(BOM_UTF8).lstrip()
    first, newline, _ = text.partition(b"\n")
    if text.startswith(b"{") and newline:
        return isinstance(read_line(first), Sighting)
    begins = text.removeprefix(b"[").lstrip().startswith(b"{")
    return begins and b'"wire_base64"' in text


def read(path: Path, asked: Asked) -> Reading:  # noqa: ARG001  a Reader's shape
    """Read the capture once, from its beginning to its end."""
    state, broken = NOTHING_SEEN, 0
    with path.open("rb") as file:
        for piece in pieces(file):
            seen = [one.entry for one in piece if isinstance(one.entry, Sighting)]
            broken += len(piece) - len(seen)
            state = observe_all(state, seen).state
    return Reading(finding=_finding(state, broken))


def _finding(state: State, broken: int) -> Finding:
    found = finding(state)
    said = {**found.facts, "packets.broken_lines": broken}
    if not broken:
        return Finding(verdict=found.verdict, headline=found.headline, facts=said)
    verdict = Verdict.UNKNOWN if found.verdict is Verdict.OK else found.verdict
    lines = "1 line" if broken == 1 else f"{broken} lines"
    headline = f"{found.headline} {lines} of the file could not be read."
    return Finding(verdict=verdict, headline=headline, facts=said)
