-- Fewer indexes: each is a page more that a command waits for before it is answered.
-- What is looked for seldom is found by going through its table.

-- What is still to be resolved or drawn: few rows, and they hardly move. Queries that
-- mean only those say so in the same words, so that this index serves them.
CREATE INDEX heads_live ON heads (room_mac, opened_at)
WHERE status <> 'resolved' OR drawn_seq < seq;

DROP INDEX heads_newest;
DROP INDEX heads_by_room;
DROP INDEX heads_behind;

-- Going to another key goes through the tables, some rows at a time.
DROP INDEX heads_by_key;
DROP INDEX events_by_key;
DROP INDEX links_by_key;
DROP INDEX drawings_by_key;
DROP INDEX notices_by_key;
DROP INDEX transitions_by_key;
DROP INDEX diagnostics_by_key;

-- Receipts go after a day; once an hour all of them are looked at.
DROP INDEX receipts_oldest;

-- By time first: what is due stands in front, and that alone is ever deleted.
ALTER TABLE wakes RENAME TO earlier_wakes;
DROP INDEX wakes_first;

CREATE TABLE wakes (
    at       INTEGER NOT NULL,
    incident TEXT NOT NULL REFERENCES heads (incident),
    PRIMARY KEY (at, incident)
) STRICT, WITHOUT ROWID;

INSERT INTO wakes (at, incident) SELECT at, incident FROM earlier_wakes;
DROP TABLE earlier_wakes;
