"""Captured packets read, verified and counted, against verifying alone.

Both verify the same signatures over the same bytes with keys that are loaded once. The
yardstick has nothing else to do: its bytes lie ready. Pieces of the two take turns, and
what counts is the processor's time, so that a busy machine falls on both alike.
"""

import gc
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.plan import Plan
from benchmarks.spread import between
from benchmarks.table import Row
from bot.artefacts.captures import TOGETHER
from bot.cohrtz.packets import NOTHING_SEEN, Sighting, State, observe_all, parse
from bot.cohrtz.packets.judging import Claim, Ring, claimed
from rehearsal.cohrtz.speaker import Speaker, keys_of
from rehearsal.cohrtz.wire import Packet, encode

LIMIT = 0.9
SENDERS = 8
CHUNK = 600
"""Bytes of an edit's payload."""


@dataclass(frozen=True)
class Taken:
    """Seconds that one round took for all its packets."""

    ours: float
    bare: float

    @property
    def ratio(self) -> float:
        """Return how fast ours is, with verifying alone as one."""
        return self.bare / self.ours


async def measure(plan: Plan) -> Sequence[Row]:
    """Make the packets, go through them once unmeasured, then in rounds."""
    wires = _wires(plan.packets)
    claims = _claims(wires)
    gc.freeze()  # what only the benchmark holds is no garbage to be looked through
    _round(wires, claims)
    rounds = [_round(wires, claims) for _ in range(plan.rounds)]
    return [_row(rounds, plan.packets)]


def _round(wires: Sequence[bytes], claims: Sequence[Claim]) -> Taken:
    state, ours, bare = NOTHING_SEEN, 0.0, 0.0
    for piece, proofs in _pieces(wires, claims):
        began = time.process_time()
        state = _observed(state, piece)
        turned = time.process_time()
        _verify(proofs)
        ours, bare = ours + turned - began, bare + time.process_time() - turned
    return Taken(ours, bare)


def _pieces(
    wires: Sequence[bytes], claims: Sequence[Claim]
) -> Iterator[tuple[Sequence[bytes], Sequence[Claim]]]:
    for first in range(0, len(wires), TOGETHER):
        yield wires[first : first + TOGETHER], claims[first : first + TOGETHER]


def _observed(state: State, wires: Sequence[bytes]) -> State:
    seen = [Sighting(parse(wire), float(at)) for at, wire in enumerate(wires)]
    return observe_all(state, seen).state


def _verify(claims: Sequence[Claim]) -> None:
    for claim in claims:
        claim.key.verify(claim.signature, claim.message)


def _row(rounds: Sequence[Taken], packets: int) -> Row:
    each = [one.ours / packets * 1e6 for one in rounds]
    alone = [one.bare / packets * 1e6 for one in rounds]
    ratios = [one.ratio for one in rounds]
    return Row(
        figure=f"packet parsed, verified, counted ({packets}, streaming)",
        value=f"{median(each):.0f} µs",
        yardstick=f"Ed25519 verified alone: {median(alone):.0f} µs",
        ratio=f"{median(ratios):.2f}x ({between(ratios)})",
        must=f">= {LIMIT:g}x",
        reached=median(ratios) >= LIMIT,
    )


def _claims(wires: Sequence[bytes]) -> list[Claim]:
    ring = Ring()
    claims = (claimed(parse(wire), ring) for wire in wires)
    return [claim for claim in claims if isinstance(claim, Claim)]


def _wires(count: int) -> list[bytes]:
    """Return the packets of a busy room, from several senders in turn."""
    speakers = [
        Speaker(f"user:0198b7d0-41c2-7e3a-8f64-{number:012d}", keys_of(str(number)))
        for number in range(SENDERS)
    ]
    return [
        encode(_said(speakers[number % SENDERS], number)) for number in range(count)
    ]


def _said(speaker: Speaker, number: int) -> Packet:
    """Of twenty packets: twelve edits, three pings, two checks, one of each other."""
    said = {
        12: speaker.gsk_req,
        13: speaker.handshake,
        14: lambda: speaker.treekem_update(number, 1, 3),
        15: lambda: speaker.consistency_check(number),
        16: lambda: speaker.consistency_check(number),
        17: lambda: speaker.sync_ping("user:b"),
        18: lambda: speaker.sync_ping("user:b"),
        19: lambda: speaker.sync_ping("user:b"),
    }
    return said.get(number % 20, lambda: speaker.data_chunk(CHUNK))()
