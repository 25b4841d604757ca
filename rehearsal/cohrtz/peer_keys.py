"""The keys of one device in one room, and what can be done with them.

As the app: Ed25519 to sign, X25519 to seal for one other, AES-256-GCM for everything
that is sealed (`nonce ‖ ciphertext ‖ tag`, no additional data). The key for a pair is
the SHA-256 of the shared secret and the room's name.
"""

import hashlib
import os

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey,
    X25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rehearsal.cohrtz.wire import Packet, signed_bytes

NONCE = 12


class PeerKeys:
    """One device's own keys for one room, and the others' public ones."""

    def __init__(self, room: str) -> None:
        """Make new keys; nobody else's is known."""
        self._room = room
        self.signing = Ed25519PrivateKey.generate()
        self._sealing = X25519PrivateKey.generate()
        self.signs_by: dict[str, bytes] = {}
        """Each other's Ed25519 key, by identity, from their last handshake."""
        self.seals_by: dict[str, bytes] = {}
        """Each other's X25519 key, as far as they announced one."""

    @property
    def announced_signing(self) -> bytes:
        """Return the public key that a handshake announces as its payload."""
        return self.signing.public_key().public_bytes_raw()

    @property
    def announced_sealing(self) -> bytes:
        """Return the public key that a handshake announces for sealing."""
        return self._sealing.public_key().public_bytes_raw()

    def new_signing(self) -> None:
        """Replace the signing key; nobody is told."""
        self.signing = Ed25519PrivateKey.generate()

    def new_sealing(self) -> None:
        """Replace the sealing key; nobody is told."""
        self._sealing = X25519PrivateKey.generate()

    def learn(self, packet: Packet) -> bool:
        """Take the keys of a handshake; tell whether any of them was news."""
        who = packet.sender_id
        before = self.signs_by.get(who), self.seals_by.get(who)
        self.signs_by[who] = packet.payload
        if packet.encryption_public_key:
            self.seals_by[who] = packet.encryption_public_key
        return before != (self.signs_by.get(who), self.seals_by.get(who))

    def verifies(self, packet: Packet) -> bool:
        """Check the signature by the key of the sender's last handshake."""
        try:
            key = Ed25519PublicKey.from_public_bytes(self.signs_by[packet.sender_id])
            key.verify(packet.signature, signed_bytes(packet))
        except (InvalidSignature, KeyError, ValueError):
            return False
        return True

    def seal_for(self, identity: str, plain: bytes) -> bytes | None:
        """Seal for one other; None if they never announced a key for it."""
        key = self._pairwise(identity)
        return seal(key, plain) if key else None

    def open_from(self, identity: str, sealed: bytes) -> bytes | None:
        """Open what one other sealed for us; None if it cannot be opened."""
        key = self._pairwise(identity)
        return unseal(key, sealed) if key else None

    def _pairwise(self, identity: str) -> bytes | None:
        theirs = self.seals_by.get(identity)
        if theirs is None:
            return None
        shared = self._sealing.exchange(X25519PublicKey.from_public_bytes(theirs))
        return hashlib.sha256(shared + self._room.encode()).digest()


def seal(key: bytes, plain: bytes) -> bytes:
    """Seal with AES-256-GCM under a fresh nonce."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, None)


def unseal(key: bytes, sealed: bytes) -> bytes | None:
    """Open; None if it was sealed with another key or is too short."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], None)
    except (InvalidTag, ValueError):
        return None
