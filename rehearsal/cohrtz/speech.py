"""Writes one device's packets: numbered, timed, signed, sealed, and sent."""

import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import replace

from rehearsal.cohrtz.data_plane import DataMessage, DataPlane
from rehearsal.cohrtz.peer_faults import PeerFault
from rehearsal.cohrtz.peer_keys import PeerKeys, seal
from rehearsal.cohrtz.sessions import Session
from rehearsal.cohrtz.wire import Kind, Packet, encode, sign, spoiled

UNKNOWN_TYPE = 10
"""A type that a version to come may have."""


class Speech:
    """What one device says in one room."""

    def __init__(
        self, plane: DataPlane, keys: PeerKeys, faults: set[PeerFault]
    ) -> None:
        """Speak with these keys, and with the faults that are in the set then."""
        self._plane = plane
        self._keys = keys
        self._faults = faults
        self._logical = 0
        self.session: Session | None = None
        """The session to speak in; without one nothing is said."""

    def announce(self) -> None:
        """Broadcast a handshake with the device's keys."""
        sealing = self._keys.announced_sealing
        if PeerFault.NO_ENCRYPTION_KEY in self._faults:
            sealing = b""
        payload = self._keys.announced_signing
        self._broadcast(
            Packet(Kind.HANDSHAKE, payload=payload, encryption_public_key=sealing)
        )

    def ask_for_handshakes(self) -> None:
        """Broadcast a handshake without a payload: please send yours."""
        self._broadcast(Packet(Kind.HANDSHAKE))

    def say(self, message: Mapping[str, object], target: str = "") -> None:
        """Broadcast a control message in plain JSON."""
        payload = _json(message)
        self._broadcast(Packet(Kind.UNICAST_REQ, payload=payload, target_id=target))

    def whisper(self, identity: str, message: Mapping[str, object]) -> None:
        """Send a control message to one other, sealed; nothing if that cannot be."""
        self.unicast(identity, Kind.UNICAST_REQ, _json(message))

    def unicast(self, identity: str, kind: Kind, plain: bytes) -> None:
        """Send to one other, sealed; nothing if they never announced a key for it."""
        sealed = self._keys.seal_for(identity, plain)
        if sealed is not None:
            packet = Packet(kind, payload=sealed, encrypted=True)
            self._send(packet, to=frozenset({identity}))

    def to_group(self, kind: Kind, group_key: bytes, plain: bytes) -> None:
        """Broadcast, sealed with the group's key."""
        sealed = seal(group_key, plain)
        self._broadcast(Packet(kind, payload=sealed, encrypted=True))

    def say_the_unknown(self) -> None:
        """Broadcast a packet of a type that nobody here knows."""
        self._broadcast(Packet(UNKNOWN_TYPE, payload=b"\x01"))

    def _broadcast(self, packet: Packet) -> None:
        self._send(packet, to=frozenset())

    def _send(self, packet: Packet, to: frozenset[str]) -> None:
        if self.session is None:
            return
        signed = sign(self._stamped(packet, self.session.identity), self._keys.signing)
        if PeerFault.WRONG_SIGNATURES in self._faults:
            signed = spoiled(signed)
        self._plane.send(
            DataMessage(self.session.room, encode(signed), sender=self.session, to=to)
        )

    def _stamped(self, packet: Packet, identity: str) -> Packet:
        named = replace(packet, request_id=str(uuid.uuid4()), sender_id=identity)
        if PeerFault.OLDER_VERSION in self._faults:
            return named
        self._logical += 1
        now = int(time.time() * 1000)
        return replace(named, physical_time=now, logical_time=self._logical)


def _json(message: Mapping[str, object]) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()
