"""What in the app's log speaks for which fault, and what a release never prints.

Source: cohrtz_app at 6470ae3. A release prints warnings and errors only, so a sign that
is logged at a lower level is *not known* where it is absent from a release's log.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class About(StrEnum):
    """The faults that have signs in a log."""

    TOKEN = "token"  # noqa: S105  a subject
    GROUP_KEY = "group-key"
    VAULT = "vault"
    DATABASE = "database"
    SYNC = "sync"


@dataclass(frozen=True)
class Sign:
    """A count of lines that speaks for a fault."""

    fact: str
    words: str
    """What it counts, to stand behind the number."""


SIGNS: Mapping[About, tuple[Sign, ...]] = {
    About.TOKEN: (
        Sign("log.token_rejected", "tokens refused, or not fetched"),
        Sign("log.connect_gave_up", "connects given up"),
    ),
    About.GROUP_KEY: (
        Sign("log.gsk_wait_expired", "waits of 30 s for the group key in vain"),
        Sign("log.treekem_secret_failed", "TreeKEM services without a secret"),
        Sign("log.treekem_without_service", "group keys passed over for TreeKEM"),
        Sign("log.treekem_load_failed", "TreeKEM states that could not be loaded"),
        Sign("log.treekem_welcome_failed", "welcomes that could not be opened"),
        Sign("log.no_encryption_key", "peers without an encryption key"),
        Sign("log.gsk_buffered", "packets buffered for want of the key"),
    ),
    About.VAULT: (
        Sign("log.vault_wait_expired", "waits of 10 s for the vault key in vain"),
        Sign("log.vault_previously_initialized", "refusals to make a lost key anew"),
        Sign("log.vault_decrypt_failed", "vault items that could not be decrypted"),
        Sign("log.vault_unavailable", "times that no vault key was there"),
    ),
    About.DATABASE: (
        Sign("log.database_recreated", "database files deleted and made anew"),
        Sign("log.sqlite_not_a_database", "errors 26 (not a database)"),
        Sign("log.sqlite_malformed", "errors 11 (malformed)"),
        Sign("log.sqlite_io", "errors 10 or 14 (cannot be read or opened)"),
        Sign("log.database_open_repeats", "opens that fail until the app restarts"),
    ),
    About.SYNC: (
        Sign("log.merge_failed", "chunks refused whole by the merge"),
        Sign("log.signature_failed", "packets dropped for their signature"),
        Sign("log.unsigned_dropped", "packets dropped for want of a signature"),
        Sign("log.unknown_sender", "packets kept back from unknown senders"),
        Sign("log.packet_unparsable", "packets that failed while they were handled"),
        Sign("log.sync_response_failed", "sync answers that could not be sent"),
    ),
}
HIDDEN_IN_RELEASE: Mapping[About, str] = {
    About.GROUP_KEY: "a failed decryption and the growth of the queue",
}
"""The signs of a fault that only a debug build prints."""
