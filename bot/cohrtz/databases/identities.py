"""How the app tells whether two identities are the same person."""

import re

_PREFIX = "user:"
_TRUE = re.compile(r"user:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)


def canonical(identity: str) -> str:
    """Return what the app compares: trimmed, lower case, without `user:`."""
    return identity.strip().lower().removeprefix(_PREFIX)


def is_identity(text: str) -> bool:
    """Say whether it has the form `user:<uuid>` and so may be shown."""
    return _TRUE.fullmatch(text) is not None


def utf16_order(identity: str) -> bytes:
    """Return a sort key in the order of UTF-16 code units, as Dart compares strings."""
    return identity.encode("utf-16-be", "surrogatepass")
