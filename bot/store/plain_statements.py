"""The SQL of the first sealing: of the tables that the migration set aside.

What is written is written with the statements of every day.
"""

PLAIN_TABLES = r"""
SELECT name FROM sqlite_schema
WHERE type = 'table' AND name LIKE 'plain\_%' ESCAPE '\'
"""
FORGET_MARK = "DROP TABLE IF EXISTS plain_sealing"
MAKE_MARK = "CREATE TABLE plain_sealing (mark TEXT NOT NULL) STRICT"
PUT_MARK = "INSERT INTO plain_sealing (mark) VALUES (:mark)"
MARK = "SELECT mark FROM plain_sealing"
VACUUM = "VACUUM"
ANYTHING = """
SELECT EXISTS (SELECT 1 FROM heads) OR EXISTS (SELECT 1 FROM receipts)
  OR EXISTS (SELECT 1 FROM transitions) OR EXISTS (SELECT 1 FROM notices)
"""

SAVE = "SAVEPOINT of_a_row"
SAVED = "RELEASE of_a_row"
UNDO = "ROLLBACK TO of_a_row"

LEFT = r"""
SELECT name FROM sqlite_schema
WHERE type = 'table' AND name LIKE 'unsealed\_%' ESCAPE '\'
"""
"""What could not be sealed keeps its old table, under this name."""

PLAIN_HEADS = """
SELECT incident, room_mac FROM heads WHERE key = ''
ORDER BY incident LIMIT :limit OFFSET :left
"""
SEAL_HEAD = """
UPDATE heads SET room_mac = :room_mac, key = :key, sealed = :sealed
WHERE incident = :incident
"""

PLAIN_EVENTS = """
SELECT incident, seq, at, by, kind, body FROM plain_events
ORDER BY incident, seq LIMIT :limit OFFSET :left
"""
DROP_EVENTS = "DELETE FROM plain_events WHERE incident = ? AND seq = ?"

PLAIN_RECEIPTS = """
SELECT receipt, at FROM plain_receipts ORDER BY receipt LIMIT :limit OFFSET :left
"""
DROP_RECEIPTS = "DELETE FROM plain_receipts WHERE receipt = ?"

PLAIN_DRAWINGS = """
SELECT incident, part, channel, ts, thread_ts, digest, state, reason, at
FROM plain_drawings ORDER BY incident, part LIMIT :limit OFFSET :left
"""
DROP_DRAWINGS = "DELETE FROM plain_drawings WHERE incident = ? AND part = ?"

PLAIN_NOTICES = """
SELECT id, channel, person, thread_ts, text, at, expires FROM plain_notices
ORDER BY id LIMIT :limit OFFSET :left
"""
DROP_NOTICES = "DELETE FROM plain_notices WHERE id = ?"

PLAIN_TRANSITIONS = """
SELECT id, room, identity, sid, kind, reason, at, source, joined_at
FROM plain_transitions ORDER BY arrival LIMIT :limit OFFSET :left
"""
DROP_TRANSITIONS = "DELETE FROM plain_transitions WHERE id = ?"

PLAIN_BATCHES = """
SELECT room, batch, at, events, key, sealed FROM plain_diagnostics
ORDER BY arrival LIMIT :limit OFFSET :left
"""
DROP_BATCHES = "DELETE FROM plain_diagnostics WHERE room = ? AND batch = ?"

PLAIN_SEALED_BY = "SELECT key, count(*) FROM plain_diagnostics GROUP BY key"
