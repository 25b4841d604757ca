from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.databases.consistency import (
    EMPTY,
    Consistency,
    Platform,
    Tally,
    consistency,
    leaf,
    root,
)

FIRST = leaf("t1", b'{"a":1}', "2026-02-27T10:00:00.000001Z-0000-n1")
SECOND = leaf("doc:x", None, "2026-02-27T10:00:01.000Z-000A-n2")
VECTOR = "f05464610fb2d380b36ad6e6bf3374a64084f69dec428e767615320aea551f3b"


def tally(*leaves, deleted=0):
    return Tally(list(leaves), deleted)


def test_the_known_vector_comes_out():
    tallies = {"tasks": tally(FIRST), "notes": tally(SECOND)}
    assert consistency(tallies, Platform.NATIVE) == Consistency(2, VECTOR)
    assert root([SECOND, FIRST]) == VECTOR


def test_no_rows_at_all_are_the_word_empty():
    assert consistency({}, Platform.NATIVE) == Consistency(0, EMPTY)
    assert consistency({"tasks": Tally()}, Platform.WEB) == Consistency(0, EMPTY)


def test_native_counts_tombstones_and_leaves_four_tables_out():
    tallies = {
        "tasks": tally(FIRST, deleted=1),
        "members": tally(SECOND),
        "avatar_blob_cache": tally(SECOND),
    }
    assert consistency(tallies, Platform.NATIVE) == Consistency(1, root([FIRST]))


def test_web_takes_every_table_and_counts_no_tombstones_but_hashes_them():
    tallies = {"tasks": tally(FIRST, deleted=1), "members": tally(SECOND)}
    assert consistency(tallies, Platform.WEB) == Consistency(1, root([FIRST, SECOND]))


def test_adding_counts_rows_and_the_deleted():
    table = Tally()
    table.add(FIRST, is_deleted=False)
    table.add(SECOND, is_deleted=True)
    assert (table.rows, table.deleted) == (2, 1)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1), st.randoms())
def test_the_order_of_rows_does_not_matter_and_hex_sorts_as_bytes_do(leaves, chance):
    shuffled = list(leaves)
    chance.shuffle(shuffled)
    joined = ":".join(sorted(one.hex() for one in leaves))
    assert root(shuffled) == sha256(joined.encode()).hexdigest()
