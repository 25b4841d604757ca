"""From packets to what is known of a room afterwards.

A packet counts for the one whom the server names as its sender, if it does; else for
the one whom it names itself. If the two differ, nothing that it says is believed: only
that this participant spoke in another's name.

Of packets that came together first all signatures are verified and then all is counted:
taking turns would cost a tenth more, because each pushes the other out of the
processor's cache.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.cohrtz.packets.control import Control
from bot.cohrtz.packets.drafting import Draft
from bot.cohrtz.packets.judging import (
    Judged,
    Key,
    Ring,
    Trust,
    claimed,
    proven,
    settled,
)
from bot.cohrtz.packets.message import Malformed, Packet
from bot.cohrtz.packets.signals import (
    about_the_key,
    control_of,
    digits,
    is_servers_request,
    signal,
)
from bot.cohrtz.packets.state import (
    MOST_SENDERS,
    NEW_SENDER,
    Mark,
    Seen,
    Sender,
    Signal,
    State,
    Tree,
    joined,
)

LONGEST_NAME = 128
"""Characters of a sender's name; a longer one is kept as its hash."""
SEALED = frozenset(
    {Signal.ENCRYPTED_CHUNK, Signal.CHECK, Signal.CHECK_EMPTY}
    | {Signal.CHECK_WITHOUT_INSTANCE}
)
"""What only somebody who has the group's key can broadcast."""


class Sighting(NamedTuple):
    """A message that was seen in the room."""

    packet: Packet | Malformed
    at: float | None = None
    """When it came, in seconds since 1970."""
    sfu_identity: str | None = None
    """Whom the server names as its sender; nothing for what the server itself sent."""


class Observed(NamedTuple):
    """The state afterwards, and the verdict on each message."""

    state: State
    judged: Sequence[Judged]


def observe(
    state: State,
    packet: Packet | Malformed,
    at: float | None = None,
    sfu_identity: str | None = None,
) -> State:
    """Return the state after one more packet."""
    return observe_all(state, (Sighting(packet, at, sfu_identity),)).state


def observe_all(state: State, sightings: Iterable[Sighting]) -> Observed:
    """Judge and count packets in the order in which they came.

    A long stream is best given in pieces of some hundred; what it costs to begin and to
    end one is then of no weight.
    """
    seen = tuple(sightings)
    ring = Ring(one.key for one in state.senders.values() if one.key is not None)
    claims = [claimed(one.packet, ring) for one in seen]
    checked = [proven(claim) for claim in claims]
    fold = _Fold(state)
    judged = [fold.add(one, first) for one, first in zip(seen, checked, strict=True)]
    return Observed(fold.state(), judged)


def same(one: str, other: str) -> bool:
    """Compare two identities as the app does."""
    return one == other or _canonical(one) == _canonical(other)


def short(name: str) -> str:
    """Return a sender's name, or what stands for one that is too long to be kept."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"#{hashlib.sha256(name.encode(errors='replace')).hexdigest()}"


def _canonical(identity: str) -> str:
    return identity.strip().lower().removeprefix("user:")


class _Fold:
    """A State that is being counted on."""

    def __init__(self, state: State) -> None:
        self._before = state
        self._packets = self._malformed = 0
        self._last, self._epoch = state.last, state.epoch
        self._senders = OrderedDict(state.senders)
        self._drafts: dict[str, Draft] = {}
        self._let_go: list[Sender] = []

    def add(self, sighting: Sighting, checked: Judged) -> Judged:
        """Count a message; return the verdict, finished by what is pinned."""
        packet, at, server_says = sighting
        self._packets += 1
        if at is not None and (self._last is None or at > self._last):
            self._last = at
        if isinstance(packet, Malformed):
            self._malformed += 1
            return checked
        judged = settled(checked, packet, self._pinned(packet.sender_id))
        draft = self._draft(server_says or packet.sender_id)
        draft.packets += 1
        if judged.trust is not Trust.VALID and not is_servers_request(packet):
            draft.count(_failure(packet, judged), at)
        if server_says and not same(server_says, packet.sender_id):
            draft.count(Signal.SPOKE_AS_ANOTHER, at)
        else:
            self._believe(draft, packet, judged, at)
        return judged

    def state(self) -> State:
        """Return it as a value."""
        for name, draft in self._drafts.items():
            self._senders[name] = draft.frozen()
        before = self._before
        return State(
            packets=before.packets + self._packets,
            last=self._last,
            malformed=before.malformed + self._malformed,
            senders=dict(self._senders),
            let_go=before.let_go + len(self._let_go),
            gone=_kept(before.gone, self._let_go) if self._let_go else before.gone,
            epoch=self._epoch,
        )

    def _pinned(self, sender_id: str) -> Key | None:
        name = short(sender_id)
        draft = self._drafts.get(name)
        if draft is not None:
            return draft.key
        sender = self._senders.get(name)
        return None if sender is None else sender.key

    def _draft(self, identity: str) -> Draft:
        name = short(identity)
        draft = self._drafts.get(name)
        if draft is None:
            known = self._senders.setdefault(name, NEW_SENDER)
            draft = self._drafts[name] = Draft(known)
        self._senders.move_to_end(name)
        if len(self._senders) > MOST_SENDERS:
            self._let_longest_silent_go()
        return draft

    def _let_longest_silent_go(self) -> None:
        name, sender = self._senders.popitem(last=False)
        draft = self._drafts.pop(name, None)
        self._let_go.append(sender if draft is None else draft.frozen())

    def _believe(
        self, draft: Draft, packet: Packet, judged: Judged, at: float | None
    ) -> None:
        control = control_of(packet)
        says = signal(packet, judged, control)
        brings = about_the_key(packet, judged, draft.key)
        if says is not None:
            draft.count(says, at)
            self._learn(draft, says, packet, control)
        if brings is not None:
            draft.count(brings, at)
        if judged.key is not None:
            draft.key = judged.key

    def _learn(
        self, draft: Draft, says: Mark, packet: Packet, control: Control | None
    ) -> None:
        if says in SEALED:
            draft.waits_for_gsk = False
            if says == Signal.CHECK:
                draft.digits = digits(packet)
        elif says == Signal.GSK_REQ:
            draft.waits_for_gsk = True
        elif says == Signal.TREEKEM_UPDATE and control is not None:
            draft.tree = _tree(control, self._epoch)
            self._epoch = _highest(self._epoch, control.epoch)


def _failure(packet: Packet, judged: Judged) -> Mark:
    kind = packet.kind if packet.is_known else "unknown type"
    return Mark(f"{judged.trust} {kind}")


def _tree(control: Control, highest: int | None) -> Tree:
    """Compare with the room: one more than the highest so far is what should come."""
    apart = 0
    if control.epoch is not None and highest is not None:
        behind = highest - control.epoch
        apart = behind if behind >= 0 else -behind - 1
    return Tree(control.epoch, control.leaf, control.path, apart)


def _highest(one: int | None, other: int | None) -> int | None:
    return max((epoch for epoch in (one, other) if epoch is not None), default=None)


def _kept(gone: Mapping[Mark, Seen], senders: Iterable[Sender]) -> Mapping[Mark, Seen]:
    kept = dict(gone)
    for sender in senders:
        for mark, seen in sender.seen.items():
            kept[mark] = joined(kept.get(mark), seen)
    return kept
