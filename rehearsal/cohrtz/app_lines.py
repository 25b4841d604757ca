"""The lines that the app logs, by names of ours.

A release prints warnings, errors and what is printed past the logger; no line has a
level or a time. Source: cohrtz_app at 6470ae3 (logging_service.dart and its callers).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

ROOM: Final = "0195b2f0-0000-7000-8000-000000000000"
PEER: Final = "user:0195b2f0-0000-7000-8000-000000000b0b"
NODE: Final = "6f1d2c3b4a59687f"
HOME: Final = "/data/user/0/com.example.app/app_flutter"


@dataclass(frozen=True)
class Line:
    """One kind of line; `error` and `stack` follow it on lines of their own.

    Without a tag it is the framework's.
    """

    tag: str
    level: str
    """D, I, W, E, or P for what is printed past the logger."""
    text: str
    error: str = ""
    stack: bool = False


_CM, _KM, _PH = "ConnectionManager", "KeyManager", "PacketHandler"
_TK, _DB, _CRDT = "TreeKemHandler", "DataBroadcaster", "CrdtService"
_SQL = "SqliteException({code}): while {doing}, {said}, {said} (code {code})"
_NOT_A_DB = _SQL.format(code=26, doing="executing", said="file is not a database")
_MALFORMED = _SQL.format(
    code=11, doing="selecting from", said="database disk image is malformed"
)
_IO = _SQL.format(code=14, doing="opening", said="unable to open database file")
_NO_GSK = (
    f"Bad state: Group Secret Key not available for {ROOM}: "
    f"TimeoutException: Timed out waiting for GSK in {ROOM}"
)
_NO_VAULT = f"Bad state: Vault Key not available for {ROOM}"
_RECORD = '{id: t1, value: {"title":"Buy milk"}, node_id: ' + NODE + "}"
COUNTED = "DIAG tasks: 3 total rows"
_REFUSED = (
    "LiveKit Exception: [ConnectException] Failed to connect to server, "
    "invalid API key, status code: 401"
)

LINES: Final[Mapping[str, Line]] = {
    # tokens and connecting
    "cached-token-invalid": Line(
        _CM,
        "W",
        f"Janitor: Cached token for {ROOM} is missing or invalid. Fetching new one.",
    ),
    "token-invalid": Line(
        _CM,
        "W",
        f"Token for {ROOM} is invalid/malformed (missing iss?). "
        "Fetching fresh token...",
    ),
    "identity-null": Line(
        _CM, "E", f"Cannot fetch fresh token for {ROOM}: Identity is null."
    ),
    "token-refused": Line(_CM, "W", f"Connection failed (1/3): {_REFUSED}"),
    "fetch-refused": Line(
        _CM,
        "E",
        f"Janitor failed to reconnect {ROOM}",
        error="Exception: Failed to fetch token: <html>502 Bad Gateway</html>",
    ),
    "gave-up-refused": Line(
        _CM, "E", f"Janitor failed to reconnect {ROOM}", error=_REFUSED
    ),
    "gave-up-network": Line(
        _CM,
        "E",
        f"Janitor failed to reconnect {ROOM}",
        error="TimeoutException after 0:00:35.000000: Future not completed",
    ),
    "gave-up-database": Line(
        _CM, "E", f"Janitor failed to reconnect {ROOM}", error=_NOT_A_DB
    ),
    "no-network": Line(
        _CM,
        "W",
        "Connectivity check failed: SocketException: Failed host lookup: "
        "'livekit.cohrtz.com'",
    ),
    "ice": Line(
        _CM, "W", "ICE connectivity issue detected. Retrying with TURN/relay only."
    ),
    "connect-timed-out": Line(
        _CM,
        "W",
        "Connection failed (1/3): TimeoutException after 0:00:35.000000: "
        "Future not completed",
    ),
    "overlapping": Line(
        _CM,
        "W",
        f"Connection to {ROOM} already in progress. Skipping duplicate request.",
    ),
    "reconnecting": Line(_CM, "I", f"Janitor reconnecting Data Room: {ROOM}"),
    # group key
    "gsk-missing": Line(
        _KM,
        "I",
        f"GSK missing for {ROOM} (hasTkState: false). Requesting and waiting...",
    ),
    "gsk-requested": Line(_KM, "D", f"Broadcasting GSK_REQ for {ROOM}"),
    "gsk-received": Line(
        _KM, "D", f"Received and saved Group Secret Key (GSK) for {ROOM}"
    ),
    "gsk-wait-expired": Line(
        _DB,
        "E",
        f"Error during await group key and retry for {ROOM}",
        error=_NO_GSK,
        stack=True,
    ),
    "gsk-buffered": Line(
        _PH, "D", f"Buffering packet type DATA_CHUNK awaiting valid GSK for {ROOM}"
    ),
    "queue-grew": Line(
        _DB,
        "D",
        f"Buffered outgoing packet (Type: DATA_CHUNK) for {ROOM}. Queue size: 12",
    ),
    "root-secret-unknown": Line(
        _KM,
        "W",
        "Failed to get secret from active TreeKEM service: "
        "Bad state: We don't know the root secret!",
    ),
    "treekem-without-service": Line(
        _KM,
        "W",
        f"WARNING: Found TreeKEM state but Legacy GSK also exists for {ROOM}. "
        "Prioritizing TreeKEM (waiting for service).",
    ),
    "treekem-load-failed": Line(
        _TK, "W", "Failed to load TreeKEM state: RangeError (index): Invalid value"
    ),
    "welcome-failed": Line(_TK, "E", "Fatal: Failed to process WELCOME."),
    "no-encryption-key": Line(_DB, "W", f"WARNING: No encryption key for {PEER}"),
    "unicast-undecryptable": Line(
        _PH,
        "E",
        f"CRITICAL: Failed to decrypt packet Type: UNICAST_REQ from {PEER}",
    ),
    "unicast-fault": Line(
        _PH,
        "E",
        "Unicast handling error",
        error="SecretBoxAuthenticationError: SecretBox has wrong message "
        "authentication code (MAC)",
    ),
    # vault
    "vault-wait-expired": Line(
        _KM,
        "W",
        f"Timeout waiting for Vault Key in {ROOM}: TimeoutException: Timed out. "
        "Key must be supplied by another participant before decrypting existing vault "
        "items.",
    ),
    "vault-was-initialised": Line(
        _KM,
        "W",
        f"Vault key appears to have been initialized previously for {ROOM} but is now "
        "missing locally. Refusing to auto-regenerate to avoid data loss.",
    ),
    "vault-wrong-key": Line(
        "EncryptionService",
        "E",
        "Decryption failed",
        error="SecretBoxAuthenticationError: SecretBox has wrong message "
        "authentication code (MAC)",
    ),
    "vault-unavailable": Line("VaultWidget", "P", f"Decryption failed: {_NO_VAULT}"),
    # databases
    "recreated": Line(
        _CRDT,
        "E",
        "Database file corrupted or not a database: "
        f"{HOME}/cohrtz_0195b2f0_0000_7000_8000_000000000000.db. "
        "Deleting and recreating.",
        error=_NOT_A_DB,
    ),
    "malformed": Line(_CRDT, "E", "Error during DELETE operations", error=_MALFORMED),
    "cannot-open": Line(_CRDT, "E", "Error calculating database size", error=_IO),
    "packet-store-broken": Line(_PH, "E", "Error parsing packet", error=_NOT_A_DB),
    "secure-store-broken": Line(
        _CM,
        "E",
        f"Failed to update group metadata for {ROOM}",
        error='Bad state: Failed to decrypt secure key "known_groups": '
        "SecretBoxAuthenticationError: SecretBox has wrong message",
    ),
    # merging and packets
    "clock-drift": Line(
        _PH,
        "E",
        "Merge error",
        error="Clock drift of 94000 ms exceeds maximum (0:01:00.000000)\n"
        f"tasks: {_RECORD}",
    ),
    "duplicate-node": Line(
        _PH, "E", "Merge error", error=f"Duplicate node: {NODE}\ntasks: {_RECORD}"
    ),
    "no-such-table": Line(
        _PH,
        "E",
        "Merge error",
        error=_SQL.format(code=1, doing="preparing", said="no such table: boards"),
    ),
    "bad-hlc": Line(
        _PH,
        "E",
        "Merge error",
        error="type 'String' is not a subtype of type 'Hlc' in type cast",
    ),
    "signature-failed": Line(
        _PH, "E", f"CRITICAL: Signature verification failed for {PEER}!"
    ),
    "unsigned": Line(_PH, "W", "WARNING: Unsigned packet received. Ignoring."),
    "unknown-sender": Line(
        _PH,
        "W",
        f"WARNING: Unknown sender {PEER} in {ROOM}. Buffering & Requesting Handshake.",
    ),
    "answer-failed": Line(
        "SyncProtocol",
        "E",
        "Error in winElection",
        error="Room is not connected",
        stack=True,
    ),
    "diag": Line(_CRDT, "P", COUNTED),
    "merged": Line(_CRDT, "P", "markTablesUpdated called"),
    "uncaught": Line(
        "",
        "P",
        "[ERROR:flutter/runtime/dart_vm_initializer.cc(41)] Unhandled Exception: "
        "Bad state: Future already completed\n"
        "#0      _Completer.complete (dart:async/future_impl.dart:43)\n"
        "<asynchronous suspension>",
    ),
    "roles-late": Line(
        "InviteJoinProcess",
        "W",
        f"Timed out ensuring member roles for {PEER} in {ROOM}.",
    ),
}
