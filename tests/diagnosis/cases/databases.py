"""Incidents of which the truth is the database."""

from rehearsal.artefacts.kinds import Befell
from rehearsal.cohrtz.speaker import Speaker
from tests.diagnosis.cases.parts import (
    COPIES_LAG,
    DATABASE,
    PEERS_LAG,
    copy,
    log,
    tasks,
)
from tests.diagnosis.evidence import Case
from tests.diagnosis.given import capture, text
from tests.diagnosis.looked import FINE, LOOP

DATABASES = [
    Case(
        "the file was deleted and made anew",
        DATABASE,
        "row counts that differ while it fills again",
        FINE,
        log("recreated", "diag", "merged", times=1),
        {"bob.log": text(log(rows=9)), **COPIES_LAG},
        {"counts.differ": True, "copies.differ": True, "copies.never_arriving": 0},
    ),
    Case(
        "the database does not open until a restart",
        DATABASE,
        "a reconnect loop every 30 seconds, like a bad token",
        LOOP,
        log("cached-token-invalid", "gave-up-database", times=6),
    ),
    Case(
        "the file is malformed inside",
        DATABASE,
        "the app says nothing at the start",
        FINE,
        log("malformed", times=3),
    ),
    Case(
        "the file has zero bytes",
        DATABASE,
        "no word in the log, and copies that differ",
        FINE,
        log(),
        {"alice.db": copy("alice", befell=Befell.EMPTIED), **PEERS_LAG},
        {
            "database.header": "empty",
            "database.integrity": "empty",
            "copies.differ": True,
            "copies.never_arriving": 0,
        },
    ),
    Case(
        "a copy has no header",
        DATABASE,
        "it might be encrypted",
        FINE,
        None,
        {"alice.db": copy("alice", befell=Befell.NO_HEADER)},
        {"database.header": "absent", "database.integrity": "not-a-database"},
    ),
    Case(
        "the database was born after the incident began",
        DATABASE,
        "copies that differ by thousands of rows",
        FINE,
        None,
        {
            "alice.db": copy("alice", anew=True, lacks=[tasks("bob", 3, 4, 5)]),
            "bob.db": copy("bob"),
        },
        {
            "database.integrity": "ok",
            "database.fresh_node": True,
            "database.born_after_incident": True,
            "database.platform": "native",
            "copies.differ": True,
            "copies.never_arriving": 0,
        },
    ),
    Case(
        "the file cannot be opened",
        DATABASE,
        "connects that fail",
        FINE,
        log("cannot-open", "connect-timed-out"),
    ),
    Case(
        "peers broadcast checks without a database",
        DATABASE,
        "the participant is active and all looks well",
        FINE,
        None,
        {
            "room.jsonl": capture(
                (1, "bob", lambda voice: voice.consistency_check(40)),
                (3, "alice", Speaker.consistency_check_without_database),
            )
        },
        {
            "packets.consistency_checks": 4,
            "packets.consistency_without_instance": 3,
            "packets.key_requests": 0,
            "packets.invalid_signatures": 0,
        },
    ),
]
