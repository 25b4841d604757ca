"""The LiveKit server's judgement of a token: one for the API, validate and joining.

The refusals' texts and statuses are those of the open-source server; the reasons are in
the words of its JWT library.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jwt

LEEWAY = 60
"""Seconds of clock difference that the server forgives."""
UNAUTHORIZED = 401
BAD_REQUEST = 400
BEARER = "Bearer "
REASONS: Mapping[type[jwt.PyJWTError], str] = {
    jwt.ExpiredSignatureError: (
        "go-jose/go-jose/jwt: validation failed, token is expired (exp)"
    ),
    jwt.ImmatureSignatureError: (
        "go-jose/go-jose/jwt: validation failed, token not valid yet (nbf)"
    ),
    jwt.InvalidSignatureError: "go-jose/go-jose: error in cryptographic primitive",
    jwt.MissingRequiredClaimError: "token is missing the exp claim",
}
MALFORMED = "go-jose/go-jose: compact JWS format must have three parts"


class TokenRefused(Exception):  # noqa: N818  a refusal is an answer, not a fault
    """The server does not accept the token; the text is its answer's body."""

    def __init__(self, text: str, status: int = UNAUTHORIZED) -> None:
        """Make a refusal with the text and the HTTP status that the caller gets."""
        super().__init__(text)
        self.text = text
        self.status = status


@dataclass(frozen=True)
class Grants:
    """What a token that was accepted allows, and whom."""

    identity: str
    name: str
    kind: str
    metadata: str
    video: Mapping[str, Any]

    def may(self, grant: str) -> bool:
        """Tell whether a grant such as `roomList` is given."""
        return self.video.get(grant) is True

    def administers(self, room: str) -> bool:
        """Tell whether the token is an administrator's of exactly this room."""
        return self.may("roomAdmin") and self.video.get("room") == room


def bearer_token(header: str | None, parameter: str) -> str:
    """Return the token that a request brings, empty if it brings none.

    Raises TokenRefused if there is a header that is no bearer's.
    """
    if not header:
        return parameter
    if not header.startswith(BEARER):
        raise TokenRefused("invalid authorization header. Must start with Bearer ")
    return header.removeprefix(BEARER)


def verify(token: str, api_key: str, secrets: Sequence[str]) -> Grants:
    """Return what the token allows; TokenRefused with the server's words if nothing."""
    issuer = _issuer(token)
    if issuer != api_key:
        raise TokenRefused(f"invalid API key: {issuer}")
    return _grants(_claims(token, secrets))


def joining(grants: Grants | None) -> Grants:
    """Return the grants if they allow to join a room; else raise TokenRefused."""
    if grants is None or not grants.video:
        raise TokenRefused("no permissions to access the room")
    if not grants.may("roomJoin"):
        raise TokenRefused("permissions denied")
    if not grants.identity:
        raise TokenRefused("identity cannot be empty", BAD_REQUEST)
    return grants


@lru_cache(maxsize=256)
def _issuer(token: str) -> str:
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except jwt.PyJWTError as error:
        raise TokenRefused(f"invalid authorization token: {MALFORMED}") from error
    return str(claims.get("iss") or "")


def _claims(token: str, secrets: Sequence[str]) -> Mapping[str, Any]:
    reason = MALFORMED
    for secret in secrets:
        try:
            return _in_time(_signed(token, secret))
        except jwt.PyJWTError as error:
            reason = REASONS.get(type(error), MALFORMED)
    raise TokenRefused(f"invalid authorization token: {reason}")


@lru_cache(maxsize=256)
def _signed(token: str, secret: str) -> Mapping[str, Any]:
    """Return the claims of a token, known if it comes again; see `_in_time`."""
    return jwt.decode(
        token,
        secret,
        algorithms=["HS256"],
        options={
            "require": ["exp"],
            "verify_exp": False,
            "verify_nbf": False,
            "verify_aud": False,
            "verify_iat": False,
            "verify_jti": False,
            "verify_sub": False,
        },
    )


def _in_time(claims: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the claims if they count now, or raise what the JWT library would."""
    now = time.time()
    try:
        begins, ends = int(claims.get("nbf", 0)), int(claims["exp"])
    except (ValueError, TypeError, OverflowError) as error:
        raise jwt.DecodeError("A time is no number.") from error
    if begins > now + LEEWAY:
        raise jwt.ImmatureSignatureError("The token is not valid yet.")
    if ends <= now - LEEWAY:
        raise jwt.ExpiredSignatureError("The token is not valid any more.")
    return claims


def _grants(claims: Mapping[str, Any]) -> Grants:
    video = claims.get("video")
    return Grants(
        identity=str(claims.get("sub") or ""),
        name=str(claims.get("name") or ""),
        kind=str(claims.get("kind") or "standard"),
        metadata=str(claims.get("metadata") or ""),
        video=video if isinstance(video, dict) else {},
    )
