"""Incidents in which no page is right, or too little is known."""

from tests.diagnosis.cases.parts import COPY, LOG, log
from tests.diagnosis.evidence import Case
from tests.diagnosis.given import boot_database, capture, web_rows
from tests.diagnosis.looked import ABSENT, FINE, TWO_DEVICES

NEITHER = [
    Case(
        "a healthy room, with its normal noise",
        None,
        "a Unicast handling error and an unknown sender",
        FINE,
        log("cached-token-invalid", "roles-late"),
    ),
    Case(
        "the device's network is down",
        None,
        "connects given up and tokens that could not be renewed",
        ABSENT,
        log("cached-token-invalid", "no-network", "ice", "gave-up-network", times=4),
    ),
    Case(
        "the device's network is down, by its log alone",
        None,
        "expired tokens, and given up",
        None,
        log("cached-token-invalid", "no-network", "ice", "gave-up-network", times=4),
    ),
    Case(
        "the app stumbles over errors that nobody caught, and works",
        None,
        "unhandled exceptions by the dozen",
        FINE,
        log("uncaught", times=12),
    ),
    Case(
        "one identity on two devices",
        None,
        "a reconnect loop",
        TWO_DEVICES,
        log(),
    ),
    Case(
        "the secure store was restored without its salt",
        None,
        "decryption that fails",
        FINE,
        log("secure-store-broken", times=3),
    ),
    Case(
        "a fast clock takes each token for expired, and all works",
        None,
        "malformed tokens by the dozen",
        FINE,
        log("token-invalid", times=20),
    ),
    Case(
        "a web client was reloaded and is empty",
        None,
        "an empty database",
        FINE,
        None,
        {
            "rows.json": web_rows,
            "room.jsonl": capture(
                (2, "alice", lambda voice: voice.consistency_check(0))
            ),
        },
        {"database.platform": "web", "packets.consistency_empty": 2},
    ),
]
TOO_LITTLE = [
    Case(
        "people see different things, and nobody gave a file",
        None,
        "all looks are ok",
        FINE,
        asks=LOG,
    ),
    Case(
        "messages stay unreadable, and the log is a release's",
        None,
        "no line of the group key",
        FINE,
        log(),
        asks=COPY,
    ),
    Case(
        "only the boot database was handed over",
        None,
        "a database with no rows",
        FINE,
        None,
        {"cohrtz_default.db": boot_database},
        {"database.is_room": False, "database.integrity": "ok"},
        asks=LOG,
    ),
    Case(
        "the server cannot be asked",
        None,
        "unknown everywhere, which is no fault",
        None,
        asks=LOG,
    ),
]
