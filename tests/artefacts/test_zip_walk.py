import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.artefacts import archive
from bot.artefacts.archive import Budget, Walk

SMALL = Budget(members=5, entries=20, expanded=10_000)
NAMES = st.text(min_size=1, max_size=20) | st.sampled_from(
    ["../../etc/passwd", "/abs", "C:\\x\\y", "a/b/c.log", "dir/", "._x", "nul\x00l"]
)


def packed(*members, kind=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", kind) as file:
        for name, content in members:
            file.writestr(name, content)
    return made.getvalue()


def walked(folder, content, budget=SMALL):
    path = folder / "given.zip"
    path.write_bytes(content)
    scratch = folder / "scratch"
    scratch.mkdir()
    walk = Walk(scratch, budget)
    return list(walk.members(path)), walk


def names(members):
    return [one.names for one in members]


def test_members_lie_under_numbers_and_never_under_their_names(tmp_path):
    given = packed(("../../up.log", b"one"), ("/etc/abs", b"two"))
    members, walk = walked(tmp_path, given)
    assert names(members) == [("../../up.log",), ("/etc/abs",)]
    assert [one.path.read_bytes() for one in members] == [b"one", b"two"]
    assert all(one.path.parent == tmp_path / "scratch" for one in members)
    assert not walk.stopped


def test_folders_links_and_resource_forks_are_passed_over(tmp_path):
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    given = packed(
        ("d/", b""),
        ("__MACOSX/._a", b"x"),
        ("d/._b", b"x"),
        (".DS_Store", b"x"),
        (link, b"/etc/passwd"),
        ("d/a", b"it"),
    )
    members, _ = walked(tmp_path, given)
    assert names(members) == [("d/a",)]


def test_a_zip_in_a_zip_is_opened_and_one_in_that_is_not(tmp_path):
    inmost = packed(("c", b"deep"))
    inner = packed(("b", b"in"), ("inmost.zip", inmost))
    members, _ = walked(tmp_path, packed(("inner.zip", inner), ("a", b"out")))
    assert names(members) == [
        ("inner.zip", "b"),
        ("inner.zip", "inmost.zip"),
        ("a",),
    ]
    assert "not opened" in members[1].refused


def test_members_are_counted_over_all_depths(tmp_path):
    inner = packed(*[(f"{n}", b"x") for n in range(4)])
    members, walk = walked(tmp_path, packed(("1", inner), ("2", inner)))
    assert len(members) <= SMALL.members
    assert "more than 5 files" in walk.stopped


def test_entries_that_are_no_files_are_counted_too(tmp_path):
    given = packed(*[(f"{n}/", b"") for n in range(30)])
    members, walk = walked(tmp_path, given)
    assert (members, walk.stopped) == (
        [],
        "It has more than 20 entries; the rest was not read.",
    )


def test_bytes_are_counted_as_they_come_out_and_not_as_they_are_claimed(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(archive, "CHUNK", 1024)
    bomb = packed(("bomb", b"\0" * 50_000))
    members, walk = walked(tmp_path, claiming(bomb, 5))
    assert "expands to more" in walk.stopped or members[0].refused
    written = sum(one.stat().st_size for one in (tmp_path / "scratch").iterdir())
    assert written <= SMALL.expanded


def test_what_packs_too_well_is_a_bomb_once_it_is_large(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "RATIO_FROM", 1_000)
    monkeypatch.setattr(archive, "CHUNK", 1024)
    given = packed(("bomb", b"\0" * 9_000_000))
    members, walk = walked(tmp_path, given, Budget())
    assert not members
    assert "as bombs do" in walk.stopped


def test_a_nested_bomb_ends_the_whole_walk(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "CHUNK", 1024)
    inner = packed(("zeros", b"\0" * 50_000))
    members, walk = walked(tmp_path, packed(*[(f"{n}.zip", inner) for n in range(5)]))
    assert "expands to more" in walk.stopped
    assert len(members) <= SMALL.members


def test_overlapping_members_cost_no_more_than_others(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "CHUNK", 1024)
    given = overlapping(packed(("a", b"\0" * 4_000)), times=50)
    _, walk = walked(tmp_path, given)
    written = sum(one.stat().st_size for one in (tmp_path / "scratch").iterdir())
    assert written <= SMALL.expanded
    assert walk.spent.members <= SMALL.members


def test_an_encrypted_member_is_told_and_the_others_are_read(tmp_path):
    given = bytearray(packed(("secret", b"abc"), ("plain", b"abc")))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        given[given.index(magic) + offset] |= 1
    members, walk = walked(tmp_path, bytes(given))
    assert "encrypted with a password" in members[0].refused
    assert not members[1].refused
    assert not walk.stopped


def test_a_damaged_member_does_not_hide_the_next(tmp_path):
    given = bytearray(packed(("a", b"abc"), ("b", b"def"), kind=zipfile.ZIP_STORED))
    given[given.index(b"abc")] ^= 0xFF
    members, _ = walked(tmp_path, bytes(given))
    assert members[0].refused == "The zip is damaged here (BadZipFile)."
    assert members[1].path.read_bytes() == b"def"


def test_a_way_of_packing_that_is_not_known_is_told(tmp_path):
    given = bytearray(packed(("a", b"abc"), kind=zipfile.ZIP_STORED))
    for magic, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        given[given.index(magic) + offset] = 99
    members, _ = walked(tmp_path, bytes(given))
    assert "cannot unpack" in members[0].refused


@pytest.mark.parametrize("cut", [4, 20, 60, -1, -20])
def test_a_truncated_zip_is_told(tmp_path, cut):
    members, walk = walked(tmp_path, packed(("a", b"abc" * 100))[:cut])
    assert walk.stopped or any(one.refused for one in members)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_bytes_bring_the_walk_down_or_out_of_its_folder(tmp_path_factory, data):
    one = st.tuples(NAMES, st.binary(max_size=60))
    members = data.draw(st.lists(one, max_size=8, unique_by=lambda pair: pair[0]))
    members = [one for one in members if one[0][0] != "\0"]
    given = bytearray(packed(*members))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(given) - 1))
        given[at] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("walk")
    found, walk = walked(folder, bytes(given))
    assert len(found) <= SMALL.members
    assert walk.spent.expanded <= SMALL.expanded + archive.CHUNK
    assert {one.name for one in folder.iterdir()} == {"given.zip", "scratch"}
    assert all(one.names and one.path.parent.name == "scratch" for one in found)


def claiming(content, size):
    """Let a zip's directory claim that its member is that small."""
    lying = bytearray(content)
    for magic, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", lying, lying.index(magic) + offset, size)
    return bytes(lying)


def overlapping(content, times):
    """Let a zip's directory name its one member many times."""
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    directory = content[start:end] * times
    tail = bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, times, times, len(directory))
    return content[:start] + directory + bytes(tail)
