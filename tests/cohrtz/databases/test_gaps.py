from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.databases.gaps import Copy, Version, difference
from rehearsal.artefacts.rows import hlc

START = datetime(2026, 2, 27, tzinfo=UTC)


def at(minute, node="n1"):
    return hlc(START + timedelta(minutes=minute), node)


def copy(**rows):
    made = Copy()
    for key, clock in rows.items():
        table, _, row_id = key.partition("__")
        made.add((table, row_id), Version(clock, clock.encode()))
    return made


def test_a_row_older_than_the_newest_of_its_node_never_arrives():
    whole = copy(tasks__a=at(1), tasks__b=at(2))
    holed = copy(tasks__b=at(2))
    found = difference(whole, holed)
    assert found.never_arriving == {("tasks", "a")}
    assert found.tables == {"tasks"}
    assert difference(holed, whole).never_arriving == {("tasks", "a")}


def test_a_row_newer_than_all_of_its_node_still_comes():
    found = difference(copy(tasks__a=at(1), tasks__b=at(2)), copy(tasks__a=at(1)))
    assert found.tables == {"tasks"}
    assert not found.never_arriving


def test_the_clock_is_of_each_node_and_over_all_tables():
    whole = copy(tasks__a=at(1, "n1"), polls__p=at(9, "n2"), notes__d=at(5, "n1"))
    assert not difference(whole, copy(polls__p=at(9, "n2"))).never_arriving
    holed = copy(notes__d=at(5, "n1"), polls__p=at(9, "n2"))
    assert difference(whole, holed).never_arriving == {("tasks", "a")}


def test_tables_that_are_always_sent_whole_have_no_holes():
    whole = copy(members__a=at(1), roles__r=at(1), tasks__b=at(2))
    found = difference(whole, copy(tasks__b=at(2)))
    assert found.tables == {"members", "roles"}
    assert not found.never_arriving


def test_an_old_state_that_cannot_be_renewed_is_told_apart_from_a_missing_row():
    whole = copy(tasks__a=at(3), tasks__b=at(4))
    stale = copy(tasks__a=at(1), tasks__b=at(4))
    found = difference(whole, stale)
    assert found.never_updated == {("tasks", "a")}
    assert not found.never_arriving


def test_presence_and_treekem_state_make_no_difference():
    one = copy(notes__presence=at(1))
    one.add(("notes", "presence:user:1"), Version(at(1), b"1"))
    one.add(("cohrtz", "treekem_state:room"), Version(at(1), b"1"))
    found = difference(one, copy(notes__presence=at(1)))
    assert not found.tables
    assert not found.never_arriving


def test_an_unreadable_clock_moves_nothing_and_is_no_gap():
    broken = copy(tasks__a="yesterday", tasks__b=at(2))
    assert broken.clock == {"n1": at(2)}
    assert not difference(broken, copy(tasks__b=at(2))).never_arriving


copies = st.dictionaries(
    st.sampled_from(["tasks__a", "tasks__b", "notes__c", "members__d"]),
    st.builds(at, st.integers(0, 5), st.sampled_from(["n1", "n2"])),
)


@given(copies, copies)
def test_comparing_does_not_depend_on_the_order(first, second):
    one, other = copy(**first), copy(**second)
    found = difference(one, other)
    assert found == difference(other, one)
    missing = one.rows.keys() ^ other.rows.keys()
    assert found.never_arriving <= missing
    assert bool(found.tables) == (one.rows != other.rows)
