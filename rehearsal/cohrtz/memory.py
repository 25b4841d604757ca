"""What one device keeps of one room: keys, tree, rows. And what a room's past left."""

import os
from dataclasses import dataclass, field

from rehearsal.cohrtz.tree import Tree

KEY = 32
ROWS = 240
"""Rows that everybody has when a rehearsal begins: three digits."""
FEW_ROWS = 17
EPOCH = 3


def _new_key() -> bytes:
    return os.urandom(KEY)


@dataclass(frozen=True)
class Past:
    """What the devices of a room agreed on before the rehearsal began."""

    group_key: bytes = field(default_factory=_new_key, repr=False)
    vault_key: bytes = field(default_factory=_new_key, repr=False)


@dataclass
class Memory:
    """What the device has saved; None for a key that it does not have."""

    group_key: bytes | None
    vault_key: bytes | None
    tree: Tree
    rows: int = ROWS
    wants_vault: bool = False
    """Whether its person taps a vault item that cannot be opened."""
    queued: int = 0
    """Edits that wait for the group's key."""
