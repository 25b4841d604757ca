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
INSERT INTO events (incident, seq, at, by, kind, key, sealed)
VALUES (:incident, :seq, :at, :by, :kind, :key, :sealed)
"""
EVENTS = """
SELECT incident, seq, at, by, kind, sealed FROM events
WHERE incident = :incident AND seq > :after ORDER BY seq
"""

INSERT_LINK = """
INSERT INTO links (incident, seq, digest, link, signer, signature, key, sealed)
VALUES (:incident, :seq, :digest, :link, :signer, :signature, :key, :sealed)
"""
LINKS = """
SELECT incident, seq, digest, link, signer, signature, sealed FROM links
WHERE incident = :incident AND seq > :after ORDER BY seq
"""
LAST_LINK = """
SELECT incident, seq, digest, link, signer, signature, sealed FROM links
WHERE incident = :incident ORDER BY seq DESC LIMIT 1
"""
UNLINKED = """
SELECT incident FROM heads
WHERE (SELECT max(events.seq) FROM events WHERE events.incident = heads.incident)
  > coalesce(
  (SELECT max(links.seq) FROM links WHERE links.incident = heads.incident), 0)
ORDER BY opened_at, incident
"""
DROP_SALT = """
UPDATE links SET key = NULL, sealed = NULL WHERE incident = :incident AND seq = :seq
"""
ERASE_BODY = """
UPDATE events SET key = :key, sealed = :sealed
WHERE incident = :incident AND seq = :seq
"""

INSERT_HEAD = """
INSERT INTO heads
  (incident, channel, room_mac, status, seq, opened_at, moved_at, key, sealed)
VALUES
  (:incident, :channel, :room_mac, :status, :seq, :opened_at, :moved_at, :key, :sealed)
ON CONFLICT DO NOTHING
"""
MOVE_HEAD = """
UPDATE heads SET channel = :channel, room_mac = :room_mac, status = :status,
  seq = :seq, opened_at = :opened_at, moved_at = :moved_at, key = :key,
  sealed = :sealed
WHERE incident = :incident AND seq = :expected
"""
LOST_HEADS = """
SELECT incident FROM heads
WHERE seq <> coalesce(
  (SELECT max(events.seq) FROM events WHERE events.incident = heads.incident), 0)
"""
LOST_HEAD = f"{LOST_HEADS} AND incident = :incident"
HEAD = """
SELECT incident, channel, room_mac, status, seq, opened_at, sealed
FROM heads
WHERE incident = :incident
"""
HEADS = """
SELECT incident, channel, room_mac, status, seq, opened_at, sealed
FROM heads
WHERE (:room_mac IS NULL OR room_mac = :room_mac)
  AND status NOT IN (SELECT value FROM json_each(:others))
ORDER BY opened_at DESC, incident DESC LIMIT :limit
"""
HEADS_OF_CHANNEL = """
SELECT incident, channel, room_mac, status, seq, opened_at, sealed
FROM heads
WHERE channel = :channel AND (:room_mac IS NULL OR room_mac = :room_mac)
  AND status NOT IN (SELECT value FROM json_each(:others))
ORDER BY opened_at DESC, incident DESC LIMIT :limit
"""
LIVE_HEADS = """
SELECT incident, channel, room_mac, status, seq, opened_at, sealed
FROM heads INDEXED BY heads_live
WHERE (status <> 'resolved' OR drawn_seq < seq)
  AND status NOT IN (SELECT value FROM json_each(:others))
ORDER BY opened_at DESC, incident DESC LIMIT :limit
"""
LIVE_HEADS_OF_ROOM = """
SELECT incident, channel, room_mac, status, seq, opened_at, sealed
FROM heads INDEXED BY heads_live
WHERE (status <> 'resolved' OR drawn_seq < seq) AND room_mac = :room_mac
  AND status NOT IN (SELECT value FROM json_each(:others))
ORDER BY opened_at DESC, incident DESC LIMIT :limit
"""
COUNT_HEADS = """
SELECT count(*) FROM heads WHERE status IN (SELECT value FROM json_each(:statuses))
"""
BEHIND = """
SELECT incident FROM heads INDEXED BY heads_live
WHERE drawn_seq < seq AND (status <> 'resolved' OR drawn_seq < seq)
ORDER BY moved_at, incident LIMIT :limit
"""
DRAWN = """
UPDATE heads SET drawn_seq = :seq
WHERE incident = :incident AND drawn_seq < :seq AND seq >= :seq
"""

RECEIPT = "SELECT 1 FROM receipts WHERE receipt_mac = :receipt_mac"
INSERT_RECEIPT = """
INSERT INTO receipts (receipt_mac, at) VALUES (:receipt_mac, :at)
ON CONFLICT DO NOTHING
"""
DELETE_RECEIPT = "DELETE FROM receipts WHERE receipt_mac = :receipt_mac"

# A whole room meets every participant in it. An incident does not meet itself: what it
# does twice is refused by the number of its last event.
HOLDERS = """
SELECT incident, seq, by, at, participant_mac FROM acts
WHERE room_mac = :room_mac AND settled_at IS NULL AND incident <> :incident
  AND (:participant_mac = '' OR participant_mac IN ('', :participant_mac))
ORDER BY at, incident LIMIT 1
"""
ACTS_SINCE = """
SELECT incident, seq, at FROM acts
WHERE room_mac = :room_mac AND reach = :reach AND at > :since ORDER BY at
"""
INSERT_ACT = """
INSERT INTO acts (incident, seq, room_mac, participant_mac, reach, by, at)
VALUES (:incident, :seq, :room_mac, :participant_mac, :reach, :by, :at)
"""
SETTLE_ACT = """
UPDATE acts SET settled_at = :at WHERE incident = :incident AND settled_at IS NULL
"""

INSERT_WAKE = """
INSERT INTO wakes (incident, at) VALUES (:incident, :at) ON CONFLICT DO NOTHING
"""
DUE = """
SELECT incident FROM wakes
WHERE at <= :now AND incident IN (SELECT incident FROM heads)
GROUP BY incident ORDER BY min(at), incident LIMIT :limit
"""
NEXT_DUE = """
SELECT wakes.incident, wakes.at, heads.incident IS NOT NULL
FROM wakes LEFT JOIN heads ON heads.incident = wakes.incident
ORDER BY wakes.at, wakes.incident LIMIT :limit
"""
DELETE_WAKES = "DELETE FROM wakes WHERE at <= :upto AND incident = :incident"

DRAWINGS = """
SELECT incident, part, channel, ts, thread_ts, state, reason, at, sealed
FROM drawings WHERE incident = :incident ORDER BY part
"""
INCIDENT_AT = """
SELECT drawings.incident FROM heads JOIN drawings
  ON drawings.incident = heads.incident
WHERE heads.channel = :channel AND drawings.part = :part
  AND drawings.channel = :channel AND drawings.ts = :ts
"""
CARD_UNDER_WAY = """
SELECT 1 FROM heads JOIN drawings ON drawings.incident = heads.incident
WHERE heads.channel = :channel AND drawings.part = :part
  AND drawings.channel = :channel AND drawings.state = 'posting'
"""
UPSERT_DRAWING = """
INSERT INTO drawings
  (incident, part, channel, ts, thread_ts, state, reason, at, key, sealed)
VALUES
  (:incident, :part, :channel, :ts, :thread_ts, :state, :reason, :at, :key, :sealed)
ON CONFLICT (incident, part) DO UPDATE SET channel = excluded.channel,
  ts = excluded.ts, thread_ts = excluded.thread_ts, state = excluded.state,
  reason = excluded.reason, at = excluded.at, key = excluded.key,
  sealed = excluded.sealed
"""
DELETE_DRAWING = "DELETE FROM drawings WHERE incident = :incident AND part = :part"

# What is beyond all numbers that were ever given was put there by somebody else, and
# leaves no number after it.
NEXT_NOTICE = """
SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence
WHERE name = 'notices' AND seq BETWEEN 0 AND :most
"""
NOTICES_NUMBERED = "SELECT 1 FROM sqlite_sequence WHERE name = 'notices'"
LAST_NOTICE = "SELECT coalesce(max(id), 0) FROM notices WHERE id <= :most"
INSERT_NOTICE = """
INSERT INTO notices (id, channel, person, thread_ts, at, expires, key, sealed)
VALUES (:id, :channel, :person, :thread_ts, :at, :expires, :key, :sealed)
"""
NOTICES = """
SELECT id, channel, person, thread_ts, at, expires, sealed FROM notices
WHERE expires > :now ORDER BY id LIMIT :limit
"""
DELETE_NOTICE = "DELETE FROM notices WHERE id = :id"

INSERT_TRANSITION = """
INSERT INTO transitions
  (id_mac, room_mac, identity_mac, kind, at, source, joined_at, key, sealed)
VALUES
  (:id_mac, :room_mac, :identity_mac, :kind, :at, :source, :joined_at, :key, :sealed)
ON CONFLICT DO NOTHING
"""
TRANSITIONS = """
SELECT id_mac, room_mac, identity_mac, kind, at, source, joined_at, sealed
FROM transitions
WHERE room_mac = :room_mac AND at >= :since
  AND (:identity_mac IS NULL OR identity_mac = :identity_mac)
ORDER BY at DESC, arrival DESC LIMIT :limit
"""
NEWEST_BY_ROOM = "SELECT room_mac, max(at) FROM transitions GROUP BY room_mac"

INSERT_BATCH = """
INSERT INTO diagnostics (room_mac, batch, at, events, key, sealed)
VALUES (:room_mac, :batch, :at, :events, :key, :sealed)
ON CONFLICT DO NOTHING
"""
BATCHES = """
SELECT batch, at, events, sealed FROM diagnostics
WHERE room_mac = :room_mac AND at >= :since ORDER BY arrival
"""
TRIM_BATCHES = """
DELETE FROM diagnostics WHERE arrival IN (
  SELECT arrival FROM (
    SELECT arrival,
      sum(min(events, :most)) OVER (ORDER BY arrival DESC)
        - min(events, :most) AS newer
    FROM diagnostics WHERE room_mac = :room_mac)
  WHERE newer >= :most)
"""

PRUNE_RECEIPTS = """
DELETE FROM receipts WHERE receipt_mac IN
  (SELECT receipt_mac FROM receipts WHERE at < :before LIMIT :limit)
"""
PRUNE_NOTICES = """
DELETE FROM notices WHERE id IN
  (SELECT id FROM notices WHERE expires <= :before LIMIT :limit)
"""
PRUNE_TRANSITIONS = """
DELETE FROM transitions WHERE arrival IN
  (SELECT arrival FROM transitions WHERE at < :before LIMIT :limit)
"""
PRUNE_ACTS = """
DELETE FROM acts WHERE (incident, seq) IN
  (SELECT incident, seq FROM acts
   WHERE settled_at IS NOT NULL AND at < :before LIMIT :limit)
"""
PRUNE_BATCHES = """
DELETE FROM diagnostics WHERE arrival IN
  (SELECT arrival FROM diagnostics WHERE at < :before LIMIT :limit)
"""

KEYS = "SELECT name, lookup FROM keys ORDER BY name"
INSERT_KEY = """
INSERT INTO keys (name, lookup) VALUES (:name, :lookup) ON CONFLICT DO NOTHING
"""
DELETE_KEY = "DELETE FROM keys WHERE name = :name"
SEALED_BY = """
SELECT key, substr(sealed, 2, 4), count(*) FROM events GROUP BY 1, 2 UNION ALL
SELECT key, substr(sealed, 2, 4), count(*) FROM links
WHERE key IS NOT NULL GROUP BY 1, 2 UNION ALL
SELECT key, substr(sealed, 2, 4), count(*) FROM heads GROUP BY 1, 2 UNION ALL
SELECT key, substr(sealed, 2, 4), count(*) FROM drawings GROUP BY 1, 2 UNION ALL
SELECT key, substr(sealed, 2, 4), count(*) FROM notices GROUP BY 1, 2 UNION ALL
SELECT key, substr(sealed, 2, 4), count(*) FROM transitions GROUP BY 1, 2 UNION ALL
SELECT key, substr(sealed, 2, 4), count(*) FROM diagnostics GROUP BY 1, 2
"""

PROBE_WRITE = "UPDATE probe SET count = (count & 65535) + 1 WHERE id = 1"
PROBE_ROOM = (
    "SAVEPOINT room",
    "CREATE TABLE probe_room AS SELECT zeroblob(65536) AS bytes",
    "ROLLBACK TO room",
    "RELEASE room",
)
PROBE_READ = "SELECT count FROM probe WHERE id = 1"

CHECKPOINT = "PRAGMA wal_checkpoint(TRUNCATE)"
QUICK_CHECK = "PRAGMA quick_check(1)"
