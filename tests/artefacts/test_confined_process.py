import hashlib
import sys
from dataclasses import replace

import pytest

from bot.artefacts.confined import environment
from bot.artefacts.intake import Intake
from bot.artefacts.limits import LIMITS
from bot.core.artefact import Kind
from bot.core.evidence import Verdict
from tests.artefacts.reading import HOSTILE, LYING, intake, read, read_text

pytestmark = pytest.mark.wire

HURRIED = replace(LIMITS, seconds=4.0)
LINUX = sys.platform == "linux"


async def test_what_confines_it_is_known(caplog):
    layers = await Intake(lambda: None, lambda: "ref-1").probe()
    assert layers["limits"]
    assert layers["audit-hook"]
    expected = {"no-new-privileges", "no-core-dumps", "dies-with-parent"}
    assert not LINUX or expected <= {name for name, held in layers.items() if held}


async def test_a_reader_reads_and_its_facts_are_signed_with_the_file(tmp_path):
    seen = await read_text(tmp_path, "COUNT me")
    assert (seen.kind, seen.verdict, seen.size) == (Kind.LOG, Verdict.BAD, 8)
    assert seen.sha256 == hashlib.sha256(b"COUNT me").hexdigest()
    (fact,) = seen.facts
    assert (fact.name, fact.value, fact.source) == ("log.lines", 8, "log:given.log")
    assert fact.lasting


@pytest.mark.parametrize("word", ["CONNECT", "RUN", "FORK", "WRITE", "REMOVE"])
async def test_what_a_file_makes_a_reader_do_is_refused(tmp_path, word):
    seen = await read_text(tmp_path, word)
    assert seen.headline.startswith("refused by ")
    assert (tmp_path / "given.log").read_text() == word


async def test_it_knows_nothing_of_the_bots_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("TRIAGE_SLACK_BOT_TOKEN", "xoxb-secret")
    seen = await read_text(tmp_path, "AROUND")
    names = set(seen.headline.split())
    allowed = set(environment("")) | {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"}
    assert names <= allowed
    (files,) = seen.facts
    assert files.value == 0


@pytest.mark.parametrize(
    ("word", "limits", "why"),
    [
        ("SLEEP", replace(LIMITS, seconds=1.5), "longer than 1.5 s"),
        ("SPIN", replace(LIMITS, cpu_seconds=1), "processor time|SIGKILL|stopped"),
        ("ABORT", LIMITS, "ended with signal 6"),
    ],
)
async def test_a_file_that_costs_too_much_is_unknown_with_the_reason(
    tmp_path, word, limits, why
):
    seen = await read_text(tmp_path, word, limits=limits)
    assert seen.verdict is Verdict.UNKNOWN
    assert any(one in seen.headline for one in why.split("|"))
    assert seen.reference == "ref-1"


@pytest.mark.skipif(not LINUX, reason="only Linux bounds a process's memory")
async def test_memory_is_bounded(tmp_path):
    seen = await read_text(tmp_path, "EAT")
    assert "more memory" in seen.headline
    assert seen.verdict is Verdict.UNKNOWN


async def test_a_reader_that_fails_is_told_by_a_reference_and_not_by_its_words(
    tmp_path, capsys
):
    seen = await read_text(tmp_path, "CRASH with my secret note")
    assert (seen.verdict, seen.headline) == (Verdict.UNKNOWN, "Reading it failed.")
    assert seen.reference == "ref-1"
    logged = capsys.readouterr()
    assert "secret" not in logged.out + logged.err


async def test_a_reading_that_does_not_fit_is_unknown(tmp_path):
    seen = await read_text(tmp_path, "ODD")
    assert seen.headline == "What was read in it cannot be told."
    assert seen.reference


async def test_an_answer_over_the_bound_is_not_read_on(tmp_path):
    seen = await read_text(tmp_path, "LONG")
    assert seen.headline == "The reading process answered more than it may."


async def test_only_declared_facts_of_plain_shape_leave_it(tmp_path):
    seen = await read_text(tmp_path, "ECHO Ann's note about 0195b2f0")
    assert [fact.name for fact in seen.facts] == ["log.lines"]


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"null",
        b"\xff\xfe\x00",
        b'{"seen": [], "run": "rm"}',
        b'{"layers": {}, "seen": [{"kind": "log"}]}',
        b"[" * 100_000,
    ],
)
async def test_whatever_a_taken_over_process_says_is_checked(tmp_path, said):
    seen = await read_text(tmp_path, said, program=LYING)
    assert seen.verdict is Verdict.UNKNOWN
    assert seen.reference == "ref-1"


async def test_several_files_are_read_and_compared(tmp_path):
    first, second = tmp_path / "a.log", tmp_path / "b.log"
    first.write_text("COUNT 1")
    second.write_text("COUNT 22")
    bundle = await read(first, second, first)
    assert len(bundle.artefacts) == 3
    assert [one.of for one in bundle.comparisons] == ["counts", "failing"]
    compared, failed = bundle.comparisons
    assert compared.evidence.headline == "2 compared."
    assert failed.evidence.verdict is Verdict.UNKNOWN
    assert failed.evidence.reference == "ref-1"
    told = {fact.name: fact.value for fact in bundle.facts}
    assert told == {"counts.differ": True, "log.lines": 8}


async def test_one_hostile_file_does_not_spoil_the_others(tmp_path):
    paths = [tmp_path / name for name in ("a", "b")]
    paths[0].write_text("SLEEP")
    paths[1].write_text("COUNT")
    bundle = await read(*paths, limits=HURRIED)
    assert [one.verdict for one in bundle.artefacts] == [Verdict.UNKNOWN, Verdict.BAD]


async def test_a_gigabyte_is_read_without_being_loaded(tmp_path):
    path = tmp_path / "huge.bin"
    with path.open("wb") as file:
        file.truncate(1024**3)
    limits = replace(LIMITS, memory=256 * 1024**2, seconds=300, cpu_seconds=300)
    bundle = await read(path, limits=limits)
    (seen,) = bundle.artefacts
    assert seen.size == 1024**3
    assert seen.kind is Kind.UNRECOGNISED
    assert seen.sha256


async def test_a_killed_process_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    given = tmp_path / "given"
    given.mkdir()
    await read_text(given, "SLEEP", limits=replace(LIMITS, seconds=1.0))
    assert [one.name for one in tmp_path.iterdir()] == ["given"]
    assert intake().program == HOSTILE
