"""What the app thinks of a token that it has saved. It never checks a signature."""

import base64
import binascii
import json

MARGIN = 60
"""Seconds that must be left of a token's life for the app to use it."""


def looks_valid(token: str, now: float) -> bool:
    """Tell whether the app would join with this token without asking for another.

    Three segments, a JSON payload with an `iss` that is not null, and an `exp` that is
    absent or an integer of more than a minute from now. Whose token it is, and for
    which room, the app does not look at.
    """
    claims = _payload(token)
    if claims is None or claims.get("iss") is None:
        return False
    return _lives(claims.get("exp"), now)


def _lives(expiry: object, now: float) -> bool:
    if expiry is None:
        return True
    if not isinstance(expiry, int) or isinstance(expiry, bool):
        return False
    return expiry > now + MARGIN


def _payload(token: str) -> dict[str, object] | None:
    segments = token.split(".")
    if len(segments) != len(("header", "payload", "signature")):
        return None
    padded = segments[1] + "=" * (-len(segments[1]) % 4)
    try:
        claims = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None
