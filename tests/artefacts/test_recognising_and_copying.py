import os

import pytest

from bot.artefacts import copying
from bot.artefacts.copying import TooLarge, copy_private
from bot.artefacts.recognising import head_of, recognise, unrecognised
from tests.fakes.hostile_child import Does


class Raises(Does):
    def recognises(self, head, path):
        raise ValueError(head)


def test_the_first_reader_that_takes_a_file_reads_it_and_one_that_fails_does_not(
    tmp_path,
):
    path = tmp_path / "named_like_a.db"
    path.write_bytes(b"A log")
    readers = [Raises(b"", print), Does(b"B", print), Does(b"A", print)]
    assert recognise(path, readers) is readers[2]
    assert recognise(path, readers[:2]) is None


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"", "It is empty: 0 bytes."),
        (b"\x37\x7f\x06\x82....", "write-ahead log"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x89PNG\r\n", "a picture"),
        (b"PK\x03\x04", "a zip in a zip"),
        (b"hello", "not a file that this bot knows"),
    ],
)
def test_what_nobody_takes_is_told_with_what_was_expected(head, said):
    told = unrecognised(head)
    assert said in told
    assert "Expected: a log of the app" in told


def test_a_copy_is_private_whole_and_as_sparse_as_it_was(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    with source.open("wb") as file:
        file.write(b"head")
        file.seek(50_000_000)
        file.write(b"tail")
        file.truncate(100_000_000)
    copy_private(source, target)
    assert target.stat().st_size == 100_000_000
    assert head_of(target)[:4] == b"head"
    with target.open("rb") as file:
        file.seek(50_000_000)
        assert file.read(5) == b"tail\0"
    assert target.stat().st_mode & 0o777 == 0o400
    sparse = source.stat().st_blocks < 10_000
    assert not sparse or target.stat().st_blocks < 10_000


def test_a_copy_where_holes_are_not_known_is_whole_too(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "SEEK_DATA", raising=False)
    monkeypatch.delattr(os, "SEEK_HOLE", raising=False)
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(bytes(range(256)) * 9_000)
    copy_private(source, target)
    assert target.read_bytes() == source.read_bytes()


def test_a_file_over_the_bound_is_not_copied(tmp_path, monkeypatch):
    monkeypatch.setattr(copying, "MAX_FILE", 10)
    (tmp_path / "source").write_bytes(b"x" * 11)
    with pytest.raises(TooLarge, match="is not read"):
        copy_private(tmp_path / "source", tmp_path / "target")


def test_an_empty_file_is_copied(tmp_path):
    (tmp_path / "source").touch()
    copy_private(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").stat().st_size == 0
