"""Packets of a room: read or malformed, and what is told of them is sound."""

import json
from base64 import b64decode
from pathlib import Path

from bot.cohrtz.packets import NOTHING_SEEN, Sighting, finding, observe_all, parse, rows
from bot.cohrtz.packets.capture import Unreadable, read_line
from bot.cohrtz.packets.message import Malformed
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, seen

VECTORS = Path(__file__).parents[2] / "cohrtz" / "packet_vectors.jsonl"
SEVERAL = 4


def setup():
    lines = VECTORS.read_bytes().splitlines()
    return lines, [b64decode(json.loads(line)["wire_base64"]) for line in lines]


def case(kept, rng):
    lines, wires = kept
    if rng.random() < 0.3:
        return _line(mutations.octets(rng, lines))
    heard = [parse(mutations.octets(rng, wires)) for _ in range(SEVERAL)]
    for one in heard:
        must(not isinstance(one, Malformed) or one.reason, "malformed without a reason")
    if rng.random() < 0.25:
        times = (None, 0.0, 1e10, 1_772_150_400.0)
        odd = mutations.words(rng).encode("utf-8", "replace").decode()
        names = (None, "", "user:x", odd)
        sightings = [
            Sighting(one, rng.choice(times), rng.choice(names)) for one in heard
        ]
        _told(observe_all(NOTHING_SEEN, sightings).state)
        return "folded"
    return "parsed"


def _line(line):
    entry = read_line(line)
    if isinstance(entry, Unreadable):
        must(str(entry[0]).strip(), "unreadable without a reason")
        return "unreadable"
    _told(observe_all(NOTHING_SEEN, [entry]).state)
    return "folded"


def _told(state):
    found = finding(state)
    must(found.headline.strip(), "no headline")
    seen(found.headline)
    for row in rows(state):
        seen(str(row), "a row")


TARGET = Target("packets", "packets and captures", 9_200, setup, case)
