"""Tokens: inspected without a key; what is wrong is told in words."""

import base64
import json
from datetime import UTC, datetime

from bot.cohrtz.jwt import SIZE_LIMIT, inspect, mismatches
from bot.cohrtz.plain import name
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, seen

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STAMP = int(NOW.timestamp())
CLAIMS = (
    json.dumps(
        {
            "iss": "APIkey",
            "sub": "alice",
            "nbf": STAMP - 10,
            "iat": STAMP,
            "exp": STAMP + 3600,
            "video": {"roomJoin": True, "room": "blue", "canPublishData": True},
        }
    ),
    json.dumps({"exp": STAMP + 30, "video": {"roomJoin": False, "hidden": True}}),
)


def _segment(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


HEAD = _segment(b'{"alg":"HS256","typ":"JWT"}')
WHOLE = tuple(f"{HEAD}.{_segment(one.encode())}.{'ab' * 20}" for one in CLAIMS)


def _token(rng):
    if rng.random() < 0.3:
        return mutations.text(rng, WHOLE)
    if rng.random() < 0.03:
        nested = "[" * rng.choice((500, SIZE_LIMIT // 2))
        return f"{HEAD}.{_segment(nested.encode())}.x"
    raw = json.dumps(mutations.value(rng, CLAIMS)).encode()
    return f"{HEAD}.{_segment(raw)}.{'ab' * 20}"


def case(_, rng):
    found = inspect(_token(rng), now=NOW)
    for problem in (*found.problems, *mismatches(found, room="blue", identity="alice")):
        must(problem.words.strip(), f"{problem.code} without words")
        seen(problem.words)
    seen(name(found.identity or ""))
    seen(name(found.room or ""))
    must(found.readable or not found.client_accepts, "an unreadable token is accepted")
    must(found.readable or not found.grants_ok, "an unreadable token grants")
    return "read" if found.readable else "unreadable"


TARGET = Target("jwts", "tokens", 9_200, lambda: None, case)
