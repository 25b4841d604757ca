"""What a room's packets say, as facts that a guard on a page can rest on."""

from collections.abc import Mapping

from bot.cohrtz.packets.judging import Trust
from bot.cohrtz.packets.state import Mark, Seen, Signal, State, joined, later
from bot.core.evidence import Value

FACTS: dict[str, str] = {
    "packets.seen": "packets that were seen",
    "packets.senders": "different senders of them (of those still kept)",
    "packets.gsk_requests": "GSK_REQ: requests for the group's key",
    "packets.gsk_requesters": "senders that asked for the group's key",
    "packets.gsk_repeats_max": (
        "most GSK_REQ of one sender in a run (none more than 60 s after the one before)"
    ),
    "packets.gsk_repeats_seconds": "seconds that this run took",
    "packets.gsk_waiting": (
        "senders that asked for the group's key and have broadcast nothing encrypted "
        "since"
    ),
    "packets.key_requests": "KEY_REQ: requests for the vault's key",
    "packets.key_requesters": "senders that asked for the vault's key",
    "packets.key_repeats_max": "most KEY_REQ of one sender in a run",
    "packets.key_repeats_seconds": "seconds that this run took",
    "packets.keyed_handshakes": "handshakes that announce an encryption key",
    "packets.keyed_senders": "senders that announced an encryption key",
    "packets.handshakes_without_key": "handshakes that announce no encryption key",
    "packets.handshake_requests": "requests that all announce their keys",
    "packets.invalid_signatures": "packets whose signature fails",
    "packets.invalid_senders": "senders of packets whose signature fails",
    "packets.unsigned": "packets without a signature, but for a server's request",
    "packets.no_key": "signed packets that there was no key to verify by",
    "packets.malformed": "messages that are no packets",
    "packets.key_changes": "valid packets signed by another key than the sender's last",
    "packets.handshakes_of_another_key": (
        "handshakes that announce another key than the one that the sender signs with"
    ),
    "packets.identity_mismatches": (
        "packets whose sender is not the one whom the server names"
    ),
    "packets.unknown_types": "packets of a type that this version does not know",
    "packets.treekem_updates": "TreeKEM updates that were broadcast",
    "packets.epoch_max": "highest TreeKEM epoch that was announced",
    "packets.epochs_apart": (
        "epochs by which a sender's newest update lies behind the room's highest then, "
        "or ahead of the one that should follow it; equal epochs prove no equal key"
    ),
    "packets.path_max": "longest path of a sender's newest update (depth of its tree)",
    "packets.consistency_checks": "CONSISTENCY_CHECKs that were broadcast",
    "packets.consistency_without_instance": "of these, of 30 bytes: no database",
    "packets.consistency_empty": "of these, of 54 bytes: an empty database",
    "packets.count_digits_apart": (
        "digits by which the senders' newest counts of rows differ"
    ),
    "packets.encrypted_chunks": "encrypted DATA_CHUNKs that were broadcast",
    "packets.gsk_request_age": "seconds since the last GSK_REQ",
    "packets.key_request_age": "seconds since the last KEY_REQ",
    "packets.keyed_handshake_age": "seconds since the last keyed handshake",
    "packets.treekem_update_age": "seconds since the last TreeKEM update",
    "packets.consistency_check_age": "seconds since the last CONSISTENCY_CHECK",
    "packets.encrypted_chunk_age": "seconds since the last encrypted DATA_CHUNK",
    "packets.invalid_signature_age": "seconds since the last signature that fails",
}

CHECKS = (Signal.CHECK, Signal.CHECK_EMPTY, Signal.CHECK_WITHOUT_INSTANCE)
COUNTS = {
    "packets.gsk_requests": (Signal.GSK_REQ,),
    "packets.key_requests": (Signal.KEY_REQ,),
    "packets.keyed_handshakes": (Signal.KEYED_HANDSHAKE,),
    "packets.handshakes_without_key": (Signal.BARE_HANDSHAKE,),
    "packets.handshake_requests": (Signal.HANDSHAKE_REQUEST,),
    "packets.key_changes": (Signal.KEY_CHANGED,),
    "packets.handshakes_of_another_key": (Signal.OTHER_KEY_ANNOUNCED,),
    "packets.identity_mismatches": (Signal.SPOKE_AS_ANOTHER,),
    "packets.unknown_types": (Signal.UNKNOWN_TYPE,),
    "packets.treekem_updates": (Signal.TREEKEM_UPDATE,),
    "packets.consistency_checks": CHECKS,
    "packets.consistency_without_instance": (Signal.CHECK_WITHOUT_INSTANCE,),
    "packets.consistency_empty": (Signal.CHECK_EMPTY,),
    "packets.encrypted_chunks": (Signal.ENCRYPTED_CHUNK,),
}
FAILURES = {
    "packets.invalid_signatures": Trust.INVALID,
    "packets.unsigned": Trust.UNSIGNED,
    "packets.no_key": Trust.NO_KEY,
}
_AGES = {
    "packets.gsk_request_age": (Signal.GSK_REQ,),
    "packets.key_request_age": (Signal.KEY_REQ,),
    "packets.keyed_handshake_age": (Signal.KEYED_HANDSHAKE,),
    "packets.treekem_update_age": (Signal.TREEKEM_UPDATE,),
    "packets.consistency_check_age": CHECKS,
    "packets.encrypted_chunk_age": (Signal.ENCRYPTED_CHUNK,),
}


def facts(state: State, now: float | None = None) -> dict[str, Value]:
    """Return the facts; ages are at `now`, without it at the last packet's time.

    What cannot be told is left out: of no packets everything but that there were none.
    """
    if not state.packets:
        return {"packets.seen": 0}
    totals = _totals(state)
    at = state.last if now is None else now
    return {
        "packets.seen": state.packets,
        "packets.senders": len(state.senders),
        "packets.malformed": state.malformed,
        **{name: _count(totals, marks) for name, marks in COUNTS.items()},
        **{name: _failed(totals, trust) for name, trust in FAILURES.items()},
        **_requests(state, totals),
        **_trees(state),
        **_digits(state),
        **_ages(totals, at),
    }


def _totals(state: State) -> dict[Mark, Seen]:
    totals = dict(state.gone)
    for sender in state.senders.values():
        for mark, seen in sender.seen.items():
            totals[mark] = joined(totals.get(mark), seen)
    return totals


def _count(totals: Mapping[Mark, Seen], marks: tuple[Mark, ...]) -> int:
    return sum(totals[mark].times for mark in marks if mark in totals)


def _failed(totals: Mapping[Mark, Seen], trust: Trust) -> int:
    return sum(seen.times for mark, seen in totals.items() if is_of(mark, trust))


def is_of(mark: str, trust: Trust) -> bool:
    """Say whether a mark is of packets with that verdict."""
    return mark.startswith(f"{trust} ")


def _requests(state: State, totals: Mapping[Mark, Seen]) -> dict[str, Value]:
    waiting = sum(sender.waits_for_gsk for sender in state.senders.values())
    return {
        "packets.gsk_requesters": _who(state, Signal.GSK_REQ),
        "packets.key_requesters": _who(state, Signal.KEY_REQ),
        "packets.keyed_senders": _who(state, Signal.KEYED_HANDSHAKE),
        "packets.invalid_senders": sum(
            any(is_of(mark, Trust.INVALID) for mark in sender.seen)
            for sender in state.senders.values()
        ),
        "packets.gsk_waiting": waiting,
        **_run("packets.gsk_repeats", totals.get(Signal.GSK_REQ)),
        **_run("packets.key_repeats", totals.get(Signal.KEY_REQ)),
    }


def _who(state: State, signal: Mark) -> int:
    return sum(signal in sender.seen for sender in state.senders.values())


def _run(name: str, seen: Seen | None) -> dict[str, Value]:
    longest: dict[str, Value] = {f"{name}_max": 0 if seen is None else seen.longest}
    if seen is not None and seen.lasted is not None:
        longest[f"{name}_seconds"] = round(seen.lasted)
    return longest


def _trees(state: State) -> dict[str, Value]:
    trees = [one.tree for one in state.senders.values() if one.tree is not None]
    told: dict[str, Value] = {}
    if state.epoch is not None:
        told["packets.epoch_max"] = state.epoch
    if trees and state.epoch is not None:
        told["packets.epochs_apart"] = max(tree.apart for tree in trees)
    paths = [tree.path for tree in trees if tree.path is not None]
    if paths:
        told["packets.path_max"] = max(paths)
    return told


def _digits(state: State) -> dict[str, Value]:
    known = [one.digits for one in state.senders.values() if one.digits is not None]
    if len(known) < len(("one", "another")):
        return {}
    return {"packets.count_digits_apart": max(known) - min(known)}


def _ages(totals: Mapping[Mark, Seen], at: float | None) -> dict[str, Value]:
    marks: dict[str, tuple[Mark, ...]] = {**_AGES}
    marks["packets.invalid_signature_age"] = tuple(
        mark for mark in totals if is_of(mark, Trust.INVALID)
    )
    lasts = {name: _last(totals, of) for name, of in marks.items()}
    return {
        name: max(0, round(at - last))
        for name, last in lasts.items()
        if at is not None and last is not None
    }


def _last(totals: Mapping[Mark, Seen], marks: tuple[Mark, ...]) -> float | None:
    last: float | None = None
    for mark in marks:
        last = later(last, totals[mark].last if mark in totals else None)
    return last
