import json
from datetime import timedelta

import pytest

from bot.artefacts.comparing_databases import FACTS, MOST, compare
from bot.artefacts.shape import Asked
from bot.core.evidence import Verdict
from rehearsal.artefacts import damage, databases
from rehearsal.artefacts.rows import Person, row
from tests.fakes.databases import (
    GUEST,
    LATER,
    OTHER_ROOM,
    OWNER,
    ROOM,
    room_database,
    rows,
)

ASKED = Asked(room=ROOM)
OTHERS = [Person("user:other", f"node-{place}") for place in range(MOST)]


@pytest.fixture
def copies(tmp_path):
    """Write copies: from OWNER's device first, then GUEST's, then others'."""

    def write(*held):
        return [
            room_database(tmp_path / f"copy-{place}", made, holder)
            for place, (made, holder) in enumerate(
                zip(held, (OWNER, GUEST, *OTHERS), strict=False)
            )
        ]

    return write


def first_tasks(made, number):
    """Leave the oldest tasks out, as if their packets had been dropped."""
    tasks = [one for one in made if one.table == "tasks"]
    dropped = sorted(tasks, key=lambda one: one.hlc)[:number]
    return [one for one in made if one not in dropped]


def test_equal_copies_do_not_differ(copies):
    found = compare(copies(rows(), rows()), ASKED)
    assert found.verdict is Verdict.OK
    assert found.facts == {
        "copies.compared": 2,
        "copies.differ": False,
        "copies.tables_differing": 0,
        "copies.never_arriving": 0,
        "copies.never_updated": 0,
        "copies.of_same_device": 0,
    }
    assert found.facts.keys() == FACTS.keys()


def test_rows_that_were_dropped_never_arrive(copies):
    found = compare(copies(rows(), first_tasks(rows(), 3)), ASKED)
    assert found.verdict is Verdict.BAD
    assert found.facts["copies.never_arriving"] == 3
    assert found.facts["copies.tables_differing"] == 1
    assert "saved again" in found.headline


def test_rows_that_are_newer_than_all_others_can_still_come(copies):
    new = row("polls", "poll:1", {}, LATER, GUEST.node)
    found = compare(copies(rows(), [*rows(), new]), ASKED)
    assert found.facts["copies.differ"] is True
    assert found.facts["copies.never_arriving"] == 0
    assert "Synchronize Now" in found.headline


def test_presence_makes_no_difference(copies):
    later = row("notes", f"presence:{GUEST.identity}", {"at": 2}, LATER, GUEST.node)
    moved = [one for one in rows() if not one.id.startswith("presence:user:0195b2f0-b")]
    found = compare(copies(rows(), [*moved, later]), ASKED)
    assert found.facts["copies.differ"] is False


def test_one_database_is_nothing_to_compare(copies):
    assert compare(copies(rows()), ASKED) is None
    assert compare([], ASKED) is None


def test_the_boot_database_is_passed_over(copies, tmp_path):
    boot = databases.crdt_database(tmp_path / "boot")
    one, other = copies(rows(), rows())
    assert compare([one, boot], ASKED) is None
    assert compare([one, boot, other], ASKED).facts["copies.compared"] == 2


def test_a_damaged_copy_is_told_of_and_never_ok(copies):
    whole, torn = copies(rows(), rows())
    found = compare([whole, damage.torn_inside(torn)], ASKED)
    assert found.verdict is Verdict.UNKNOWN
    assert "1 cannot be read" in found.headline
    assert not found.facts


def test_equal_copies_beside_a_damaged_one_are_unknown(copies):
    *whole, torn = copies(rows(), rows(), rows())
    found = compare([*whole, damage.torn_inside(torn)], ASKED)
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["copies.compared"] == 2


def test_copies_of_another_room_are_left_out(copies):
    found = compare(copies(rows(), rows(OTHER_ROOM)), ASKED)
    assert found.verdict is Verdict.UNKNOWN
    assert OTHER_ROOM not in found.headline


def test_copies_of_two_groups_with_one_name_are_not_compared(copies):
    found = compare(copies(rows(), rows(OTHER_ROOM)), Asked())
    assert found.verdict is Verdict.UNKNOWN
    assert "different rooms" in found.headline


def test_a_group_may_be_asked_for_by_its_name(copies):
    found = compare(copies(rows(), rows()), Asked(room="Family"))
    assert found.verdict is Verdict.OK


def test_a_web_clients_rows_are_compared_too(copies, tmp_path):
    listed = {}
    for one in first_tasks(rows(), 2):
        told = {
            "id": one.id,
            "value": one.value,
            "is_deleted": 0,
            "hlc": one.hlc,
            "node_id": one.node,
        }
        listed.setdefault(one.table, []).append(told)
    path = tmp_path / "web.json"
    path.write_text(json.dumps(listed))
    found = compare([*copies(rows()), path], ASKED)
    assert found.facts["copies.never_arriving"] == 2


def test_each_pair_of_several_copies_counts(copies):
    new = row("polls", "poll:1", {}, LATER, GUEST.node)
    newer = row("polls", "poll:2", {}, LATER + timedelta(hours=1), GUEST.node)
    found = compare(copies(rows(), [*rows(), newer], [*rows(), new, newer]), ASKED)
    assert found.facts["copies.compared"] == 3
    assert found.facts["copies.never_arriving"] == 1


def test_copies_of_too_many_devices_are_refused(copies):
    found = compare(copies(*[rows()] * (MOST + 1)), ASKED)
    assert found.verdict is Verdict.UNKNOWN
    assert "devices" in found.headline


def test_no_id_and_no_content_is_told(copies):
    found = compare(copies(rows(), first_tasks(rows(), 3)), ASKED)
    said = found.model_dump_json()
    canaries = ("task:", "Water", OWNER.node, ROOM)
    assert not [canary for canary in canaries if canary in said]


def test_of_one_device_the_newest_copy_counts(copies):
    before = copies(rows(), first_tasks(rows(), 3))
    after = room_database(before[0].with_name("later"), rows(tasks=7), OWNER)
    arrived = room_database(before[0].with_name("arrived"), rows(tasks=7), GUEST)
    found = compare([after, *before, arrived], ASKED)
    assert found.verdict is Verdict.OK
    assert found.facts["copies.compared"] == 2
    assert found.facts["copies.of_same_device"] == 2
    assert "2 older of the same device not counted" in found.headline


def test_copies_with_one_node_id_are_not_compared(copies, tmp_path):
    (one,) = copies(rows())
    again = room_database(tmp_path / "again", rows(tasks=7), OWNER)
    found = compare([one, again], ASKED)
    assert found.verdict is Verdict.UNKNOWN
    assert "same node id" in found.headline
    assert not found.facts
