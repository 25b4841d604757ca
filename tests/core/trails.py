"""Trails of a few events, as a bundle has them, and what may be done to them."""

import json

from bot.core.trail.audit import Kept, audit
from bot.core.trail.chain import (
    FIRST,
    Entry,
    body_digest,
    link_of,
    remains_digest,
    statement,
)
from bot.store.signing import SigningKey

INCIDENT = "INC-7"
KEY, OTHER_KEY = SigningKey(b"k" * 32), SigningKey(b"o" * 32)
BODIES = (
    ("incident.opened", {"room": "blue-whale"}),
    ("checks.requested", {"calls": []}),
    ("step.settled", {"words": "Ünïcode, and secret"}),
    ("incident.resolved", {"words": "It is over."}),
)


def made(bodies=BODIES, key=KEY, incident=INCIDENT):
    """Chain and sign these events."""
    events, previous = [], FIRST
    for seq, (kind, said) in enumerate(bodies, 1):
        body = said if isinstance(said, str) else json.dumps(said)
        entry = Entry(incident, seq, seq * 1_000_000, "U0ANN", kind, body)
        salt = seq.to_bytes(32, "big")
        event = signed(entry, salt, previous, key)
        events.append(event)
        previous = bytes.fromhex(event.link)
    return events


def signed(entry, salt, previous, key=KEY):
    digest = body_digest(salt, entry.body)
    link = link_of(entry, digest, previous)
    return Kept(
        seq=entry.seq,
        at=entry.at,
        by=entry.by,
        kind=entry.kind,
        body=entry.body,
        salt=salt.hex(),
        digest=digest.hex(),
        link=link.hex(),
        signer=key.public.hex(),
        signature=key.sign(statement(link)).hex(),
    )


def rehashed(events, incident=INCIDENT):
    """Make digests and links fit again, as one can who has no key."""
    again, previous = [], FIRST
    for event in events:
        entry = Entry(incident, event.seq, event.at, event.by, event.kind, event.body)
        fresh = signed(entry, bytes.fromhex(event.salt), previous)
        again.append(
            event.model_copy(update={"digest": fresh.digest, "link": fresh.link})
        )
        previous = bytes.fromhex(fresh.link)
    return again


def erased(seq=3, left='{"words":"[erased]"}', record=None):
    """Erase the words of one event, and let another one say so."""
    said = record or {"erased": seq, "left": remains_digest(left), "why": "Privacy."}
    events = made((*BODIES, ("body.erased", said)))
    events[seq - 1] = changed(events[seq - 1], salt=None, body=left)
    return events


def changed(event, **fields):
    return event.model_copy(update=fields)


def problems(events, *, keys=(KEY,), heads=(), incident=INCIDENT):
    return audit(incident, events, [key.public for key in keys], heads).problems
