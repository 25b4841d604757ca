"""What can be wrong inside one person's app, apart from its connection."""

from enum import StrEnum


class PeerFault(StrEnum):
    """A fault of the app; it begins once the app has synchronised for the first time.

    LOST_GROUP_KEY and NEW_SIGNING_KEY heal when the app is asked to announce its keys
    again (HANDSHAKE without a payload); LOST_VAULT_KEY heals when somebody who has the
    key is there; the others last until the app is cured.
    """

    LOST_GROUP_KEY = "lost-group-key"
    """The group's key is gone, and so is the key by which others seal for this one:
    it asks with GSK_REQ, is answered, and cannot open the answer."""
    LOST_VAULT_KEY = "lost-vault-key"
    """The vault's key is gone; the person taps a vault item again and again, and each
    time the app sends KEY_REQ."""
    WRONG_SIGNATURES = "wrong-signatures"
    """Signatures that no key fits."""
    NEW_SIGNING_KEY = "new-signing-key"
    """It signs with a new key that it never announced."""
    STALE_EPOCH = "stale-epoch"
    """It takes no TreeKEM update; the person presses Advance Epoch, and what goes
    out is of long ago."""
    NO_ENCRYPTION_KEY = "no-encryption-key"
    """Its handshakes announce no key for sealing."""
    DEAD_CRDT = "dead-crdt"
    """Its database is gone from memory: its consistency checks say `{}`."""
    DIVERGED_COUNT = "diverged-count"
    """Its database has lost most rows."""
    NEWER_VERSION = "newer-version"
    """It sends a type of packet that this version of the app does not know."""
    OLDER_VERSION = "older-version"
    """Its packets have no times: a client from before hybrid time."""
