"""All SQL of the store that is not its schema, one named constant a statement.

Parameters are named, and nothing is pasted into the text, so that the same text can
serve another database.
"""

BEGIN = "BEGIN IMMEDIATE"
BEGIN_READING = "BEGIN"
COMMIT = "COMMIT"
ROLLBACK = "ROLLBACK"
SAVEPOINT = "SAVEPOINT job"
ROLLBACK_JOB = "ROLLBACK TO job"
RELEASE = "RELEASE job"

INSERT_EVENT = """
INSERT INTO events (incident, seq, at, by, kind, body)
VALUES (:incident, :seq, :at, :by, :kind, :body)
"""
EVENTS = """
SELECT incident, seq, at, by, kind, body FROM events
WHERE incident = :incident AND seq > :after ORDER BY seq
"""

INSERT_LINK = """
INSERT INTO links (incident, seq, salt, digest, link, signer, signature)
VALUES (:incident, :seq, :salt, :digest, :link, :signer, :signature)
"""
LINKS = """
SELECT incident, seq, salt, digest, link, signer, signature FROM links
WHERE incident = :incident ORDER BY seq
"""
LAST_LINK = """
SELECT incident, seq, salt, digest, link, signer, signature FROM links
WHERE incident = :incident ORDER BY seq DESC LIMIT 1
"""
UNLINKED = """
SELECT incident FROM heads
WHERE seq > coalesce(
  (SELECT max(links.seq) FROM links WHERE links.incident = heads.incident), 0)
ORDER BY opened_at, incident
"""
DROP_SALT = "UPDATE links SET salt = NULL WHERE incident = :incident AND seq = :seq"
ERASE_BODY = """
UPDATE events SET body = :body WHERE incident = :incident AND seq = :seq
"""

INSERT_HEAD = """
INSERT INTO heads (incident, channel, room, status, seq, opened_at, moved_at)
VALUES (:incident, :channel, :room, :status, :seq, :opened_at, :moved_at)
ON CONFLICT DO NOTHING
"""
MOVE_HEAD = """
UPDATE heads SET channel = :channel, room = :room, status = :status, seq = :seq,
  opened_at = :opened_at, moved_at = :moved_at
WHERE incident = :incident AND seq = :expected
"""
HEAD = """
SELECT incident, channel, room, status, seq, opened_at FROM heads
WHERE incident = :incident
"""
HEADS = """
SELECT incident, channel, room, status, seq, opened_at FROM heads
WHERE (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
ORDER BY opened_at DESC, incident DESC LIMIT :limit
"""
HEADS_OF_CHANNEL = """
SELECT incident, channel, room, status, seq, opened_at FROM heads
WHERE channel = :channel AND (:room IS NULL OR room = :room)
  AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
ORDER BY opened_at DESC, incident DESC LIMIT :limit
"""
HEADS_OF_ROOM = """
SELECT incident, channel, room, status, seq, opened_at FROM heads
WHERE room = :room
  AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
ORDER BY opened_at DESC, incident DESC LIMIT :limit
"""
COUNT_HEADS = """
SELECT count(*) FROM heads WHERE status IN (SELECT value FROM json_each(:statuses))
"""
BEHIND = """
SELECT incident FROM heads WHERE drawn_seq < seq
ORDER BY moved_at, incident LIMIT :limit
"""
DRAWN = """
UPDATE heads SET drawn_seq = :seq
WHERE incident = :incident AND drawn_seq < :seq AND seq >= :seq
"""

RECEIPT = "SELECT 1 FROM receipts WHERE receipt = :receipt"
INSERT_RECEIPT = "INSERT INTO receipts (receipt, at) VALUES (:receipt, :at)"

INSERT_WAKE = """
INSERT INTO wakes (incident, at) VALUES (:incident, :at) ON CONFLICT DO NOTHING
"""
DUE = """
SELECT incident FROM wakes WHERE at <= :now
GROUP BY incident ORDER BY min(at), incident LIMIT :limit
"""
NEXT_DUE = "SELECT min(at) FROM wakes"
DELETE_WAKES = "DELETE FROM wakes WHERE incident = :incident AND at <= :upto"

DRAWINGS = """
SELECT incident, part, channel, ts, thread_ts, digest, state, reason, at
FROM drawings WHERE incident = :incident ORDER BY part
"""
UPSERT_DRAWING = """
INSERT INTO drawings
  (incident, part, channel, ts, thread_ts, digest, state, reason, at)
VALUES
  (:incident, :part, :channel, :ts, :thread_ts, :digest, :state, :reason, :at)
ON CONFLICT (incident, part) DO UPDATE SET channel = excluded.channel,
  ts = excluded.ts, thread_ts = excluded.thread_ts, digest = excluded.digest,
  state = excluded.state, reason = excluded.reason, at = excluded.at
"""
DELETE_DRAWING = "DELETE FROM drawings WHERE incident = :incident AND part = :part"

INSERT_NOTICE = """
INSERT INTO notices (channel, person, thread_ts, text, at, expires)
VALUES (:channel, :person, :thread_ts, :text, :at, :expires)
"""
NOTICES = """
SELECT id, channel, person, thread_ts, text, at, expires FROM notices
WHERE expires > :now ORDER BY id LIMIT :limit
"""
DELETE_NOTICE = "DELETE FROM notices WHERE id = :id"

INSERT_TRANSITION = """
INSERT INTO transitions
  (id, room, identity, sid, kind, reason, at, source, joined_at)
VALUES
  (:id, :room, :identity, :sid, :kind, :reason, :at, :source, :joined_at)
ON CONFLICT DO NOTHING
"""
TRANSITIONS = """
SELECT id, room, identity, sid, kind, reason, at, source, joined_at FROM transitions
WHERE room = :room AND at >= :since AND (:identity IS NULL OR identity = :identity)
ORDER BY at DESC, arrival DESC LIMIT :limit
"""
NEWEST_BY_ROOM = "SELECT room, max(at) FROM transitions GROUP BY room"

INSERT_BATCH = """
INSERT INTO diagnostics (room, batch, at, events, key, sealed)
VALUES (:room, :batch, :at, :events, :key, :sealed)
ON CONFLICT DO NOTHING
"""
BATCHES = """
SELECT room, batch, at, events, key, sealed FROM diagnostics
WHERE room = :room AND at >= :since ORDER BY arrival
"""
TRIM_BATCHES = """
DELETE FROM diagnostics WHERE arrival IN (
  SELECT arrival FROM (
    SELECT arrival, sum(events) OVER (ORDER BY arrival DESC) - events AS newer
    FROM diagnostics WHERE room = :room)
  WHERE newer >= :most)
"""

PRUNE_RECEIPTS = """
DELETE FROM receipts WHERE receipt IN
  (SELECT receipt FROM receipts WHERE at < :before LIMIT :limit)
"""
PRUNE_NOTICES = """
DELETE FROM notices WHERE id IN
  (SELECT id FROM notices WHERE expires <= :before LIMIT :limit)
"""
PRUNE_TRANSITIONS = """
DELETE FROM transitions WHERE arrival IN
  (SELECT arrival FROM transitions WHERE at < :before LIMIT :limit)
"""
PRUNE_BATCHES = """
DELETE FROM diagnostics WHERE arrival IN
  (SELECT arrival FROM diagnostics WHERE at < :before LIMIT :limit)
"""

PROBE_WRITE = "UPDATE probe SET count = count + 1 WHERE id = 1"
PROBE_READ = "SELECT count FROM probe WHERE id = 1"

CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)"
QUICK_CHECK = "PRAGMA quick_check(1)"
