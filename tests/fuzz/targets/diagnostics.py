"""Batches of diagnostics: kept whole, or refused with the line that is wrong."""

import json

from bot.cohrtz.diagnostics import LineRefused, from_json, read_batch, to_json
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, refusal

ROOM = "0198b7d0-41c2-7e3a-8f64-00000000000a"
LINES = tuple(
    json.dumps(one)
    for one in (
        {
            "timestamp": "2026-03-01T12:00:00.123456+01:00",
            "participant": "user:alice",
            "kind": "sync",
            "direction": "outbound",
            "roomName": ROOM,
            "message": "Received SYNC_REQ packet from user:bob",
            "peerId": "user:bob",
            "bytes": 117,
        },
        {
            "timestamp": "2026-03-01T11:00:01Z",
            "participant": "user:alice",
            "kind": "connection",
            "direction": "local",
            "connectionState": "reconnecting",
        },
    )
)
RAW = tuple(one.encode() for one in LINES)


def _body(rng):
    if rng.random() < 0.3:
        return mutations.octets(rng, RAW)
    lines = [LINES[0]] * rng.choice((0, 0, 1, 3))
    return "\n".join([*lines, json.dumps(mutations.value(rng, LINES))]).encode()


def case(_, rng):
    body = _body(rng)
    try:
        events = read_batch(body, ROOM)
    except LineRefused as error:
        refusal(error)
        must(str(error).startswith(("Line ", "The batch ")), f"where? {error}")
        return "refused"
    must(from_json(to_json(events)) == events, "not kept as it was read")
    return "taken"


TARGET = Target("diagnostics", "posted diagnostics", 5_600, lambda: None, case)
