-- The rings of posted diagnostics, a batch a row. `sealed` is AES-256-GCM
-- (bot/store/seal.py), bound to `diagnostics`, `sealed` and the batch's own key.

CREATE TABLE diagnostics (
    arrival INTEGER PRIMARY KEY,
    room    TEXT NOT NULL,
    batch   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    events  INTEGER NOT NULL CHECK (events > 0),
    key     TEXT NOT NULL,
    sealed  BLOB NOT NULL,
    UNIQUE (room, batch)
) STRICT;

CREATE INDEX diagnostics_of_room ON diagnostics (room, arrival);
CREATE INDEX diagnostics_oldest ON diagnostics (at);
CREATE INDEX diagnostics_by_key ON diagnostics (key);
