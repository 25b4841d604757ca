"""Incidents of which the truth is the token."""

from tests.diagnosis.cases.parts import COPIES_LAG, TOKEN, log
from tests.diagnosis.evidence import Case
from tests.diagnosis.looked import OLD_TOKEN, SPELLED, broken

TOKENS = [
    Case(
        "the endpoint answers HTML",
        TOKEN,
        "ICE warnings, and an active participant",
        broken("token.html"),
        log("fetch-refused", "ice", times=4),
    ),
    Case(
        "the secret was rotated; the app keeps its old token",
        TOKEN,
        "the endpoint and a fresh token are fine",
        OLD_TOKEN,
        log("token-refused", "token-refused", "ice", "gave-up-refused", times=3),
    ),
    Case(
        "the server refuses what the endpoint gives",
        TOKEN,
        "the log says malformed, so people look for a broken token",
        broken("token.old-secret"),
        log("token-invalid", "token-refused", times=2),
    ),
    Case(
        "the token is for somebody else",
        TOKEN,
        "the participant is active",
        broken("token.wrong-identity"),
    ),
    Case(
        "the room's name has an ampersand",
        TOKEN,
        "unknown senders, as everybody sits in other rooms",
        SPELLED,
        log("unknown-sender", times=3),
    ),
    Case(
        "no identity is stored",
        TOKEN,
        "reconnects in a loop, as with a bad network",
        None,
        log("identity-null", "overlapping", times=3),
    ),
    Case(
        "the server refuses, and a wait for the group key ran out before",
        TOKEN,
        "one wait for the group key",
        broken("token.old-secret"),
        log("gsk-wait-expired", "token-refused", "token-refused"),
    ),
    Case(
        "the endpoint is down and vault waits run out",
        TOKEN,
        "the vault, which nobody is online to give a key for",
        broken("token.status-500"),
        log("vault-wait-expired", "fetch-refused", times=2),
    ),
    Case(
        "the log alone: expired tokens and no way back in",
        TOKEN,
        "ICE warnings",
        None,
        log("cached-token-invalid", "ice", "gave-up-refused", times=4),
    ),
    Case(
        "the endpoint's token expires at once",
        TOKEN,
        "copies differ, as nobody syncs",
        broken("token.expired"),
        None,
        COPIES_LAG,
        {"copies.differ": True, "copies.never_arriving": 0},
    ),
]
