"""Tokens as a token endpoint makes them, good or with one thing wrong."""

import json
from datetime import datetime, timedelta
from typing import Any

import jwt

from tests.fakes.world import ALICE, NOON, ROOM

API_KEY = "devkey"
API_SECRET = "a-secret-that-is-long-enough-for-hs256"


def claims(
    *, room: str = ROOM, identity: str = ALICE, now: datetime = NOON
) -> dict[str, Any]:
    """Return the claims of a token that is in order."""
    return {
        "iss": API_KEY,
        "sub": identity,
        "nbf": int(now.timestamp()),
        "exp": int((now + timedelta(hours=6)).timestamp()),
        "video": {
            "room": room,
            "roomJoin": True,
            "canPublish": True,
            "canSubscribe": True,
            "canPublishData": True,
        },
    }


def signed(payload: dict[str, Any], secret: str = API_SECRET) -> str:
    """Sign claims, whatever they are."""
    return jwt.api_jws.encode(json.dumps(payload).encode(), secret, algorithm="HS256")


def body(token: object) -> bytes:
    """Put a token into the endpoint's JSON."""
    return json.dumps({"token": token}).encode()
