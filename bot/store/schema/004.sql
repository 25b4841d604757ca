-- The trail: a link for each event, chained and signed. `salt` goes into `digest` before
-- the body; it is destroyed with the words of an event, and only then may a body change.

CREATE TABLE links (
    incident  TEXT NOT NULL,
    seq       INTEGER NOT NULL CHECK (seq > 0),
    salt      BLOB CHECK (length(salt) = 32),
    digest    BLOB NOT NULL CHECK (length(digest) = 32),
    link      BLOB NOT NULL CHECK (length(link) = 32),
    signer    BLOB NOT NULL CHECK (length(signer) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (incident, seq),
    FOREIGN KEY (incident, seq) REFERENCES events (incident, seq)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER links_lose_nothing_but_their_salt BEFORE UPDATE ON links
WHEN NEW.salt IS NOT NULL
  OR (NEW.incident, NEW.seq, NEW.digest, NEW.link, NEW.signer, NEW.signature)
  IS NOT (OLD.incident, OLD.seq, OLD.digest, OLD.link, OLD.signer, OLD.signature)
BEGIN
    SELECT RAISE(ABORT, 'links are append-only');
END;

CREATE TRIGGER links_are_never_deleted BEFORE DELETE ON links
BEGIN
    SELECT RAISE(ABORT, 'links are append-only');
END;

DROP TRIGGER events_are_never_changed;

CREATE TRIGGER events_lose_nothing_but_their_words BEFORE UPDATE ON events
WHEN (NEW.incident, NEW.seq, NEW.at, NEW.by, NEW.kind)
  IS NOT (OLD.incident, OLD.seq, OLD.at, OLD.by, OLD.kind)
  OR NOT EXISTS (
    SELECT 1 FROM links
    WHERE incident = OLD.incident AND seq = OLD.seq AND salt IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
