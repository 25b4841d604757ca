"""Incidents of which the truth is that copies went apart."""

from rehearsal.artefacts.kinds import Befell, PacketStoreFile
from rehearsal.cohrtz.speaker import Speaker
from rehearsal.cohrtz.wire import spoiled
from tests.diagnosis.cases.parts import (
    ASKED_IN_VAIN,
    COPIES_LAG,
    SYNC,
    copy,
    keyed,
    log,
    tasks,
)
from tests.diagnosis.evidence import Case
from tests.diagnosis.given import capture, text
from tests.diagnosis.looked import FINE, TWO_DEVICES

DIVERGENCES = [
    Case(
        "a clock is fast: all others refuse its rows",
        SYNC,
        "one wait for the group key at the start",
        FINE,
        log("gsk-wait-expired").add("clock-drift", times=6),
    ),
    Case(
        "one peer's signatures fail",
        SYNC,
        "unknown senders, so people ask for handshakes",
        FINE,
        log("signature-failed", "unknown-sender", times=6),
    ),
    Case(
        "a database was restored onto a second device",
        SYNC,
        "the two devices put each other out",
        TWO_DEVICES,
        log("duplicate-node", times=4),
    ),
    Case(
        "a peer runs a newer build",
        SYNC,
        "an SQLite error, like corruption",
        FINE,
        log("no-such-table", times=4),
    ),
    Case(
        "the packet store is broken",
        SYNC,
        "file is not a database, while the room's database is fine",
        FINE,
        log("packet-store-broken", times=5),
        {
            "alice.db": copy("alice"),
            "packets.db": PacketStoreFile(
                kind="packet-store", of="alice", heard=("bob",), befell=Befell.TORN
            ),
        },
        {"database.integrity": "ok", "store.readable": False},
    ),
    Case(
        "rows that can never arrive",
        SYNC,
        "a release log that says nothing",
        FINE,
        log(),
        {
            "alice.db": copy("alice", lacks=[tasks("bob", 0, 1, 2), tasks("carol", 0)]),
            "bob.db": copy("bob"),
        },
        {"copies.differ": True, "copies.never_arriving": 4},
    ),
    Case(
        "two logs show different counts",
        SYNC,
        "expired tokens that were refreshed",
        FINE,
        log("cached-token-invalid"),
        {"bob.log": text(log(rows=7))},
        {"counts.differ": True, "counts.tables_differing": 1},
    ),
    Case(
        "rows dated into the future",
        SYNC,
        "tokens taken for expired, for the clock is fast",
        FINE,
        log("token-invalid", times=5),
        {
            "alice.db": copy("alice", saved_ahead=[tasks("alice", 1, 2, 5)]),
            "bob.db": copy("bob"),
        },
        {"database.future_rows": 3, "copies.differ": True},
    ),
    Case(
        "sync requests stay without an answer",
        SYNC,
        "ICE warnings",
        FINE,
        log("ice"),
        {"sync.jsonl": ASKED_IN_VAIN, **COPIES_LAG},
        {"diagnostics.unanswered_sync": True, "copies.differ": True},
    ),
    Case(
        "the probe sees packets in another's name",
        SYNC,
        "one request for the group's key",
        FINE,
        None,
        {
            "room.jsonl": capture(
                (1, "carol", Speaker.gsk_req),
                (8, "bob", lambda voice: voice.data_chunk(200)),
                (9, "alice", lambda voice: spoiled(voice.data_chunk(200))),
                (2, "alice", lambda _: keyed("bob").data_chunk(90)),
            )
        },
        {
            "packets.invalid_signatures": 9,
            "packets.identity_mismatches": 2,
            "packets.gsk_repeats_max": 1,
            "packets.key_requests": 0,
        },
    ),
    Case(
        "answers cannot be sent",
        SYNC,
        "a connect that timed out",
        FINE,
        log("connect-timed-out", "answer-failed", times=2),
    ),
]
