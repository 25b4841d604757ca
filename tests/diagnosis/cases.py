"""The labelled incidents: evidence, truth, and what misleads."""

from rehearsal.cohrtz.app_log import AppLog
from tests.diagnosis.evidence import FINE, WITHOUT, Case

TOKEN = "token-invalid-or-expired"
GSK = "missing-group-key"
VAULT = "vault-key-unavailable"
DATABASE = "database-corruption-on-native"
SYNC = "sync-divergence"
LOG, COPY = "log", "crdt-database"


def log(*names, times=1, **extra):
    """A release log of normal noise and these lines, each so many times."""
    said = AppLog(**extra).add("merged", "diag", "unicast-fault", "unknown-sender")
    return said.add(*names, times=times)


def debug(*names, times=1):
    return log(*names, times=times, debug=True)


TOKENS = [
    Case(
        "the endpoint answers HTML",
        TOKEN,
        "ICE warnings, and an active participant",
        FINE | {"token.status": "html"},
        log("fetch-refused", "ice", times=4),
    ),
    Case(
        "the secret was rotated; the app keeps its old token",
        TOKEN,
        "the endpoint and a fresh token are fine",
        FINE | {"room.participant_state": "absent", "participant.pattern": "absent"},
        log("token-refused", "token-refused", "ice", "gave-up-refused", times=3),
    ),
    Case(
        "the server refuses what the endpoint gives",
        TOKEN,
        "the log says malformed, so people look for a broken token",
        FINE | {"token.accepted": False},
        log("token-invalid", "token-refused", times=2),
    ),
    Case(
        "the token is for somebody else",
        TOKEN,
        "the participant is active",
        FINE | {"token.identity_matches": False},
    ),
    Case(
        "the room's name has an ampersand",
        TOKEN,
        "unknown senders, as everybody sits in other rooms",
        FINE | {"token.spelling_matters": True, "token.room_matches": False},
        log("unknown-sender", times=3),
    ),
    Case(
        "no identity is stored",
        TOKEN,
        "reconnects in a loop, as with a bad network",
        WITHOUT,
        log("identity-null", "overlapping", times=3),
    ),
    Case(
        "the server refuses, and a wait for the group key ran out before",
        TOKEN,
        "one wait for the group key",
        FINE | {"token.accepted": False},
        log("gsk-wait-expired", "token-refused", "token-refused"),
    ),
    Case(
        "the endpoint is down and vault waits run out",
        TOKEN,
        "the vault, which nobody is online to give a key for",
        FINE | {"token.status": "server-error", "token.accepted": False},
        log("vault-wait-expired", "fetch-refused", times=2),
    ),
    Case(
        "the log alone: expired tokens and no way back in",
        TOKEN,
        "ICE warnings",
        WITHOUT,
        log("cached-token-invalid", "ice", "gave-up-refused", times=4),
    ),
    Case(
        "the endpoint's token expires at once",
        TOKEN,
        "copies differ, as nobody syncs",
        FINE
        | {
            "token.status": "expired",
            "token.client_accepts": False,
            "token.accepted": False,
        },
        None,
        {"copies__differ": True, "copies__never_arriving": 0},
    ),
]
KEYS = [
    Case(
        "a release waits for the group key in vain",
        GSK,
        "row counts in the logs differ",
        FINE,
        log("gsk-wait-expired", times=4),
        {"counts__differ": True},
    ),
    Case(
        "after a restart the root secret is not known",
        GSK,
        "copies differ",
        FINE,
        log("root-secret-unknown", "gsk-wait-expired", times=3),
        {"copies__differ": True, "copies__never_arriving": 0},
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
            "packets__gsk_requests": 20,
            "packets__gsk_repeats_max": 20,
            "packets__encrypted_chunks": 0,
            "packets__key_requests": 1,
            "packets__count_digits_apart": 0,
            "packets__invalid_signatures": 0,
            "packets__identity_mismatches": 0,
        },
    ),
    Case(
        "the secure store lost all group keys",
        GSK,
        "an expired token that was refreshed as it should be",
        FINE,
        debug("cached-token-invalid", "gsk-missing", "gsk-requested"),
        {"keys__treekem_private": False, "keys__gsk": False, "keys__vault": "healthy"},
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
        {"packets__gsk_requests": 1, "packets__gsk_repeats_max": 1},
    ),
    Case(
        "the secure store has the marker and no key",
        VAULT,
        "nothing in the log",
        FINE,
        log(),
        {"keys__vault": "missing-after-initialised", "keys__gsk": True},
    ),
    Case(
        "the user is alone in the room",
        VAULT,
        "no wait ran out, so it does not look like a missing key",
        FINE | {"room.participants": 1},
        log("vault-unavailable", times=2),
    ),
    Case(
        "the probe sees requests for the vault's key",
        VAULT,
        "a request for the group's key among them",
        FINE,
        None,
        {
            "packets__key_requests": 5,
            "packets__gsk_requests": 1,
            "packets__gsk_repeats_max": 1,
            "packets__encrypted_chunks": 9,
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
DATABASES = [
    Case(
        "the file was deleted and made anew",
        DATABASE,
        "row counts that differ while it fills again",
        FINE,
        log("recreated", "diag", "merged", times=1),
        {"counts__differ": True, "copies__differ": True, "copies__never_arriving": 0},
    ),
    Case(
        "the database does not open until a restart",
        DATABASE,
        "a reconnect loop every 30 seconds, like a bad token",
        FINE | {"participant.pattern": "reconnect-loop"},
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
        {
            "database__header": "empty",
            "database__integrity": "empty",
            "copies__differ": True,
            "copies__never_arriving": 0,
        },
    ),
    Case(
        "a copy has no header",
        DATABASE,
        "it might be encrypted",
        FINE,
        None,
        {"database__header": "absent", "database__integrity": "not-a-database"},
    ),
    Case(
        "the database was born after the incident began",
        DATABASE,
        "copies that differ by thousands of rows",
        FINE,
        None,
        {
            "database__header": "sqlite",
            "database__integrity": "ok",
            "database__fresh_node": True,
            "database__born_after_incident": True,
            "database__platform": "native",
            "copies__differ": True,
            "copies__never_arriving": 0,
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
            "packets__consistency_checks": 4,
            "packets__consistency_without_instance": 3,
            "packets__consistency_empty": 0,
            "packets__count_digits_apart": 0,
            "packets__gsk_repeats_max": 0,
            "packets__key_requests": 0,
            "packets__invalid_signatures": 0,
            "packets__identity_mismatches": 0,
        },
    ),
]
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
        FINE | {"participant.pattern": "duplicate-identity"},
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
        {"database__integrity": "ok", "database__header": "sqlite"},
    ),
    Case(
        "rows that can never arrive",
        SYNC,
        "a release log that says nothing",
        FINE,
        log(),
        {"copies__differ": True, "copies__never_arriving": 7},
    ),
    Case(
        "two logs show different counts",
        SYNC,
        "expired tokens that were refreshed",
        FINE,
        log("cached-token-invalid"),
        {"counts__differ": True, "counts__tables_differing": 2},
    ),
    Case(
        "rows dated into the future",
        SYNC,
        "tokens taken for expired, for the clock is fast",
        FINE,
        log("token-invalid", times=5),
        {"database__future_rows": 12, "copies__differ": True},
    ),
    Case(
        "sync requests stay without an answer",
        SYNC,
        "ICE warnings",
        FINE,
        log("ice"),
        {"diagnostics__unanswered_sync": True, "copies__differ": True},
    ),
    Case(
        "the probe sees packets in another's name",
        SYNC,
        "one request for the group's key",
        FINE,
        None,
        {
            "packets__invalid_signatures": 9,
            "packets__identity_mismatches": 2,
            "packets__gsk_requests": 1,
            "packets__gsk_repeats_max": 1,
            "packets__encrypted_chunks": 8,
            "packets__key_requests": 0,
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
        FINE | {"room.participant_state": "absent", "participant.pattern": "absent"},
        log("cached-token-invalid", "no-network", "ice", "gave-up-network", times=4),
    ),
    Case(
        "the device's network is down, by its log alone",
        None,
        "expired tokens, and given up",
        WITHOUT,
        log("cached-token-invalid", "no-network", "ice", "gave-up-network", times=4),
    ),
    Case(
        "one identity on two devices",
        None,
        "a reconnect loop",
        FINE | {"participant.pattern": "duplicate-identity"},
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
        {"database__platform": "web", "packets__consistency_empty": 2},
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
        {"database__is_room": False, "database__integrity": "ok"},
        asks=LOG,
    ),
    Case(
        "the server cannot be asked",
        None,
        "unknown everywhere, which is no fault",
        WITHOUT,
        asks=LOG,
    ),
]
CASES = [
    *TOKENS,
    *KEYS,
    *VAULTS,
    *DATABASES,
    *DIVERGENCES,
    *NEITHER,
    *TOO_LITTLE,
]
