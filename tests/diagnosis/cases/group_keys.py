"""Incidents of which the truth is the group's key."""

from rehearsal.artefacts.kinds import SecureStoreFile
from rehearsal.cohrtz.speaker import Speaker
from tests.diagnosis.cases.parts import COPIES_LAG, GSK, debug, log
from tests.diagnosis.evidence import Case
from tests.diagnosis.given import capture, text
from tests.diagnosis.looked import FINE

KEYS = [
    Case(
        "a release waits for the group key in vain",
        GSK,
        "row counts in the logs differ",
        FINE,
        log("gsk-wait-expired", times=4),
        {"bob.log": text(log(rows=5))},
        {"counts.differ": True},
    ),
    Case(
        "after a restart the root secret is not known",
        GSK,
        "copies differ",
        FINE,
        log("root-secret-unknown", "gsk-wait-expired", times=3),
        COPIES_LAG,
        {"copies.differ": True, "copies.never_arriving": 0},
    ),
    Case(
        "a debug build buffers what it cannot open",
        GSK,
        "ICE warnings at the start",
        FINE,
        debug("ice", "gsk-missing", "gsk-requested", "gsk-buffered", "queue-grew"),
    ),
    Case(
        "the probe sees one identity ask again and again",
        GSK,
        "one request for the vault's key among them",
        FINE,
        None,
        {
            "room.jsonl": capture(
                (1, "bob", Speaker.key_req),
                (20, "alice", Speaker.gsk_req),
                (2, "bob", lambda voice: voice.consistency_check(40)),
                (2, "carol", lambda voice: voice.consistency_check(41)),
            )
        },
        {
            "packets.gsk_repeats_max": 20,
            "packets.encrypted_chunks": 0,
            "packets.key_requests": 1,
            "packets.count_digits_apart": 0,
            "packets.invalid_signatures": 0,
        },
    ),
    Case(
        "the secure store lost all group keys",
        GSK,
        "an expired token that was refreshed as it should be",
        FINE,
        debug("cached-token-invalid", "gsk-missing", "gsk-requested"),
        {
            "secure.db": SecureStoreFile(
                kind="secure-store", of="alice", lacks=("gsk", "treekem_private")
            )
        },
        {"keys.treekem_private": False, "keys.gsk": False, "keys.vault": "healthy"},
    ),
    Case(
        "a welcome cannot be opened",
        GSK,
        "one vault item that could not be decrypted",
        FINE,
        log("welcome-failed", "treekem-without-service", "vault-wrong-key"),
    ),
    Case(
        "the tree on disk is another one's",
        GSK,
        "equal epochs on both devices",
        FINE,
        log("treekem-load-failed", "no-encryption-key", "gsk-wait-expired", times=2),
    ),
    Case(
        "shares that come cannot be opened",
        GSK,
        "it looks like a signature failure",
        FINE,
        log("unicast-undecryptable", "gsk-wait-expired", times=5),
    ),
    Case(
        "the vault waits too, because nothing gets through",
        GSK,
        "a vault item could not be opened",
        FINE,
        log("gsk-wait-expired", "root-secret-unknown", "treekem-load-failed").add(
            "vault-unavailable"
        ),
    ),
]
