"""A matrix that was ended goes on from its file."""

import argparse
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest

from tests.e2e.deaths import Death
from tests.e2e.life import Blow
from tests.e2e.progress import Progress, commit_here, is_in, shard
from tests.e2e.troubles import EVERY
from tests.e2e.weather import Weathered, main

RIGHT = Death("timers", Blow("write commit", 3, "after"), died=True, wrong=())
WRONG = replace(RIGHT, wrong=("lost are ('check.reported as 7',)",))


def deaths(path: Path, commit: str = "abc") -> Progress[Death]:
    return Progress(Death, path, commit)


def test_what_is_right_is_known_with_the_commit_that_it_was_found_at(
    tmp_path: Path,
) -> None:
    file = tmp_path / "progress"
    deaths(file, "abc").keep(RIGHT)
    assert deaths(file).right == {RIGHT.name: RIGHT}
    assert deaths(file).told == "1 known to be right: 1 from abc"


def test_what_was_wrong_is_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "progress"
    deaths(file).keep(WRONG)
    assert deaths(file).right == {}
    deaths(file).keep(RIGHT)
    assert deaths(file).right == {RIGHT.name: RIGHT}
    deaths(file).keep(WRONG)
    assert deaths(file).right == {}


def test_what_came_to_nothing_is_tried_again(tmp_path: Path) -> None:
    file = tmp_path / "progress"
    deaths(file).keep(replace(RIGHT, died=False))
    assert deaths(file).right == {}
    calm = tmp_path / "calm"
    Progress(Weathered, calm, "abc").keep(Weathered(EVERY[0], 0, ()))
    assert Progress(Weathered, calm, "abc").right == {}


def test_a_line_that_was_broken_off_counts_as_never_written(tmp_path: Path) -> None:
    file = tmp_path / "progress"
    other = replace(RIGHT, slug="approvals")
    deaths(file).keep(RIGHT)
    with file.open("a", encoding="utf-8") as kept:
        kept.write('{"commit": "abc", "verd')
    deaths(file).keep(other)
    assert set(deaths(file).right) == {RIGHT.name, other.name}


def test_nothing_is_kept_without_a_file() -> None:
    progress = Progress(Death, None, "abc")
    progress.keep(RIGHT)
    assert progress.right == {}


def test_every_trouble_has_a_name_of_its_own_and_is_read_as_it_was(
    tmp_path: Path,
) -> None:
    file = tmp_path / "progress"
    every = [Weathered(one, 1, ()) for one in EVERY]
    for one in every:
        Progress(Weathered, file, "abc").keep(one)
    assert list(Progress(Weathered, file, "abc").right.values()) == every


def test_trouble_that_is_known_is_told_and_not_played(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "progress"
    progress = Progress(Weathered, file, "abc")
    for one in EVERY:
        if one.where == "views.open":
            progress.keep(Weathered(one, 41, ()))
    known = file.read_text()
    assert main(["views.open", "--progress", str(file)]) == 0
    assert "41" in capsys.readouterr().out
    assert file.read_text() == known


def test_the_shares_have_everything_once() -> None:
    names = [one.name for one in EVERY]
    shares = [[n for n in names if is_in(n, (at, 3))] for at in (1, 2, 3)]
    assert all(shares)
    assert sorted(chain.from_iterable(shares)) == sorted(names)


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/2/3"])
def test_a_share_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=f"{text} is no share"):
        shard(text)
    assert shard("2/3") == (2, 3)


def test_the_commit_is_named() -> None:
    assert commit_here()
