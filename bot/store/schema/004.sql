-- The trail: a link for each event, chained and signed. `sealed` is the salt that goes
-- into `digest` before the body: whoever had both could try out what the body says. It is
-- destroyed with the words of an event, and only then may a body become another one.

CREATE TABLE links (
    incident  TEXT NOT NULL,
    seq       INTEGER NOT NULL CHECK (seq > 0),
    digest    BLOB NOT NULL CHECK (length(digest) = 32),
    link      BLOB NOT NULL CHECK (length(link) = 32),
    signer    BLOB NOT NULL CHECK (length(signer) = 32),
    signature BLOB NOT NULL CHECK (length(signature) = 64),
    key       TEXT CHECK (key <> ''),
    sealed    BLOB CHECK ((sealed IS NULL) = (key IS NULL)),
    PRIMARY KEY (incident, seq),
    FOREIGN KEY (incident, seq) REFERENCES events (incident, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX links_by_key ON links (key);

-- And may be sealed with another key, as long as they have it.
CREATE TRIGGER links_lose_nothing_but_their_salt BEFORE UPDATE ON links
WHEN (NEW.key IS NOT NULL AND (OLD.key IS NULL OR NEW.key = OLD.key))
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

-- Or get another seal, with another key.
CREATE TRIGGER events_lose_nothing_but_their_words BEFORE UPDATE ON events
WHEN (NEW.incident, NEW.seq, NEW.at, NEW.by, NEW.kind)
  IS NOT (OLD.incident, OLD.seq, OLD.at, OLD.by, OLD.kind)
  OR (NEW.key = OLD.key AND NOT EXISTS (
    SELECT 1 FROM links
    WHERE incident = OLD.incident AND seq = OLD.seq AND key IS NULL))
BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
