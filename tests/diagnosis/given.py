"""The files of an incident: made as devices leave them, read by the real readers.

It is the way of `triage bundle` without the confined process: `bot.artefacts.child`
recognises, reads and compares, and what leaves passes the choke point.
"""

import json
import tempfile
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.artefacts.bundle import Bundle
from bot.artefacts.child import Bench, compared, read
from bot.artefacts.cleaning import cleaned, finding_of
from bot.artefacts.comparing import COMPARERS
from bot.artefacts.intake import Comparison
from bot.artefacts.limits import LIMITS
from bot.artefacts.readers import READERS
from bot.artefacts.shape import Asked
from bot.artefacts.wire import Copy, Order
from bot.core.evidence import witnessed
from rehearsal.artefacts.databases import crdt_database
from rehearsal.artefacts.leaving import Room, leave
from rehearsal.artefacts.rows import room_rows
from rehearsal.cohrtz.speaker import Speaker, keys_of
from rehearsal.cohrtz.wire import encode
from tests.fakes.world import ALICE, BOB, ROOM

NOW = datetime.now(UTC)
"""By the machine's clock, as the readers tell by it what is dated ahead."""
SINCE = NOW - timedelta(hours=1)
CAROL = "user:0195b2f0-0000-7000-8000-00000000ca01"
PEOPLE = {"alice": ALICE, "bob": BOB, "carol": CAROL}
HERE = Room(ROOM, PEOPLE)
ASKED = Asked(room=ROOM, participant=ALICE, since=SINCE)
BENCH = Bench(READERS, COMPARERS, ASKED)


def bundled(files):
    """Make files, by their names, and return what the bot reads in them together."""
    with tempfile.TemporaryDirectory() as folder:
        for name, make in files.items():
            _made(Path(folder) / name, make)
        seen = {name: read(Path(folder) / name, BENCH) for name in files}
        comparisons = [_compared(which, seen, folder) for which in COMPARERS]
    artefacts = [cleaned(one, (name,), ROOM, NOW) for name, one in seen.items()]
    return Bundle(tuple(artefacts), tuple(c for c in comparisons if c))


def _made(path, make):
    if callable(make):
        make(path)
    else:
        leave(path.parent, {path.name: make}, HERE, NOW)


def _compared(which, seen, folder):
    kinds = COMPARERS[which].kinds
    names = [name for name, one in seen.items() if one.kind in kinds]
    if len(names) < 2:
        return None
    copies = tuple(
        Copy(path=str(Path(folder) / name), digest=seen[name].digest) for name in names
    )
    order = Order(scratch=folder, limits=LIMITS, compare=copies, of=which)
    said = compared(order, which, BENCH)
    if said is None:
        return None
    found = finding_of(said, ROOM)
    told = witnessed(found, source=which, at=NOW, lasting=True)
    return Comparison(which, tuple(names), told)


def text(log):
    """Make the log of an app."""
    return lambda path: path.write_text(log.text(), encoding="utf-8")


def capture(*said):
    """Make a capture: each is (how often, who speaks, what), two seconds apart."""
    return lambda path: path.write_text(_captured(said), encoding="utf-8")


def _captured(said):
    turns = [(who, what) for times, who, what in said for _ in range(times)]
    voices = {who: _voice(who) for who, _ in turns}
    start = NOW - timedelta(minutes=5)
    lines = [
        _line(start + timedelta(seconds=2 * at), who, what(voices[who]))
        for at, (who, what) in enumerate(turns)
    ]
    return "".join(lines)


def _voice(who):
    return Speaker(PEOPLE[who], keys_of(who))


def _line(at, who, packet):
    wire = b64encode(encode(packet)).decode()
    line = {"at": at.isoformat(), "from": PEOPLE[who], "wire_base64": wire}
    return json.dumps(line) + "\n"


def boot_database(path):
    """Make the database that is always there and holds no room."""
    crdt_database(path)


def web_rows(path):
    """Make what a web client's rows are, written out as JSON."""
    rows = [
        {"id": row.id, "value": row.value, "hlc": row.hlc, "node_id": "user_w"}
        for row in room_rows(
            ROOM, [HERE.person("alice")], start=NOW - timedelta(days=1)
        )
        if row.table == "tasks"
    ]
    path.write_text(json.dumps({"tasks": rows}), encoding="utf-8")
