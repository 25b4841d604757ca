"""What the token endpoint's answer is worth: a token, or what is wrong with it.

The app accepts status 200 only, and of the body only the string `token` of a JSON
object (cohrtz_app at 6470ae3, connection_manager.dart).
"""

import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from pydantic import SecretStr

from bot.cohrtz.jwt import MALFORMED, Code, Inspection, inspect

ACCEPTED = 200
"""The one HTTP status that the app accepts."""
TOO_MANY = 429


HANDS_OFF = "Nobody should press Reconnect now: if it fails, the app forgets the group."
"""The app's dialog deletes the group's entry when its connect fails."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class TokenStatus(StrEnum):
    """How a request for a token ended; only `ok` lets a client in."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"
    HTTP_ERROR = "http-error"
    HTML = "html"
    NOT_JSON = "not-json"
    NO_TOKEN = "no-token"  # noqa: S105  a status, not a secret
    MALFORMED = "malformed"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"


class Answer(Protocol):
    """What is read of an answer; bot.world.tokens.TokenAnswer has it."""

    @property
    def trouble(self) -> str | None:
        """Why there is no HTTP answer: unreachable, timeout or too-large."""
        ...

    @property
    def status(self) -> int | None:
        """The HTTP status."""
        ...

    @property
    def content_type(self) -> str:
        """The `Content-Type` header."""
        ...

    @property
    def body(self) -> bytes:
        """The body, which may hold a token."""
        ...


@dataclass(frozen=True)
class Reading:
    """An answer, read. The token's repr and str are redacted.

    `words` is a clause that goes on from «The token endpoint …»; `inspection` is there
    when there is a token.
    """

    status: TokenStatus
    words: str
    token: SecretStr | None = None
    inspection: Inspection | None = None


TROUBLES = {
    TokenStatus.UNREACHABLE: (
        "cannot be reached, so no client can get a token: look at its process, its "
        "DNS name and its certificate"
    ),
    TokenStatus.TIMEOUT: (
        "gave no whole answer in time; the app waits without limit, and meanwhile "
        "reconnects none of its rooms"
    ),
    TokenStatus.TOO_LARGE: "answers with far more than a token; what runs there?",
}


def read(answer: Answer, *, now: datetime) -> Reading:
    """Say what the answer holds; never raises, whatever the body is."""
    if answer.trouble is not None:
        status = TokenStatus(answer.trouble)
        return Reading(status, TROUBLES[status])
    if answer.status != ACCEPTED:
        return Reading(TokenStatus.HTTP_ERROR, _http_error(answer.status))
    if _is_html(answer):
        words = "answers a web page: a proxy, a login page or a wrong route is in front"
        return Reading(TokenStatus.HTML, words)
    return _read_body(answer.body, now)


def _http_error(status: int | None) -> str:
    if status in REDIRECTS:
        return f"sends us to another host (HTTP {status}), where we do not follow"
    asked = ", asked too often by us or by all" if status == TOO_MANY else ""
    return f"answers HTTP {status}{asked}; the app accepts nothing but {ACCEPTED}"


def _is_html(answer: Answer) -> bool:
    first = answer.body.lstrip()[:1]
    return first == b"<" or ("html" in answer.content_type.lower() and first != b"{")


def _read_body(body: bytes, now: datetime) -> Reading:
    found: Any
    try:
        found = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        return Reading(TokenStatus.NOT_JSON, "answers 200 with something not JSON")
    if not isinstance(found, dict):
        return Reading(TokenStatus.NO_TOKEN, "answers JSON that is not an object")
    token = found.get("token")
    if not isinstance(token, str):
        lack = "no `token`" if token is None else "a `token` that is not text"
        return Reading(TokenStatus.NO_TOKEN, f"answers JSON with {lack}")
    return _judge(SecretStr(token), inspect(token, now=now))


def _judge(token: SecretStr, seen: Inspection) -> Reading:
    status = status_of(seen)
    if status is TokenStatus.OK:
        return Reading(status, "hands out a token in the right form", token, seen)
    reasons = "; ".join(problem.words for problem in seen.problems)
    words = f"hands out a token that no app can use: {reasons}"
    return Reading(status, words, token, seen)


def status_of(seen: Inspection) -> TokenStatus:
    """Say whether a client can use it: its form and times, not its grants."""
    if seen.codes & MALFORMED:
        return TokenStatus.MALFORMED
    if seen.codes & {Code.EXPIRED, Code.EXPIRES_SOON}:
        return TokenStatus.EXPIRED
    if Code.NOT_YET_VALID in seen.codes:
        return TokenStatus.NOT_YET_VALID
    return TokenStatus.OK


def differ(raw: Reading, proper: Reading) -> bool | None:
    """Say whether two spellings gave tokens for other names; None if one gave none."""
    if raw.inspection is None or proper.inspection is None:
        return None
    seen = ((at.room, at.identity) for at in (raw.inspection, proper.inspection))
    return next(seen) != next(seen)
