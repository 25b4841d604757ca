"""Incidents of which the truth is the vault's key."""

from rehearsal.artefacts.kinds import SecureStoreFile
from rehearsal.cohrtz.speaker import Speaker
from tests.diagnosis.cases.parts import VAULT, log
from tests.diagnosis.evidence import Case
from tests.diagnosis.given import capture
from tests.diagnosis.looked import ALONE, FINE

VAULTS = [
    Case(
        "the key was there and is lost",
        VAULT,
        "one Unicast handling error, as at each join",
        FINE,
        log("vault-wait-expired", "vault-was-initialised", "vault-unavailable"),
    ),
    Case(
        "the vault was forked: a wrong key",
        VAULT,
        "Decryption failed, which people take for the group's key",
        FINE,
        log("vault-wrong-key", times=5),
        {"room.jsonl": capture((1, "alice", Speaker.gsk_req))},
        {"packets.gsk_requests": 1, "packets.gsk_repeats_max": 1},
    ),
    Case(
        "the secure store has the marker and no key",
        VAULT,
        "nothing in the log",
        FINE,
        log(),
        {
            "secure.db": SecureStoreFile(
                kind="secure-store", of="alice", vault_key=False
            )
        },
        {"keys.vault": "missing-after-initialised", "keys.gsk": True},
    ),
    Case(
        "the user is alone in the room",
        VAULT,
        "no wait ran out, so it does not look like a missing key",
        ALONE,
        log("vault-unavailable", times=2),
    ),
    Case(
        "the probe sees requests for the vault's key",
        VAULT,
        "a request for the group's key among them",
        FINE,
        None,
        {
            "room.jsonl": capture(
                (1, "carol", Speaker.gsk_req),
                (5, "alice", Speaker.key_req),
                (9, "bob", lambda voice: voice.data_chunk(200)),
            )
        },
        {
            "packets.key_requests": 5,
            "packets.gsk_repeats_max": 1,
            "packets.encrypted_chunks": 9,
        },
    ),
    Case(
        "waits run out while people join",
        VAULT,
        "unknown senders, as at each join",
        FINE,
        log("unknown-sender", "vault-wait-expired", times=2),
    ),
    Case(
        "waits run out on a device with expired tokens",
        VAULT,
        "tokens that are malformed, says the log",
        FINE,
        log("cached-token-invalid", "vault-wait-expired", "vault-unavailable", times=2),
    ),
]
