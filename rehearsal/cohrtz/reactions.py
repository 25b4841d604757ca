"""How the app answers what it hears in a room. Modelled on cohrtz_app at 6470ae3.

Simpler than there: nobody is elected to answer a SYNC_REQ, and nothing is buffered.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rehearsal.cohrtz.memory import KEY, Memory
from rehearsal.cohrtz.peer_faults import PeerFault
from rehearsal.cohrtz.peer_keys import PeerKeys, unseal
from rehearsal.cohrtz.speech import Speech
from rehearsal.cohrtz.throttle import Throttle
from rehearsal.cohrtz.wire import Kind, Packet

HANDSHAKE_SECONDS = 5.0
ASK_SECONDS = 3.0
CHECK_SECONDS = 2.0
DEAD = b"{}"


@dataclass(frozen=True)
class Reactions:
    """One device's answers in one room."""

    identity: str
    speech: Speech
    keys: PeerKeys
    memory: Memory
    faults: set[PeerFault]
    throttle: Throttle

    def hear(self, packet: Packet) -> None:
        """Do what the app does with a packet."""
        if packet.target_id not in ("", self.identity):
            return
        if packet.type == Kind.HANDSHAKE:
            self._shake(packet)
        elif packet.type == Kind.UNICAST_REQ and not packet.encrypted:
            self._obey(packet, packet.payload)
        elif self.keys.verifies(packet):
            self._open(packet)
        elif self.throttle.allows("ask", ASK_SECONDS):
            self.speech.ask_for_handshakes()

    def check_consistency(self) -> None:
        """Broadcast how many rows there are, and their hash."""
        key = self.memory.group_key
        if key and self.throttle.allows("check", CHECK_SECONDS):
            self.speech.to_group(Kind.CONSISTENCY_CHECK, key, self._consistency())

    def _shake(self, packet: Packet) -> None:
        if not packet.payload:
            self.speech.announce()
            return
        if len(packet.payload) != KEY:
            return
        if self.keys.learn(packet):
            self.speech.unicast(packet.sender_id, Kind.SYNC_REQ, b"{}")
            self._share_group_key(packet.sender_id)
        if packet.encryption_public_key and self._has_a_tree():
            self._take_in(packet.sender_id)

    def _has_a_tree(self) -> bool:
        stale = PeerFault.STALE_EPOCH in self.faults
        return self.memory.group_key is not None and not stale

    def _take_in(self, newcomer: str) -> None:
        """Give a leaf to whoever shakes hands, also to a peer that has one already."""
        self.memory.tree = self.memory.tree.grown()
        self.speech.whisper(newcomer, self.memory.tree.welcome())
        self.speech.say(self.memory.tree.update())

    def _open(self, packet: Packet) -> None:
        plain = self.keys.open_from(packet.sender_id, packet.payload)
        if packet.type == Kind.UNICAST_REQ:
            self._whispered(packet, plain)
            return
        if plain is None and self.memory.group_key:
            plain = unseal(self.memory.group_key, packet.payload)
        if plain is not None:
            self._take(packet, plain)

    def _whispered(self, packet: Packet, plain: bytes | None) -> None:
        if plain is not None:
            self._obey(packet, plain)
        elif self.throttle.allows("ask", ASK_SECONDS):
            self.speech.ask_for_handshakes()

    def _take(self, packet: Packet, plain: bytes) -> None:
        if packet.type == Kind.SYNC_REQ:
            chunk = json.dumps({"roles": []}).encode()
            self.speech.unicast(packet.sender_id, Kind.DATA_CHUNK, chunk)
        elif packet.type == Kind.DATA_CHUNK:
            self.memory.rows += _rows(plain)
            self.check_consistency()

    def _obey(self, packet: Packet, plain: bytes) -> None:
        message = _message(plain)
        act = ACTS.get(str(message.get("type")))
        if act is not None:
            act(self, packet.sender_id, message)

    def _share_group_key(self, identity: str) -> None:
        key = self.memory.group_key
        if key is not None:
            self.speech.whisper(identity, {"type": "GSK_SHARE", "key": _base64(key)})

    def _asked_for_group_key(self, who: str, _: Mapping[str, object]) -> None:
        self._share_group_key(who)

    def _given_group_key(self, _: str, message: Mapping[str, object]) -> None:
        self.memory.group_key = _key(message) or self.memory.group_key
        self.memory.queued = 0

    def _asked_for_vault_key(self, who: str, _: Mapping[str, object]) -> None:
        key = self.memory.vault_key
        if key is not None:
            self.speech.whisper(who, {"type": "ROOM_KEY", "key": _base64(key)})

    def _given_vault_key(self, _: str, message: Mapping[str, object]) -> None:
        self.memory.vault_key = self.memory.vault_key or _key(message)
        self.memory.wants_vault = self.memory.vault_key is None

    def _updated(self, _: str, message: Mapping[str, object]) -> None:
        epoch = message.get("epoch")
        if PeerFault.STALE_EPOCH not in self.faults and isinstance(epoch, int):
            self.memory.tree = self.memory.tree.updated(epoch)

    def _pinged(self, who: str, message: Mapping[str, object]) -> None:
        times = {"t0": message.get("t0"), "t1": 1.0, "t2": 1.0}
        self.speech.say({"type": "SYNC_PONG", **times}, who)

    def _consistency(self) -> bytes:
        if PeerFault.DEAD_CRDT in self.faults:
            return DEAD
        digest = hashlib.sha256(str(self.memory.rows).encode()).hexdigest()
        told = {"count": self.memory.rows, "hash": digest}
        return json.dumps(told, separators=(",", ":")).encode()


ACTS: Mapping[str, Callable[[Reactions, str, Mapping[str, object]], None]] = {
    "GSK_REQ": Reactions._asked_for_group_key,  # noqa: SLF001  the class's own acts
    "GSK_SHARE": Reactions._given_group_key,  # noqa: SLF001  see above
    "KEY_REQ": Reactions._asked_for_vault_key,  # noqa: SLF001  see above
    "ROOM_KEY": Reactions._given_vault_key,  # noqa: SLF001  see above
    "Treekem_UPDATE": Reactions._updated,  # noqa: SLF001  see above
    "Treekem_WELCOME": Reactions._updated,  # noqa: SLF001  see above
    "SYNC_PING": Reactions._pinged,  # noqa: SLF001  see above
}


def _message(plain: bytes) -> Mapping[str, object]:
    try:
        message = json.loads(plain)
    except (ValueError, RecursionError):
        return {}
    return message if isinstance(message, dict) else {}


def _rows(plain: bytes) -> int:
    tables = _message(plain).values()
    return sum(len(table) for table in tables if isinstance(table, list))


def _base64(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _key(message: Mapping[str, object]) -> bytes | None:
    try:
        key = base64.b64decode(str(message.get("key")), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) == KEY else None
