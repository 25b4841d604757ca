-- Content is sealed: AES-256-GCM under `key`, bound to table, column and row
-- (bot/store/seal.py). What is looked for by its content has a column `…_mac`, an HMAC
-- of it (bot/store/lookup.py). docs/security.md says of every column why.
--
-- What earlier versions kept in the clear is set aside in `plain_…`; at the next start
-- it is sealed in small batches, and these tables go (bot/store/first_sealing.py). In
-- `heads`, which others refer to, an empty `key` marks a row that is still to be sealed.

-- The keys that something is sealed with; each opens the same key of look-ups.
CREATE TABLE keys (
    name   TEXT NOT NULL PRIMARY KEY,
    lookup BLOB NOT NULL
) STRICT, WITHOUT ROWID;

ALTER TABLE heads RENAME COLUMN room TO room_mac;
ALTER TABLE heads ADD COLUMN key TEXT NOT NULL DEFAULT '';
ALTER TABLE heads ADD COLUMN sealed BLOB NOT NULL DEFAULT x'';
CREATE INDEX heads_by_key ON heads (key);

DROP TRIGGER events_are_never_changed;
DROP TRIGGER events_are_never_deleted;
ALTER TABLE events RENAME TO plain_events;

CREATE TABLE events (
    incident TEXT NOT NULL REFERENCES heads (incident),
    seq      INTEGER NOT NULL CHECK (seq > 0),
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    kind     TEXT NOT NULL,
    key      TEXT NOT NULL CHECK (key <> ''),
    sealed   BLOB NOT NULL,
    PRIMARY KEY (incident, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX events_by_key ON events (key);

-- But for sealing the same body with another key.
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
WHEN NEW.key = OLD.key OR NEW.incident <> OLD.incident OR NEW.seq <> OLD.seq
  OR NEW.at <> OLD.at OR NEW.by <> OLD.by OR NEW.kind <> OLD.kind
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

DROP INDEX receipts_oldest;
ALTER TABLE receipts RENAME TO plain_receipts;

CREATE TABLE receipts (
    receipt_mac TEXT NOT NULL PRIMARY KEY,
    at          INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX receipts_oldest ON receipts (at);

ALTER TABLE drawings RENAME TO plain_drawings;

CREATE TABLE drawings (
    incident  TEXT NOT NULL,
    part      TEXT NOT NULL,
    channel   TEXT NOT NULL,
    ts        TEXT,
    thread_ts TEXT,
    state     TEXT NOT NULL CHECK (state IN ('posting', 'drawn', 'blocked')),
    reason    TEXT,
    at        INTEGER NOT NULL,
    key       TEXT NOT NULL CHECK (key <> ''),
    sealed    BLOB NOT NULL,
    PRIMARY KEY (incident, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX drawings_by_key ON drawings (key);

DROP INDEX notices_expiring;
ALTER TABLE notices RENAME TO plain_notices;

CREATE TABLE notices (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    channel   TEXT NOT NULL,
    person    TEXT NOT NULL,
    thread_ts TEXT,
    at        INTEGER NOT NULL,
    expires   INTEGER NOT NULL,
    key       TEXT NOT NULL CHECK (key <> ''),
    sealed    BLOB NOT NULL
) STRICT;

-- The number of a dropped notice never names a later one, in the new table either.
INSERT INTO sqlite_sequence (name, seq)
SELECT 'notices', seq FROM sqlite_sequence WHERE name = 'plain_notices';

CREATE INDEX notices_expiring ON notices (expires);
CREATE INDEX notices_by_key ON notices (key);

DROP INDEX transitions_of_room;
DROP INDEX transitions_oldest;
ALTER TABLE transitions RENAME TO plain_transitions;

CREATE TABLE transitions (
    arrival      INTEGER PRIMARY KEY,
    id_mac       TEXT NOT NULL UNIQUE,
    room_mac     TEXT NOT NULL,
    identity_mac TEXT NOT NULL,
    kind         TEXT NOT NULL,
    at           INTEGER NOT NULL,
    source       TEXT NOT NULL,
    joined_at    INTEGER,
    key          TEXT NOT NULL CHECK (key <> ''),
    sealed       BLOB NOT NULL
) STRICT;

CREATE INDEX transitions_of_room ON transitions (room_mac, at, arrival);
CREATE INDEX transitions_oldest ON transitions (at);
CREATE INDEX transitions_by_key ON transitions (key);

DROP INDEX diagnostics_of_room;
DROP INDEX diagnostics_oldest;
DROP INDEX diagnostics_by_key;
ALTER TABLE diagnostics RENAME TO plain_diagnostics;

CREATE TABLE diagnostics (
    arrival  INTEGER PRIMARY KEY,
    room_mac TEXT NOT NULL,
    batch    TEXT NOT NULL UNIQUE,
    at       INTEGER NOT NULL,
    events   INTEGER NOT NULL CHECK (events > 0),
    key      TEXT NOT NULL CHECK (key <> ''),
    sealed   BLOB NOT NULL
) STRICT;

CREATE INDEX diagnostics_of_room ON diagnostics (room_mac, arrival);
CREATE INDEX diagnostics_oldest ON diagnostics (at);
CREATE INDEX diagnostics_by_key ON diagnostics (key);
