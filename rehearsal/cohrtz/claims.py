"""Makes the endpoint's tokens, sound ones and faulty ones."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import jwt

from rehearsal.cohrtz.faults import Fault, FaultKind, Faults

HOUR = 3600
STRANGER = "user:0199a1b2-0000-7000-8000-00000000dead"
"""Whose token the endpoint hands out when it mixes people up."""
OTHER_ROOM = "0199a1b2-0000-7000-8000-0000000000ff"
"""Which room the token is for when the endpoint mixes rooms up."""

Claims = Mapping[str, object]


@dataclass(frozen=True)
class Asked:
    """What a caller asked the token endpoint for, as a web server parsed it."""

    room: str
    identity: str


def claims_for(asked: Asked, issuer: str, now: int, ttl: int) -> Claims:
    """Return the claims of a sound token that begins now and lives `ttl` seconds."""
    video = {
        "room": asked.room,
        "roomJoin": True,
        "canPublish": True,
        "canSubscribe": True,
        "canPublishData": True,
    }
    times = {"nbf": now, "exp": now + ttl}
    return {"iss": issuer, "sub": asked.identity, **times, "video": video}


def faulty(claims: Claims, faults: Faults) -> Claims:
    """Return the claims as the faults in force make them."""
    for fault in faults.active:
        edit = EDITS.get(fault.kind)
        claims = edit(claims, fault) if edit else claims
    return claims


def aged(claims: Claims, seconds: float) -> Claims:
    """Return the claims of a token that was minted so many seconds earlier."""
    return shifted(claims, -seconds)


def shifted(claims: Claims, seconds: float) -> Claims:
    """Return the claims with their times moved; whole seconds."""
    times = {name: int(float(str(claims[name])) + seconds) for name in ("nbf", "exp")}
    return {**claims, **times}


def mint(claims: Claims, secret: str) -> str:
    """Sign the claims with HS256."""
    return jwt.encode(dict(claims), secret, algorithm="HS256")


def _expired(claims: Claims, _: Fault) -> Claims:
    left = int(float(str(claims["exp"]))) - int(time.time())
    return aged(claims, left + HOUR)


def _without_grant(claims: Claims, _: Fault) -> Claims:
    return {**claims, "video": _video(claims, roomJoin=False)}


def _wrong_room(claims: Claims, _: Fault) -> Claims:
    return {**claims, "video": _video(claims, room=OTHER_ROOM)}


def _float_exp(claims: Claims, _: Fault) -> Claims:
    return {**claims, "exp": float(str(claims["exp"])) + 0.5}


def _without_issuer(claims: Claims, _: Fault) -> Claims:
    return {name: value for name, value in claims.items() if name != "iss"}


def _video(claims: Claims, **changed: object) -> Claims:
    video = claims["video"]
    return {**(video if isinstance(video, dict) else {}), **changed}


EDITS: Mapping[FaultKind, Callable[[Claims, Fault], Claims]] = {
    FaultKind.ENDPOINT_EXPIRED: _expired,
    FaultKind.ENDPOINT_WRONG_IDENTITY: lambda claims, _: {**claims, "sub": STRANGER},
    FaultKind.ENDPOINT_WRONG_ROOM: _wrong_room,
    FaultKind.ENDPOINT_CLOCK_SKEW: lambda claims, fault: shifted(claims, fault.seconds),
    FaultKind.ENDPOINT_FLOAT_EXP: _float_exp,
    FaultKind.ENDPOINT_MISSING_ISS: _without_issuer,
    FaultKind.ENDPOINT_MISSING_GRANT: _without_grant,
}
