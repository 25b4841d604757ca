"""A file of each kind with canaries wherever a user's words may stand."""

import base64
import json
import sqlite3
import zipfile

from tests.fakes.canaries import CANARIES, OTHER_ROOM, ROOM

ALICE = "user:0195b2f0-0000-7000-8000-00000000a11c"
HLC = "2026-03-01T12:00:00.000Z-0000-0195b2f0-0000-4000-8000-000000000001"
TEXTS = [canary.text for canary in CANARIES]

# The tables of the app's room databases, with the columns that a merge adds.
_MERGED = "hlc TEXT NOT NULL, node_id TEXT NOT NULL, modified TEXT NOT NULL"
_TABLES = ("notes", "tasks", "vault_items", "members", "group_settings", "cohrtz")


def log(path):
    tags = ("PacketHandler", "VaultWidget", "InviteHandler", "SyncService")
    lines = [f"[{tag}] Merge error: {text}" for tag in tags for text in TEXTS]
    lines += [f"[DIAG] {text}" for text in TEXTS]
    lines += [f"I/flutter ( 4242): [Janitor] {text}" for text in TEXTS]
    path.write_text("\n".join(lines))


def crdt_database(path):
    with _database(path) as made:
        for table in _TABLES:
            made.execute(
                f"CREATE TABLE {table} (id TEXT PRIMARY KEY, value TEXT NOT NULL, "
                f"is_deleted INTEGER DEFAULT 0, {_MERGED})"
            )
            rows = [
                (f"{table}:{n} {text}", json.dumps({"title": text, "code": text}), HLC)
                for n, text in enumerate(TEXTS)
            ]
            into = f"INSERT INTO {table} VALUES (?, ?, 0, ?, 'node-1', '{HLC}')"  # noqa: S608  constants
            made.executemany(into, rows)
        made.execute(f'CREATE TABLE "{TEXTS[0]}" (id TEXT)')


def packet_store(path):
    with _database(path) as made:
        made.execute(
            "CREATE TABLE packets (id INTEGER PRIMARY KEY, requestId TEXT, "
            "senderId TEXT, timestamp INTEGER, payload BLOB, packetType TEXT)"
        )
        rows = [
            (n, text, text, 1_772_366_400_000 + n, text.encode(), text)
            for n, text in enumerate(TEXTS)
        ]
        made.executemany("INSERT INTO packets VALUES (?, ?, ?, ?, ?, ?)", rows)


def secure_store(path):
    with _database(path) as made:
        made.execute(
            "CREATE TABLE secure_blobs (key TEXT PRIMARY KEY, value BLOB, "
            "updated_at INTEGER)"
        )
        keys = [f"gsk_{OTHER_ROOM}", f"token_{ROOM}", "known_groups", *TEXTS]
        rows = [(key, b"\1" + TEXTS[0].encode(), 1_772_366_400_000) for key in keys]
        made.executemany("INSERT INTO secure_blobs VALUES (?, ?, ?)", rows)


def diagnostics(path):
    lines = [
        json.dumps(
            {
                "roomName": text,
                "localParticipantId": text,
                "peerId": text,
                "kind": "packet",
                "packetType": "SYNC_REQ",
                "direction": "outbound",
                "message": text,
                "details": {"note": text},
                "timestamp": "2026-03-01T12:00:00.000Z",
            }
        )
        for text in TEXTS
    ]
    path.write_text("\n".join(lines))


def packets(path):
    lines = [
        json.dumps(
            {
                "identity": text,
                "room": text,
                "wire_base64": base64.b64encode(text.encode()).decode(),
                "at": "2026-03-01T12:00:00Z",
            }
        )
        for text in TEXTS
    ]
    path.write_text("\n".join(lines))


def web_storage(path):
    kept = {f"flutter.secure_blob_gsk_{OTHER_ROOM}": TEXTS[0]}
    kept |= {f"flutter.{text}": text for text in TEXTS}
    path.write_text(json.dumps(kept))


def preferences(path):
    names = ("flutter.cohrtz_secure_install_id", "flutter.cohrtz_secure_kdf_salt")
    rows = "".join(f'<string name="{name}">{TEXTS[11]}</string>' for name in names)
    path.write_text(f"<?xml version='1.0'?><map>{rows}</map>")


def torn_database(path):
    crdt_database(path)
    content = path.read_bytes()
    path.write_bytes(content[:5000] + TEXTS[1].encode() + content[6000:])


def headerless(path):
    path.write_bytes("\n".join(TEXTS).encode() * 50)


def archive(path):
    with zipfile.ZipFile(path, "w") as made:
        for number, text in enumerate(TEXTS):
            made.writestr(f"{text}/{OTHER_ROOM}-{number}.log", text * 3)
        made.comment = TEXTS[0].encode()


KINDS = {
    one.__name__: one
    for one in (
        *(log, crdt_database, packet_store, secure_store, diagnostics, packets),
        *(web_storage, preferences, torn_database, headerless, archive),
    )
}


def _database(path):
    path.unlink(missing_ok=True)
    return _Closing(path)


class _Closing:
    """A connection that commits and closes at the end."""

    def __init__(self, path):
        self._made = sqlite3.connect(path)

    def __enter__(self):
        return self._made

    def __exit__(self, *_):
        self._made.commit()
        self._made.close()
