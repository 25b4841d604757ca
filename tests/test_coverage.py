"""Every line of the source document is carried by something that exists."""

import json
import re

import pytest

from bot.__main__ import main
from bot.cli import COMMANDS, coverage
from bot.coverage import Covered, covered, lines
from handlers.grammar import VERBS
from tests.fakes.library import library, of_rooms

SIZES = {
    "Observability Signals": 5,
    "Incident Triage Template": 5,
    "Token Invalid or Expired": 4,
    "Missing Group Key (GSK)": 5,
    "Vault Key Unavailable": 4,
    "Database Corruption on Native": 4,
    "Sync Divergence": 5,
    "Backup and Recovery Guidance": 3,
    "Release Checklist": 4,
    "Rollback trigger examples": 3,
    "Rollback actions": 4,
}


def test_no_line_of_the_source_is_left_out():
    found = [line.section for line in lines()]
    assert {section: found.count(section) for section in found} == SIZES
    assert len({line.text for line in lines()}) == len(found)


@pytest.mark.parametrize("line", covered(library()), ids=lambda line: line.text[:40])
def test_each_line_is_carried_by_something_that_exists(line):
    assert line.carriers
    missing = {one.by for one in line.carriers if one.exists is False}
    unseen = {one.by for one in line.carriers if one.exists is None}
    assert missing == set()
    assert {by for by in unseen if by.partition(":")[2] not in VERBS} == set()


def test_a_command_that_carries_is_one_of_ours():
    names = {command.name for command in COMMANDS}
    named = (by.partition(":") for line in lines() for by in line.by)
    asked = {name for kind, _, name in named if kind == "command"}
    assert asked <= names


def words(text):
    return re.findall(r"[a-z0-9/]+", text.lower())


def test_an_action_of_the_source_is_the_title_of_its_step():
    steps = [line for line in lines() if line.by[0].startswith("step:")]
    assert len(steps) == 22
    for line in steps:
        slug, number = line.by[0].removeprefix("step:").split("/")
        title = library()[slug].steps[int(number) - 1].title
        assert words(title) == words(line.text)


def test_every_step_of_our_pages_carries_a_line():
    named = {by for line in lines() for by in line.by}
    assert len(of_rooms()) == 5
    for slug, book in of_rooms().items():
        for number in range(1, len(book.steps) + 1):
            assert f"step:{slug}/{number}" in named


@pytest.mark.parametrize(
    "by",
    [
        "step:token-invalid-or-expired/5",
        "step:token-invalid-or-expired/0",
        "step:token-invalid-or-expired/x",
        "step:gone/1",
        "check:gone",
        "action:gone",
        "field:gone",
        "file:gone",
        "command:gone",
        "gone:gone",
    ],
)
def test_a_carrier_that_is_gone_is_told(by, monkeypatch):
    bare = [line.model_copy(update={"by": (by,)}) for line in lines()]
    monkeypatch.setattr("bot.coverage.lines", lambda: tuple(bare[:1]))
    [found] = covered(library())
    assert not found.is_carried
    assert found.carriers[0].exists is False


def test_a_line_without_carriers_is_not_carried():
    assert not Covered(section="x", text="y", carriers=()).is_carried


def test_the_command_prints_lines_and_says_whether_all_are_carried(monkeypatch, capsys):
    monkeypatch.setattr(coverage, "load_library", lambda _: library())
    code = main(["coverage"])
    told = capsys.readouterr().out
    assert "step:missing-group-key/1 (action announce-handshakes)" in told
    assert "46 lines" in told
    assert (code == 1) == ("MISSING" in told)


def test_the_command_prints_json(monkeypatch, capsys):
    monkeypatch.setattr(coverage, "load_library", lambda _: library())
    main(["coverage", "--json"])
    found = json.loads(capsys.readouterr().out)["lines"]
    assert len(found) == 46
    assert set(found[0]) == {"section", "text", "carriers", "carried"}
    assert set(found[0]["carriers"][0]) == {"by", "exists", "does"}
