"""The vault's key: what a device has of it, and who may make one.

Source: key_manager.dart of cohrtz_app at 6470ae3. A key that was made anew while peers
still have the old one forks the vault for good: a key that comes later never replaces
one that is there.
"""

from collections.abc import Iterable
from enum import StrEnum

from bot.cohrtz.databases.identities import canonical, utf16_order


class VaultKey(StrEnum):
    """What the presence of `key_{room}` and `vault_key_initialized_{room}` means."""

    HEALTHY = "healthy"
    LEGACY = "legacy"
    MISSING = "missing-after-initialised"
    NEVER = "never-initialised"


WORDS = {
    VaultKey.HEALTHY: (
        "The vault's key is there. It may still be another one than the peers have."
    ),
    VaultKey.LEGACY: (
        "The vault's key is there, without its marker: an old install that never read "
        "the vault since."
    ),
    VaultKey.MISSING: (
        "The vault's key was there once and is gone. It can come from a peer only: "
        "nobody may add vault items on this device while it is alone in the room, for "
        "that makes a second key."
    ),
    VaultKey.NEVER: "This device never had the vault's key.",
}
"""A sentence for each."""


def vault_key(*, has_key: bool, has_marker: bool) -> VaultKey:
    """Read the presence of both names."""
    if has_key:
        return VaultKey.HEALTHY if has_marker else VaultKey.LEGACY
    return VaultKey.MISSING if has_marker else VaultKey.NEVER


def smallest(identities: Iterable[str]) -> str | None:
    """Return the identity that the app takes as authority; None of nobody.

    `identities` are those that a peer can see: hidden participants do not count.
    """
    return min(identities, key=utf16_order, default=None)


def is_authority(
    identity: str, visible: Iterable[str], *, is_host: bool | None
) -> bool | None:
    """Say whether the app on that device takes itself for the vault's authority.

    It does when it is the host, or when its identity is the smallest of itself and the
    visible others. Two devices may both do so. None when it is not the smallest and
    nobody knows whether it is the host, which no server can see.
    """
    if is_host or smallest({identity, *visible}) == identity:
        return True
    return None if is_host is None else False


def is_alone(identity: str, visible: Iterable[str]) -> bool:
    """Say whether nobody else is visible in the room.

    A device that is alone makes a new key when somebody adds a vault item, without
    looking whether there ever was one.
    """
    return all(canonical(other) == canonical(identity) for other in visible)
