"""What does a log of the app say happened?"""

import codecs
from pathlib import Path

from bot.artefacts.log_counting import count_log
from bot.artefacts.log_tables import log_signals, log_templates
from bot.artefacts.shape import Asked
from bot.cohrtz.logs.judging import build_of, judge
from bot.cohrtz.logs.signals import fact_meanings
from bot.cohrtz.logs.stamps import app_lines
from bot.cohrtz.logs.tally import Tally, is_data_room
from bot.cohrtz.logs.template import tags
from bot.core.artefact import Kind, Reading
from bot.core.evidence import Value

KIND = Kind.LOG
FACTS = {
    "log.build": "debug, release or unknown: debug and info lines tell a debug build",
    "log.lines": "lines of the file",
    "log.unknown_share": "share of the lines that were not understood, 0 to 1",
    "log.rooms": "rooms that are named",
    "log.peers": "participants that are named",
    "log.room_seen": "true if the asked room is named; never false",
    "log.participant_seen": "true if the asked participant is named; never false",
    **fact_meanings(log_signals()),
}

SHARE = 0.05
MANY = 20
"""The head is a log's if so many of its lines are the app's, or that share of them."""


def recognises(head: bytes, path: Path) -> bool:
    """Say whether enough of the first lines begin as the app's lines do."""
    del path
    text = _plain(head)
    full = sum(1 for line in text.splitlines() if line.strip())
    found = app_lines(text, tags(log_templates()))
    return found >= MANY or (found > 0 and found >= SHARE * full)


def _plain(head: bytes) -> bytes:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", "replace").encode("utf-8", "replace")
    return head.removeprefix(codecs.BOM_UTF8)


def read(path: Path, asked: Asked) -> Reading:
    """Count the app's lines, and say which signals they give."""
    with path.open("rb") as stream:
        tally = count_log(stream)
    templates = log_templates()
    finding = judge(tally, templates, log_signals(), _about(asked, tally))
    return Reading(
        finding=finding,
        digest={
            "build": build_of(tally, templates),
            "rooms": sum(is_data_room(name) for name in tally.rooms),
            "rows": dict(tally.table_rows),
        },
    )


def _about(asked: Asked, tally: Tally) -> dict[str, Value]:
    """Return whether what was asked about is named; that it is not proves nothing."""
    facts: dict[str, Value] = {}
    if asked.room in tally.rooms:
        facts["log.room_seen"] = True
    if asked.participant in tally.peers:
        facts["log.participant_seen"] = True
    return facts
