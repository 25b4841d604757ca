"""Speakers, packets of theirs and the file of vectors, for the tests of packets."""

import json
from base64 import b64decode
from pathlib import Path

from bot.cohrtz.packets import NOTHING_SEEN, Sighting, observe_all, parse
from rehearsal.cohrtz.speaker import Speaker, keys_of
from rehearsal.cohrtz.wire import encode

ANNA = "user:0195b2f0-0000-7000-8000-00000000000a"
BERT = "user:0195b2f0-0000-7000-8000-00000000000b"
CARL = "user:0195b2f0-0000-7000-8000-00000000000c"

VECTORS_FILE = Path(__file__).with_name("packet_vectors.jsonl")
VECTORS = [json.loads(line) for line in VECTORS_FILE.read_text().splitlines()]


def speaker(identity=ANNA, keys=None):
    return Speaker(identity, keys_of(keys or identity), now=lambda: 1772150400123)


def heard(said):
    """Let the bot read what a simulated peer wrote."""
    return parse(encode(said))


def wire_of(vector):
    return b64decode(vector["wire_base64"])


def room(*said):
    """Return the state after packets written as (second, packet[, sfu_identity])."""
    sightings = [Sighting(heard(packet), at, *who) for at, packet, *who in said]
    return observe_all(NOTHING_SEEN, sightings).state
