"""What the names in a secure store tell, without a key to open anything.

A value is `0x01 ‖ nonce(12) ‖ AES-256-GCM ciphertext ‖ tag(16)`, so its length less 29
is that of what it hides. Names hold the names of rooms, and who has one may enter: told
are kinds and counts, and of rooms only the one that was asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import quote

from bot.cohrtz.databases.vault import WORDS, VaultKey, vault_key
from bot.core.evidence import Finding, Value, Verdict

FACTS = {
    "keys.readable": "whether the names in the secure store could be read",
    "keys.entries": "how many values it holds",
    "keys.broken": "values that are no envelope the app could open: it fails on them",
    "keys.rooms": "how many rooms it has keys of",
    "keys.vault": "what is there of the room's vault key",
    "keys.vault_key_at": "when the vault key was written last",
    "keys.vault_marker_at": "when the vault was used last, about",
    "keys.vault_key_new": "whether the vault key is newer than the incident",
    "keys.gsk": "whether a shared group key of the room is there",
    "keys.gsk_at": "when it was written last",
    "keys.treekem_private": "whether the private half of the room's TreeKEM is there",
    "keys.treekem_epoch": "whether its epoch is there",
    "keys.treekem_at": "when the TreeKEM state was saved last",
    "keys.token": "whether a token of the room is saved",
    "keys.token_at": "when a connect was attempted last; says nothing of a refresh",
    "keys.signing_seed": "whether the room's signing key is there",
    "keys.encryption_seed": "whether the room's key for messages to one peer is there",
    "keys.host": "whether this device made the group that it used last",
}
OVERHEAD = 29
"""Bytes of an envelope around what it hides."""
TRUE_LENGTH, FALSE_LENGTH = OVERHEAD + len("true"), OVERHEAD + len("false")


class Of(StrEnum):
    """The kinds of key that a room has, as its name begins."""

    SIGNING_SEED = "cohrtz_key_seed_"
    ENCRYPTION_SEED = "cohrtz_encryption_key_seed_"
    GSK = "gsk_"
    TREEKEM_PRIVATE = "treekem_private_"
    TREEKEM_EPOCH = "treekem_epoch_"
    VAULT_KEY = "key_"
    VAULT_MARKER = "vault_key_initialized_"
    TOKEN = "token_"  # noqa: S105  the name of a key
    GROUP_IDENTITY = "cohrtz_group_identity_"


_MAKE_A_ROOM = frozenset(
    {Of.SIGNING_SEED, Of.GSK, Of.TREEKEM_PRIVATE, Of.VAULT_KEY, Of.VAULT_MARKER}
)
HOST_FLAG = "last_group_is_host"


@dataclass(frozen=True)
class Stored:
    """One entry: its name, its length, its time, and nothing of its value."""

    name: str
    size: int
    """Bytes of the envelope."""
    updated_at: datetime | None
    is_sound: bool = True
    """Its version byte is 1."""


@dataclass
class Keys:
    """A secure store, folded."""

    room: str | None
    since: datetime | None = None
    entries: int = 0
    broken: int = 0
    is_host: bool | None = None
    rooms: set[str] = field(default_factory=set)
    held: dict[Of, Stored] = field(default_factory=dict)

    def add(self, entry: Stored) -> None:
        """Take one entry in."""
        self.entries += 1
        self.broken += not entry.is_sound or entry.size <= OVERHEAD
        if entry.name == HOST_FLAG:
            told = {TRUE_LENGTH: True, FALSE_LENGTH: False}
            self.is_host = told.get(entry.size)
        self._sort(entry)

    def _sort(self, entry: Stored) -> None:
        for kind in Of:
            if not entry.name.startswith(kind.value):
                continue
            suffix = entry.name.removeprefix(kind.value)
            if kind in _MAKE_A_ROOM:
                self.rooms.add(suffix)
            if self.room is not None and suffix == self._suffix(kind):
                self.held[kind] = entry
            return

    def _suffix(self, kind: Of) -> str | None:
        if self.room is None or kind is not Of.GROUP_IDENTITY:
            return self.room
        return quote(self.room.encode("utf-8", "replace"), safe="!'()*-._~")

    @property
    def vault(self) -> VaultKey:
        """What is there of the vault key of the room that was asked for."""
        return vault_key(
            has_key=Of.VAULT_KEY in self.held, has_marker=Of.VAULT_MARKER in self.held
        )

    def at(self, kind: Of) -> datetime | None:
        """Return when the room's entry of that kind was written last."""
        entry = self.held.get(kind)
        return None if entry is None else entry.updated_at

    @property
    def is_vault_key_new(self) -> bool | None:
        """Say whether the vault key was written after the incident began.

        It was received or made anew then; a release build's log tells neither.
        """
        at = self.at(Of.VAULT_KEY)
        return None if at is None or self.since is None else at >= self.since


def fold(
    entries: Iterable[Stored], *, room: str | None, since: datetime | None
) -> Keys:
    """Add entries up."""
    whole = Keys(room, since)
    for entry in entries:
        whole.add(entry)
    return whole


def moment(milliseconds: object) -> datetime | None:
    """Return a device's epoch milliseconds as a time; None for what is none."""
    if not isinstance(milliseconds, int) or not 0 < milliseconds < 1 << 47:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def unreadable(why: str) -> Finding:
    """Say that not even the names could be read."""
    words = f"The secure store cannot be read: {why} With it as it is, no app starts."
    facts: Mapping[str, Value] = {"keys.readable": False}
    return Finding(verdict=Verdict.BAD, headline=words, facts=facts)


def finding(keys: Keys) -> Finding:
    """Say what the store holds of the room that was asked for."""
    facts = _facts(keys)
    if keys.broken:
        words = (
            f"{keys.broken} values are no envelope: the app fails when it reads one."
        )
        return Finding(verdict=Verdict.BAD, headline=words, facts=facts)
    if keys.room is None:
        words = (
            "Name the room to be told of its keys; other rooms' names are not shown."
        )
        return Finding(verdict=Verdict.UNKNOWN, headline=words, facts=facts)
    if not keys.held:
        words = (
            "It holds nothing of that room: another device's store, or another room."
        )
        return Finding(verdict=Verdict.UNKNOWN, headline=words, facts=facts)
    faults = _faults(keys)
    verdict = Verdict.BAD if faults else Verdict.OK
    said = [*faults, *([] if keys.vault is VaultKey.MISSING else [WORDS[keys.vault]])]
    return Finding(verdict=verdict, headline=" ".join(said), facts=facts)


def _faults(keys: Keys) -> list[str]:
    said = [WORDS[keys.vault]] if keys.vault is VaultKey.MISSING else []
    if not keys.held.keys() & {Of.GSK, Of.TREEKEM_PRIVATE}:
        said.append("No group key of the room is stored, of either kind.")
    if Of.TOKEN not in keys.held:
        said.append("No token is saved: the app never connected, or forgot the group.")
    if Of.SIGNING_SEED not in keys.held:
        said.append("The room's signing key is missing.")
    if keys.is_vault_key_new:
        said.append(
            "The vault key is newer than the incident: received from a peer, or made "
            "anew, which forks the vault."
        )
    return said


def _facts(keys: Keys) -> dict[str, Value]:
    facts: dict[str, Value] = {
        "keys.readable": True,
        "keys.entries": keys.entries,
        "keys.broken": keys.broken,
        "keys.rooms": len(keys.rooms),
    }
    if keys.is_host is not None:
        facts["keys.host"] = keys.is_host
    if keys.room is not None and keys.held:
        facts |= _room_facts(keys)
    return facts


def _room_facts(keys: Keys) -> dict[str, Value]:
    facts: dict[str, Value] = {
        "keys.vault": keys.vault.value,
        "keys.gsk": Of.GSK in keys.held,
        "keys.treekem_private": Of.TREEKEM_PRIVATE in keys.held,
        "keys.treekem_epoch": Of.TREEKEM_EPOCH in keys.held,
        "keys.token": Of.TOKEN in keys.held,
        "keys.signing_seed": Of.SIGNING_SEED in keys.held,
        "keys.encryption_seed": Of.ENCRYPTION_SEED in keys.held,
    }
    if keys.is_vault_key_new is not None:
        facts["keys.vault_key_new"] = keys.is_vault_key_new
    times = {
        "keys.vault_key_at": keys.at(Of.VAULT_KEY),
        "keys.vault_marker_at": keys.at(Of.VAULT_MARKER),
        "keys.gsk_at": keys.at(Of.GSK),
        "keys.treekem_at": keys.at(Of.TREEKEM_PRIVATE),
        "keys.token_at": keys.at(Of.TOKEN),
    }
    told = {name: at.isoformat() for name, at in times.items() if at is not None}
    return facts | told
