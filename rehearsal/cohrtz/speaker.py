"""What a peer says in a room: the app's packets, signed with the peer's true keys.

Encrypted payloads are of the true length and otherwise nonsense: nobody who listens
without keys can tell. Each method gives a packet that is signed; `wire.encode` makes
the message of it, `spoiled` and `unsigned` what goes wrong with it in life.

Source: cohrtz_app at 6470ae3 (packet handler, data broadcaster, TreeKEM handler).
"""

import hashlib
import json
import math
import time
import uuid
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from rehearsal.cohrtz.wire import Kind, Packet, sign

SEALED = 28
"""Bytes that encryption adds: a nonce of 12 and a tag of 16."""
INVITE_REFUSED = "Invalid, expired, or used invite code."


@dataclass(frozen=True)
class Keys:
    """A peer's keys in one room."""

    signing: Ed25519PrivateKey
    encryption: X25519PrivateKey

    @property
    def signing_public(self) -> bytes:
        """Return the key that others verify with; 32 bytes."""
        return self.signing.public_key().public_bytes_raw()

    @property
    def encryption_public(self) -> bytes:
        """Return the key that others encrypt for; 32 bytes."""
        return self.encryption.public_key().public_bytes_raw()


def keys_of(name: str) -> Keys:
    """Return the keys that belong to a name, always the same ones."""
    return Keys(
        signing=Ed25519PrivateKey.from_private_bytes(_seed(f"sign {name}")),
        encryption=X25519PrivateKey.from_private_bytes(_seed(f"encrypt {name}")),
    )


def now_ms() -> int:
    """Return the time as packets bear it: milliseconds since 1970."""
    return round(time.time() * 1000)


class Speaker:
    """A peer's mouth: makes packets one after another, counting as the app counts."""

    def __init__(
        self, identity: str, keys: Keys, now: Callable[[], int] = now_ms
    ) -> None:
        """Speak as `identity`, with `keys`, at the times that `now` gives."""
        self.identity = identity
        self.keys = keys
        self._now = now
        self._said = 0

    def handshake(self, *, with_encryption_key: bool = True) -> Packet:
        """Announce the signing key, and the encryption key beside it."""
        extra = self.keys.encryption_public if with_encryption_key else b""
        packet = self._packet(Kind.HANDSHAKE, self.keys.signing_public)
        return self._signed(replace(packet, encryption_public_key=extra))

    def handshake_request(self) -> Packet:
        """Ask everybody to announce their keys: a handshake without any."""
        return self._signed(self._packet(Kind.HANDSHAKE))

    def gsk_req(self) -> Packet:
        """Ask for the group's secret key."""
        return self.control("GSK_REQ")

    def key_req(self) -> Packet:
        """Ask for the vault's key."""
        return self.control("KEY_REQ")

    def treekem_update(self, epoch: int, leaf: int, path_length: int) -> Packet:
        """Announce a new epoch; the path is as long as the tree is deep, and one."""
        path = [_path_node(self.identity, epoch, place) for place in range(path_length)]
        return self.control(
            "Treekem_UPDATE", epoch=epoch, senderLeafIndex=leaf, updatePath=path
        )

    def sync_ping(self, target: str, t0: float = 1.5) -> Packet:
        """Ask one peer for its clock."""
        return self._aimed(target, "SYNC_PING", t0=t0)

    def sync_pong(self, ping: Packet, t1: float = 2.5, t2: float = 2.75) -> Packet:
        """Answer a ping, with its request id."""
        t0 = json.loads(ping.payload)["t0"]
        pong = self._aimed(ping.sender_id, "SYNC_PONG", t0=t0, t1=t1, t2=t2)
        return self._signed(replace(pong, request_id=ping.request_id))

    def data_chunk(self, size: int) -> Packet:
        """Broadcast an edit, encrypted; `size` is of the payload as it is sent."""
        return self.sealed(Kind.DATA_CHUNK, size)

    def consistency_check(self, count: int) -> Packet:
        """Broadcast how many rows there are, encrypted: only the length tells."""
        digest = "empty" if count == 0 else "0" * 64
        said = json.dumps({"count": count, "hash": digest}, separators=(",", ":"))
        return self.sealed(Kind.CONSISTENCY_CHECK, len(said) + SEALED)

    def consistency_check_without_database(self) -> Packet:
        """Broadcast what a peer says whose database is not there: `{}`."""
        return self.sealed(Kind.CONSISTENCY_CHECK, len("{}") + SEALED)

    def invite_req(self, code: str) -> Packet:
        """Ask in the invite room to be let in."""
        return self._signed(self._packet(Kind.INVITE_REQ, code.encode()))

    def invite_ack(self, request: Packet, data_room: str) -> Packet:
        """Tell the one who asked where the group meets."""
        packet = self._packet(Kind.INVITE_ACK, data_room.encode())
        return self._signed(replace(packet, request_id=request.request_id))

    def invite_nack(self, request: Packet) -> Packet:
        """Refuse the one who asked."""
        packet = self._packet(Kind.INVITE_NACK, INVITE_REFUSED.encode())
        return self._signed(replace(packet, request_id=request.request_id))

    def control(self, word: str, **fields: object) -> Packet:
        """Broadcast a control message in plain JSON."""
        return self._signed(self._control(word, **fields))

    def sealed(self, kind: int, size: int) -> Packet:
        """Broadcast a payload of `size` bytes that only the group could open."""
        payload = _noise(f"{self.identity} {self._said}", size)
        return self._signed(replace(self._packet(kind, payload), encrypted=True))

    def of_a_later_version(self, number: int = 10) -> Packet:
        """Broadcast a type that this version does not know."""
        return self.sealed(number, 64)

    def _aimed(self, target: str, word: str, **fields: object) -> Packet:
        return self._signed(replace(self._control(word, **fields), target_id=target))

    def _control(self, word: str, **fields: object) -> Packet:
        said = json.dumps({"type": word, **fields}, separators=(",", ":"))
        return self._packet(Kind.UNICAST_REQ, said.encode())

    def _packet(self, kind: int, payload: bytes = b"") -> Packet:
        self._said += 1
        return Packet(
            type=kind,
            request_id=str(
                uuid.UUID(bytes=_seed(f"{self.identity} {self._said}")[:16])
            ),
            sender_id=self.identity,
            payload=payload,
            physical_time=self._now(),
            logical_time=self._said,
        )

    def _signed(self, packet: Packet) -> Packet:
        return sign(packet, self.keys.signing)


def unsigned(packet: Packet) -> Packet:
    """Return it as if nobody had signed it."""
    return replace(packet, signature=b"", sender_public_key=b"")


def _path_node(identity: str, epoch: int, place: int) -> dict[str, object]:
    """Return one node of a path: its key, and the secret sealed for its sibling."""
    public, secret = (
        b64encode(_noise(f"{identity} {epoch} {place} {what}", size)).decode()
        for what, size in (("key", 32), ("secret", 92))
    )
    sealed = {} if place == 0 else {str(2 * place + 1): secret}
    return {"publicKey": public, "encryptedPathSecrets": sealed}


def _seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def _noise(name: str, size: int) -> bytes:
    blocks = (_seed(f"{name} {block}") for block in range(math.ceil(size / 32)))
    return b"".join(blocks)[:size]
