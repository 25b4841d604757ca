-- What is acted on, by whom: an act's row is written in the batch of its intent, and
-- settled in the batch of its outcome. Until then its target is held, so that no two
-- incidents act on it at once; and acts are counted by room and hour. Rooms and
-- participants are HMACs (bot/store/lookup.py); no participant: the whole room.

CREATE TABLE acts (
    incident        TEXT NOT NULL,
    seq             INTEGER NOT NULL CHECK (seq > 0),
    room_mac        TEXT NOT NULL,
    participant_mac TEXT NOT NULL DEFAULT '',
    reach           TEXT NOT NULL CHECK (reach IN ('one-participant', 'room')),
    by              TEXT NOT NULL,
    at              INTEGER NOT NULL,
    settled_at      INTEGER,
    PRIMARY KEY (incident, seq),
    FOREIGN KEY (incident, seq) REFERENCES events (incident, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX acts_of_room ON acts (room_mac, at);
CREATE INDEX acts_oldest ON acts (at) WHERE settled_at IS NOT NULL;

-- The guard of a batch looks for the whole room as well; this is what stands behind it.
CREATE UNIQUE INDEX acts_one_of_an_incident ON acts (incident)
WHERE settled_at IS NULL;
CREATE UNIQUE INDEX acts_one_on_a_target ON acts (room_mac, participant_mac)
WHERE settled_at IS NULL;
