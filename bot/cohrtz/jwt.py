"""What a LiveKit token says, read without its key: what app and server make of it.

The app looks at three things only, and at none of what binds a token to a person and
a room; the server looks at the rest. Nothing is verified here: whether the signature
is good is for the server to say. Source of the app's rules: its jwt_utils at commit
6470ae3; of the server's: LiveKit's grants.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeGuard

SIZE_LIMIT = 16 * 1024
"""Characters of a token that are looked at; real ones have some hundreds."""
APP_MARGIN = timedelta(seconds=60)
"""The app takes a token for expired this long before it is."""
SERVER_LEEWAY = timedelta(seconds=60)
"""The server's verifier forgives clocks that differ by this much."""
SEGMENTS = 3
MISLEADING = "the app logs this as “invalid/malformed (missing iss?)”"
"""Its own branch for expired tokens is never reached."""
INT64 = 2**63
"""Dart reads a JSON integer beyond this as a float."""


class Code(StrEnum):
    """What can be wrong with a token."""

    TOO_LARGE = "too-large"
    NOT_THREE_SEGMENTS = "not-three-segments"
    UNREADABLE = "unreadable"
    EXP_NOT_INTEGER = "exp-not-integer"
    EXPIRED = "expired"
    EXPIRES_SOON = "expires-soon"
    NO_ISSUER = "no-issuer"
    NOT_YET_VALID = "not-yet-valid"
    NO_VIDEO_GRANT = "no-video-grant"
    NO_ROOM_JOIN = "no-room-join"
    NO_PUBLISH_DATA = "no-publish-data"
    NO_SUBSCRIBE = "no-subscribe"
    HIDDEN = "hidden"
    OTHER_IDENTITY = "other-identity"
    OTHER_ROOM = "other-room"


MALFORMED = frozenset(
    {
        Code.TOO_LARGE,
        Code.NOT_THREE_SEGMENTS,
        Code.UNREADABLE,
        Code.EXP_NOT_INTEGER,
        Code.NO_ISSUER,
    }
)
"""The app can make nothing of such a token, however fresh it is."""
UNREAD = frozenset({Code.TOO_LARGE, Code.NOT_THREE_SEGMENTS, Code.UNREADABLE})
"""Nothing is known of what such a token says."""
REFUSED_BY_APP = MALFORMED | {Code.EXPIRED, Code.EXPIRES_SOON}
GRANTS = frozenset(
    {
        Code.NO_VIDEO_GRANT,
        Code.NO_ROOM_JOIN,
        Code.NO_PUBLISH_DATA,
        Code.NO_SUBSCRIBE,
        Code.HIDDEN,
    }
)
"""The server lets such a bearer do less than the app needs."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong, in words that say what it does."""

    code: Code
    words: str


@dataclass(frozen=True)
class Inspection:
    """What a token says. It never holds the token or its signature.

    `seconds_left` is counted to `exp`, negative when past, None if there is no usable
    `exp`. `identity` and `room` are as the token has them, unbounded by us but for
    SIZE_LIMIT: see bot.cohrtz.plain before showing them.
    """

    problems: tuple[Problem, ...]
    expires_at: datetime | None = None
    not_before: datetime | None = None
    issued_at: datetime | None = None
    identity: str | None = None
    room: str | None = None
    seconds_left: int | None = None

    @property
    def codes(self) -> frozenset[Code]:
        """The codes of the problems."""
        return frozenset(problem.code for problem in self.problems)

    @property
    def readable(self) -> bool:
        """Whether its claims could be read at all."""
        return not self.codes & UNREAD

    @property
    def client_accepts(self) -> bool:
        """Whether the app would use it rather than ask for another."""
        return not self.codes & REFUSED_BY_APP

    @property
    def grants_ok(self) -> bool:
        """Whether it allows what the app does in a room."""
        return not self.codes & (GRANTS | UNREAD)


def inspect(text: str | bytes, *, now: datetime) -> Inspection:
    """Read a token; never raises, whatever the text is. `now` must be aware."""
    if len(text) > SIZE_LIMIT:
        return _failed(Code.TOO_LARGE, f"it is longer than {SIZE_LIMIT} characters")
    whole = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    segments = whole.split(".")
    if len(segments) != SEGMENTS:
        return _failed(
            Code.NOT_THREE_SEGMENTS, f"it has {len(segments)} segments, not three"
        )
    claims = _claims(segments[1])
    if claims is None:
        return _failed(Code.UNREADABLE, "its payload is not a base64url JSON object")
    return _read(claims, now)


def mismatches(seen: Inspection, *, room: str, identity: str) -> tuple[Problem, ...]:
    """Say where a token is bound elsewhere; nothing of one that cannot be read."""
    if not seen.readable:
        return ()
    found: list[Problem] = []
    if seen.identity != identity:
        words = "its subject is another identity than the one that was asked for"
        found.append(Problem(Code.OTHER_IDENTITY, words))
    if seen.room != room:
        words = "its grant is for another room than the one that was asked for"
        found.append(Problem(Code.OTHER_ROOM, words))
    return tuple(found)


def _failed(code: Code, words: str) -> Inspection:
    return Inspection(problems=(Problem(code, words),))


def _claims(segment: str) -> Mapping[str, Any] | None:
    padded = segment + "=" * (-len(segment) % 4)
    try:
        raw = base64.b64decode(padded, altchars=b"-_", validate=True)
        claims = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None


def _read(claims: Mapping[str, Any], now: datetime) -> Inspection:
    expires_at = _time(claims.get("exp"))
    grant = claims.get("video")
    video = grant if isinstance(grant, dict) else {}
    left = None if expires_at is None else int((expires_at - now).total_seconds())
    return Inspection(
        problems=(*_app_problems(claims, now), *_server_problems(claims, now)),
        expires_at=expires_at,
        not_before=_time(claims.get("nbf")),
        issued_at=_time(claims.get("iat")),
        identity=_text(claims.get("sub")),
        room=_text(video.get("room")),
        seconds_left=left,
    )


def _app_problems(claims: Mapping[str, Any], now: datetime) -> Iterator[Problem]:
    if "exp" in claims:  # without it the app takes the token for good for ever
        yield from _expiry(claims["exp"], now)
    if claims.get("iss") is None:
        yield Problem(Code.NO_ISSUER, "it has no `iss`, so the app throws it away")


def _expiry(exp: object, now: datetime) -> Iterator[Problem]:
    if not _is_integer(exp):
        words = "its `exp` is not an integer, so the app takes it for expired, always"
        yield Problem(Code.EXP_NOT_INTEGER, words)
        return
    left = exp - now.timestamp()
    if left <= 0:
        words = f"it expired {-left:.0f} s ago ({MISLEADING})"
        yield Problem(Code.EXPIRED, words)
    elif left < APP_MARGIN.total_seconds():
        words = f"it expires in {left:.0f} s, too soon for the app, which wants 60 s"
        words = f"{words} ({MISLEADING})"
        yield Problem(Code.EXPIRES_SOON, words)


def _server_problems(claims: Mapping[str, Any], now: datetime) -> Iterator[Problem]:
    not_before = _time(claims.get("nbf"))
    if not_before is not None and not_before > now + SERVER_LEEWAY:
        ahead = (not_before - now).total_seconds()
        yield Problem(Code.NOT_YET_VALID, f"it becomes valid only in {ahead:.0f} s")
    video = claims.get("video")
    if not isinstance(video, dict):
        yield Problem(Code.NO_VIDEO_GRANT, "it has no `video` grant")
        return
    yield from _grant_problems(video)


def _grant_problems(video: Mapping[str, Any]) -> Iterator[Problem]:
    if video.get("roomJoin") is not True:
        yield Problem(Code.NO_ROOM_JOIN, "it does not allow joining (`roomJoin`)")
    if video.get("canPublishData") is False:
        words = "it does not allow sending data, which is all that peers do"
        yield Problem(Code.NO_PUBLISH_DATA, words)
    if video.get("canSubscribe") is False:
        yield Problem(Code.NO_SUBSCRIBE, "it does not allow receiving")
    if video.get("hidden") is True:
        yield Problem(Code.HIDDEN, "it hides its bearer from the other peers")


def _is_integer(value: object) -> TypeGuard[int]:
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return -INT64 <= value < INT64


def _time(value: object) -> datetime | None:
    """Read seconds since 1970, whole or not; None when no calendar has that day."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
