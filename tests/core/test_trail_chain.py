"""The chain's bytes, which every verifier must make alike, now and in ten years."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from bot.core.trail.chain import (
    FIRST,
    SALT_BYTES,
    Entry,
    body_digest,
    key_name,
    link_of,
    remains_digest,
    statement,
)

ENTRY = Entry("INC-7", 1, 1_772_366_400_000_000, "U0ANN", "incident.opened", '{"é":1}')
SALT = bytes(range(32))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
ENTRIES = st.builds(
    Entry,
    incident=TEXTS,
    seq=st.integers(1, 99),
    at=st.integers(-(10**15), 10**16),
    by=TEXTS,
    kind=TEXTS,
    body=TEXTS,
)


def test_the_bytes_of_a_link_are_fixed():
    digest = body_digest(SALT, ENTRY.body)
    assert digest == hashlib.sha256(SALT + '{"é":1}'.encode()).digest()
    said = (
        '["cohrtz-triage link 1","INC-7",1,1772366400000000,"U0ANN","incident.opened",'
        f'"{digest.hex()}","{"00" * 32}"]'
    )
    link = link_of(ENTRY, digest, FIRST)
    assert link == hashlib.sha256(said.encode()).digest()
    assert statement(link) == b"cohrtz-triage trail 1\n" + link


@given(ENTRIES, ENTRIES)
def test_two_events_that_differ_have_two_links(one, other):
    digest = body_digest(SALT, one.body)
    alike = one._replace(body=other.body) == other
    same = link_of(one, digest, FIRST) == link_of(other, digest, FIRST)
    assert same == alike


def test_a_link_says_what_stands_before_it():
    digest = body_digest(SALT, ENTRY.body)
    assert link_of(ENTRY, digest, FIRST) != link_of(ENTRY, digest, SALT)


def test_the_same_words_have_another_digest_with_another_salt():
    assert body_digest(SALT, "yes") != body_digest(bytes(SALT_BYTES), "yes")


def test_keys_are_told_apart_by_sixteen_digits():
    assert key_name(SALT) == hashlib.sha256(SALT).hexdigest()[:16]
    assert remains_digest("{}") == hashlib.sha256(b"{}").hexdigest()
