"""What a room's packets add up to: a verdict, and a line that can be acted on.

The rule. *Bad*: a signature fails, a packet is malformed, a participant speaks in
another's name, a sender's key changes or its handshake announces a key that did not
sign it, a peer lacks its database, or one sender asks REPEATED times in a run for a
group's or a vault's key. *Unknown*: nothing was seen, or nothing but packets that there
was no key to verify by. *Ok*: anything else; that says only that what was seen is in
order, and most of what peers send is not to be seen.
"""

from collections.abc import Iterator, Mapping
from itertools import chain

from bot.cohrtz.packets.evidence import COUNTS, FAILURES, facts, is_of
from bot.cohrtz.packets.senders import safe_name
from bot.cohrtz.packets.state import Mark, Sender, Signal, State
from bot.core.evidence import Finding, Value, bad, ok, unknown

REPEATED = 3
"""Requests of one sender in a run from which on they are not answered."""


def finding(state: State, now: float | None = None) -> Finding:
    """Say what the packets add up to; the module tells the rule."""
    seen = facts(state, now)
    if not state.packets:
        return unknown("No packet was seen, so nothing can be said of them.", seen)
    faults = list(_faults(state, seen))
    if faults:
        return bad(f"{_seen(state)}: {'; '.join(faults)}.", seen)
    if seen["packets.no_key"] == state.packets:
        return unknown(f"{_seen(state)}, none with a key to verify it by.", seen)
    return ok(f"{_seen(state)}; of what can be seen, nothing is out of order.", seen)


def _faults(state: State, seen: Mapping[str, Value]) -> Iterator[str]:
    yield from chain(_counted_faults(state, seen), _repeats(state))


def _counted_faults(state: State, seen: Mapping[str, Value]) -> Iterator[str]:
    for name, words in _FAULTS.items():
        if seen[name]:
            yield f"{seen[name]} {words}{_by(state, name)}"


_FAULTS = {
    "packets.invalid_signatures": "with a signature that fails",
    "packets.malformed": "malformed",
    "packets.identity_mismatches": "in another's name",
    "packets.key_changes": "signed with a new key",
    "packets.handshakes_of_another_key": "handshakes of a key that did not sign them",
    "packets.consistency_without_instance": "from a peer without a database",
}


def _by(state: State, name: str) -> str:
    """Name the first sender of such packets, and how many more there are."""
    marks = COUNTS.get(name, ())
    trust = FAILURES.get(name)
    who = [
        identity
        for identity, sender in state.senders.items()
        if any(mark in marks or (trust and is_of(mark, trust)) for mark in sender.seen)
    ]
    if not who:
        return ""
    more = f" and {len(who) - 1} more" if who[1:] else ""
    return f" ({safe_name(who[0])}{more})"


def _repeats(state: State) -> Iterator[str]:
    for signal, what in ((Signal.GSK_REQ, "group"), (Signal.KEY_REQ, "vault")):
        asked = [
            (sender.seen[signal].longest, identity, sender)
            for identity, sender in state.senders.items()
            if signal in sender.seen and sender.seen[signal].longest >= REPEATED
        ]
        for longest, identity, sender in sorted(asked, key=lambda one: -one[0])[:1]:
            yield (
                f"{safe_name(identity)} asked {longest} times in a row for the "
                f"{what}'s key{_within(sender, signal)}"
            )


def _within(sender: Sender, signal: Mark) -> str:
    lasted = sender.seen[signal].lasted
    return "" if lasted is None else f" within {lasted:.0f} s"


def _seen(state: State) -> str:
    senders = len(state.senders)
    return (
        f"{state.packets} {'packet' if state.packets == 1 else 'packets'} of "
        f"{senders} {'sender' if senders == 1 else 'senders'}"
    )
