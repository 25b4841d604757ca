"""A device's place in the group's key tree, as its messages show it.

Only what is seen from outside is played: the epoch, the leaf, and the length of the
path. No secret is derived; the group's key comes by GSK_SHARE.
"""

import base64
import os
from dataclasses import dataclass, replace

from rehearsal.cohrtz.peer_keys import NONCE

KEY = 32
TAG = 16
MOST = 64
BOX = KEY + NONCE + TAG + KEY
"""Bytes of a sealed path secret: ephemeral key, nonce, tag, secret."""


@dataclass(frozen=True)
class Tree:
    """The device's own view; others may have another."""

    epoch: int
    leaf: int
    leaves: int

    def grown(self) -> "Tree":
        """Return it with one more leaf: a newcomer's, or a known peer's ghost.

        The app knows no end of ghosts; here the tree stays small.
        """
        return replace(self, epoch=self.epoch + 1, leaves=min(self.leaves + 1, MOST))

    def updated(self, epoch: int) -> "Tree":
        """Return it after an update: the larger epoch, or else one more."""
        return replace(self, epoch=epoch if epoch > self.epoch else self.epoch + 1)

    @property
    def path(self) -> int:
        """Return the nodes from a leaf to the root, both counted."""
        return (self.leaves - 1).bit_length() + 1

    def update(self) -> dict[str, object]:
        """Return the message that tells others of this epoch."""
        nodes = [
            {"publicKey": _random(KEY), "encryptedPathSecrets": {str(at): _random(BOX)}}
            for at in range(self.path)
        ]
        place = {"epoch": self.epoch, "senderLeafIndex": self.leaf}
        return {"type": "Treekem_UPDATE", **place, "updatePath": nodes}

    def welcome(self) -> dict[str, object]:
        """Return the message that gives a newcomer the last leaf."""
        nodes = [{"publicKey": _random(KEY)} for _ in range(2 * self.leaves - 1)]
        return {
            "type": "Treekem_WELCOME",
            "epoch": self.epoch,
            "leafIndex": self.leaves - 1,
            "leafCount": self.leaves,
            "nodes": nodes,
            "encryptedPathSecret": _random(BOX),
        }


def _random(size: int) -> str:
    return base64.b64encode(os.urandom(size)).decode()
