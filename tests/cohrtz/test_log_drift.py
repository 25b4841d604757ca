"""A checkout's texts are compared with the table: new, gone, changed, and not moved."""

from collections.abc import Callable

from bot.artefacts.log_tables import log_templates
from bot.cohrtz.logs.dart import read_dart
from bot.cohrtz.logs.drift import drift
from tests.cohrtz.dart_tree import table_as_dart

FILE = "lib/slices/sync/key_manager.dart"


def compared(change: Callable[[dict[str, str]], None] = lambda _: None):
    tree = table_as_dart()
    change(tree)
    read = {path: read_dart(source) for path, source in tree.items()}
    return drift(read, log_templates())


def replacing(path: str, old: str, new: str) -> Callable[[dict[str, str]], None]:
    def change(tree: dict[str, str]) -> None:
        assert old in tree[path]
        tree[path] = tree[path].replace(old, new)

    return change


def test_a_tree_that_logs_what_the_table_has_does_not_drift() -> None:
    found = compared()
    assert not found.any
    assert found.lines == 287
    assert found.unreadable == ()


def test_a_new_text_is_told_with_its_place() -> None:
    def change(tree: dict[str, str]) -> None:
        tree["lib/new.dart"] = "\nLog.w('Tag', 'never seen $x');"

    (new,) = compared(change).new
    assert (new.where, new.level, new.text) == ("lib/new.dart:2", "W", "never seen {}")


def test_a_text_that_is_gone_is_told_with_its_id() -> None:
    found = compared(lambda tree: tree.pop("lib/group_manager.dart"))
    (gone,) = found.gone
    assert gone.id == "group-manager.checking-saved-details-has-key"
    assert not found.new


def test_a_text_that_was_reworded_is_one_change() -> None:
    change = replacing(
        "lib/key_manager.dart", "Broadcasting GSK_REQ for", "Sending GSK_REQ for"
    )
    found = compared(change)
    (one,) = found.changed
    assert one.id == "key-manager.broadcasting-gsk-req"
    assert one.now.text == "Sending GSK_REQ for {}"
    assert not found.new
    assert not found.gone


def test_another_level_or_error_is_a_change() -> None:
    change = replacing(
        "lib/packet_handler.dart",
        "Log.e('PacketHandler', 'Merge error', e)",
        "Log.w('PacketHandler', 'Merge error')",
    )
    (one,) = compared(change).changed
    assert (one.was.level, one.was.follows) == ("E", "error")
    assert (one.now.level, one.now.follows) == ("W", "-")


def test_one_of_two_places_that_say_the_same_may_go() -> None:
    same = "Log.i('KeyManager', 'Vault Key missing for $a. Requesting...');"
    tree = table_as_dart()
    assert tree["lib/key_manager.dart"].count(same) == 2

    def change(tree: dict[str, str]) -> None:
        tree["lib/key_manager.dart"] = tree["lib/key_manager.dart"].replace(same, "", 1)

    (gone,) = compared(change).gone
    assert gone.id == "key-manager.vault-key-missing"


def test_a_file_that_moved_or_was_renamed_is_no_drift() -> None:
    def change(tree: dict[str, str]) -> None:
        tree[FILE] = "\n\n" + tree.pop("lib/key_manager.dart")
        tree["lib/other_name.dart"] = tree.pop("lib/packet_handler.dart")

    assert not compared(change).any


def test_texts_that_are_not_alike_are_not_paired() -> None:
    change = replacing(
        "lib/group_manager.dart", "Checking saved details. HasKey: $a, Name: ", "Zzz "
    )
    found = compared(change)
    assert (len(found.new), len(found.gone), len(found.changed)) == (1, 1, 0)


def test_what_cannot_be_told_is_named() -> None:
    def change(tree: dict[str, str]) -> None:
        tree["lib/a.dart"] = "Log.d('T', text);"

    assert compared(change).unreadable == ("lib/a.dart:1",)
