"""What the probe's child says: read, or refused as none of its lines."""

import json

from bot.cohrtz.packets import NOTHING_SEEN, Sighting, observe_all, parse, rows
from bot.probe.lines import Connected, Heard, Left, Refused, read, write
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, refusal, seen

RAW = tuple(
    write(one)
    for one in (
        Connected(),
        Heard(1_772_150_400.5, "user:alice", b"\x08\x03\x1a\x01x"),
        Refused("the SDK's words"),
        Left("time", 3),
    )
)
LINES = tuple(one.decode() for one in RAW)


def case(_, rng):
    if rng.random() < 0.3:
        line = mutations.octets(rng, RAW)
    else:
        line = json.dumps(mutations.value(rng, LINES)).encode()
    try:
        told = read(line)
    except ValueError as error:
        refusal(error)
        return "refused"
    must(isinstance(told, Connected | Heard | Refused | Left), f"{told}")
    if isinstance(told, Heard):
        sighting = Sighting(parse(told.wire), told.at, told.sender)
        for row in rows(observe_all(NOTHING_SEEN, [sighting]).state):
            seen(str(row), "a row")
    return type(told).__name__


TARGET = Target("probe", "what the probe's child says", 5_050, lambda: None, case)
