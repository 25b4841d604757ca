-- Incidents, their events, and what waits. Times are INTEGER microseconds since 1970.

CREATE TABLE heads (
    incident  TEXT NOT NULL PRIMARY KEY,
    channel   TEXT NOT NULL,
    room      TEXT NOT NULL,
    status    TEXT NOT NULL,
    seq       INTEGER NOT NULL CHECK (seq > 0),
    opened_at INTEGER NOT NULL,
    moved_at  INTEGER NOT NULL,
    drawn_seq INTEGER NOT NULL DEFAULT 0 CHECK (drawn_seq <= seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX heads_newest ON heads (opened_at, incident);
CREATE INDEX heads_by_channel ON heads (channel, opened_at);
CREATE INDEX heads_by_room ON heads (room, opened_at);
CREATE INDEX heads_behind ON heads (moved_at, incident) WHERE drawn_seq < seq;

CREATE TABLE events (
    incident TEXT NOT NULL REFERENCES heads (incident),
    seq      INTEGER NOT NULL CHECK (seq > 0),
    at       INTEGER NOT NULL,
    by       TEXT NOT NULL,
    kind     TEXT NOT NULL,
    body     TEXT NOT NULL,
    PRIMARY KEY (incident, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TABLE receipts (
    receipt TEXT NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX receipts_oldest ON receipts (at);

CREATE TABLE wakes (
    incident TEXT NOT NULL REFERENCES heads (incident),
    at       INTEGER NOT NULL,
    PRIMARY KEY (incident, at)
) STRICT, WITHOUT ROWID;

CREATE INDEX wakes_first ON wakes (at, incident);

CREATE TABLE drawings (
    incident  TEXT NOT NULL REFERENCES heads (incident),
    part      TEXT NOT NULL,
    channel   TEXT NOT NULL,
    ts        TEXT,
    thread_ts TEXT,
    digest    TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('posting', 'drawn', 'blocked')),
    reason    TEXT,
    at        INTEGER NOT NULL,
    PRIMARY KEY (incident, part)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT, so that the number of a dropped notice never names a later one.
CREATE TABLE notices (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    channel   TEXT NOT NULL,
    person    TEXT NOT NULL,
    thread_ts TEXT,
    text      TEXT NOT NULL,
    at        INTEGER NOT NULL,
    expires   INTEGER NOT NULL
) STRICT;

CREATE INDEX notices_expiring ON notices (expires);

-- `arrival` orders what happened within one tick of the sender's clock.
CREATE TABLE transitions (
    arrival   INTEGER PRIMARY KEY,
    id        TEXT NOT NULL UNIQUE,
    room      TEXT NOT NULL,
    identity  TEXT NOT NULL,
    sid       TEXT NOT NULL,
    kind      TEXT NOT NULL,
    reason    TEXT NOT NULL,
    at        INTEGER NOT NULL,
    source    TEXT NOT NULL,
    joined_at INTEGER
) STRICT;

CREATE INDEX transitions_of_room ON transitions (room, at, arrival);
CREATE INDEX transitions_oldest ON transitions (at);

-- One row, written to learn whether the database takes a write.
CREATE TABLE probe (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    count INTEGER NOT NULL
) STRICT;

INSERT INTO probe (id, count) VALUES (1, 0);
