from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.databases import rows
from bot.cohrtz.databases.names import COLUMNS, TABLES
from bot.cohrtz.databases.rows import Row
from bot.cohrtz.databases.schema import Schema, schema
from bot.cohrtz.databases.survey import survey
from rehearsal.artefacts.rows import hlc

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OLD = NOW - timedelta(days=30)


def row(number=0, **more):
    clock = hlc(more.pop("at", OLD), more.get("node", "mine"))
    stored = hlc(more.pop("stored", OLD), "mine")
    made = Row("tasks", f"t{number}", b"{}", clock, "mine", stored, is_deleted=False)
    return made._replace(**more)


def told(*made):
    return survey(made, now=NOW)


def test_a_node_that_wrote_much_is_established():
    assert told(*(row(number) for number in range(9))).is_fresh() is False


def test_a_file_with_next_to_nothing_of_its_own_is_fresh():
    assert told(row()).is_fresh() is True
    theirs = [row(number, node="other", stored=NOW) for number in range(9)]
    assert told(*theirs, row(9, stored=NOW)).is_fresh() is True


def test_a_reader_who_has_been_there_from_the_start_is_not_fresh():
    theirs = [row(number, node="other") for number in range(9)]
    assert told(*theirs, row(9)).is_fresh() is False


def test_without_rows_or_stamps_nothing_is_known_of_the_file():
    web = row(modified=None)
    for found in (told(), told(web), told(row(modified="soon"))):
        assert found.is_fresh() is None
        assert found.is_born_after(NOW) is None
    assert told(row()).is_born_after(None) is None


def test_a_file_is_as_old_as_the_first_row_that_it_stored():
    found = told(row(0, stored=OLD), row(1, stored=NOW))
    assert found.is_born_after(OLD)
    assert not found.is_born_after(OLD + timedelta(seconds=1))


def test_a_row_more_than_a_minute_ahead_is_from_the_future():
    limit = NOW + timedelta(seconds=60)
    found = told(row(0, at=limit), row(1, at=limit + timedelta(milliseconds=1)))
    assert found.times.future == 1


def test_values_are_read_as_json_objects_or_not_at_all():
    for value in (None, b"", b"[]", b"{", b"\xff", b"[" * 99_999):
        assert rows.content(row(value=value)) == {}
    assert rows.content(row(value=b'{"a": 1}')) == {"a": 1}


@pytest.mark.parametrize(
    ("value", "bits"),
    [
        (b'{"permissions": 5}', 5),
        (b'{"permissions": -1}', 0),
        (b'{"permissions": "5"}', 0),
        (b'{"permissions": true}', 0),
        (b'{"permissions": 1e3}', 0),
        (b"{}", 0),
    ],
)
def test_permissions_that_are_no_sound_number_are_none(value, bits):
    assert rows.role(row(table="roles", value=value)).permissions == bits


@given(
    st.lists(
        st.builds(
            Row,
            table=st.sampled_from(TABLES),
            id=st.sampled_from(
                ["a", "group_settings", "treekem_state:r", "presence:x"]
            ),
            value=st.none() | st.binary(max_size=40),
            hlc=st.text(max_size=40),
            node=st.text(max_size=9),
            modified=st.none() | st.text(max_size=40),
            is_deleted=st.booleans(),
        )
    )
)
def test_no_rows_stop_the_survey(made):
    found = told(*made)
    found.audit()
    assert found.rows == len(made)
    assert found.times.unreadable <= len(made)


def columns(**more):
    whole = dict.fromkeys(TABLES, frozenset(COLUMNS))
    return {table: names for table, names in {**whole, **more}.items() if names}


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (columns(), Schema.CURRENT),
        (columns(avatar_blob_cache=frozenset("ab")), Schema.CURRENT),
        (columns(android_metadata=frozenset({"locale"})), Schema.CURRENT),
        (columns(avatar_blobs=frozenset()), Schema.OLDER),
        (columns(reactions=frozenset(COLUMNS)), Schema.NEWER),
        (columns(tasks=frozenset({*COLUMNS, "due"})), Schema.NEWER),
        (columns(tasks=frozenset({"id"}), more=frozenset({"id"})), Schema.MIXED),
    ],
)
def test_tables_and_columns_hint_at_the_build(made, told):
    assert schema(made) is told
