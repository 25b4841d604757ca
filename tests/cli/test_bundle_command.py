import json
import zipfile

import pytest

from bot.__main__ import main
from bot.artefacts.bundle import Bundle, files_of
from bot.artefacts.intake import Comparison
from bot.artefacts.limits import MAX_MEMBERS
from bot.artefacts.wanted import wanted
from bot.cli.bundle import document, lines
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Fact, Verdict, bad, witnessed
from bot.core.ranking import rank
from bot.errors import UsageError
from tests.artefacts.reading import bundle as run_bundle
from tests.fakes.scripted import page
from tests.fakes.world import NOON

PAGES = {
    "token": page(
        "token", for_=("log.token_rejected > 0", "token.status == 'expired'")
    ),
    "vault": page("vault", for_=("keys.vault == 'legacy'", "log.vault_requested > 0")),
}
REJECTED = Fact(
    name="log.token_rejected",
    value=3,
    observed_at=NOON,
    source="log:a.log",
    lasting=True,
)
LOG = Artefact(
    name="a.log",
    kind=Kind.LOG,
    sha256="ab" * 32,
    size=9,
    verdict=Verdict.BAD,
    headline="Three tokens were refused.",
    facts=(REJECTED,),
)
LOST = LOG.model_copy(update={"sha256": "", "facts": (), "verdict": Verdict.UNKNOWN})
DIFFER = witnessed(
    bad("They differ.", {"copies.differ": True}), source="copies:a", at=NOON
)
BUNDLE = Bundle((LOG, LOST), (Comparison("copies", ("a.db", "b.db"), DIFFER),))


@pytest.fixture(autouse=True)
def _logs_stay_as_they_are(monkeypatch):
    monkeypatch.setattr("bot.cli.bundle.logs.set_up", lambda *_: None)


def ranking(bundle=BUNDLE):
    return rank(PAGES, bundle.facts, NOON)


def test_the_document_has_exactly_the_published_shape():
    told = document(BUNDLE, ranking())
    assert list(told) == ["files", "facts", "ranking", "proposed", "missing"]
    assert told["files"][0] == {
        "name": "a.log",
        "kind": "log",
        "sha256": "ab" * 32,
        "verdict": "bad",
    }
    assert told["files"][1]["sha256"] is None
    assert told["facts"][1] == {
        "name": "log.token_rejected",
        "value": 3,
        "observed_at": "2026-03-01T12:00:00Z",
        "source": "log:a.log",
    }
    assert told["ranking"][0] == {
        "runbook": "token",
        "score": 2,
        "for": ["log.token_rejected > 0"],
        "against": [],
    }
    assert told["proposed"] == "token"
    assert all(list(one) == ["what", "from", "why"] for one in told["missing"])
    json.dumps(told)


def test_what_is_missing_says_what_to_get_from_whom_and_why():
    asks = wanted(ranking(), [LOG])
    (keys,) = [one for one in asks if "`cohrtz_secure.db`" in one.what]
    assert "affected device" in keys.source
    assert keys.why.endswith("for or against: vault.")
    assert any(one.what.startswith("a longer log") for one in asks)
    (live,) = [one for one in asks if "running" in one.what]
    assert "/triage ROOM" in live.source


def test_without_a_log_the_log_itself_is_asked_for():
    asks = wanted(ranking(Bundle((), ())), [])
    assert any(one.what.startswith("the app's log") for one in asks)


def test_a_person_reads_files_facts_runbooks_and_what_is_missing():
    told = "\n".join(lines(BUNDLE, ranking()))
    for words in (
        "BAD      a.log (log) abababababab",
        "Three tokens were refused.",
        "a.db and b.db compared",
        "log.token_rejected = 3  (log:a.log)",
        "+2  token",
        "Proposed: token.",
        "Still missing",
    ):
        assert words in told


def test_a_folder_means_the_files_in_it(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("b", "a", "in/c"):
        (tmp_path / name).write_text("x")
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert files_of([tmp_path]) == [tmp_path / name for name in ("a", "b", "in/c")]


def test_a_path_that_is_not_there_or_too_many_are_told(tmp_path):
    with pytest.raises(UsageError, match="is not there"):
        files_of([tmp_path / "no"])
    with pytest.raises(UsageError, match="no file in there"):
        files_of([tmp_path])
    with pytest.raises(UsageError, match="is no file"):
        files_of([type(tmp_path)("/dev/null")])
    for number in range(MAX_MEMBERS + 1):
        (tmp_path / f"{number}").touch()
    with pytest.raises(UsageError, match="at most 150"):
        files_of([tmp_path])


def test_a_path_that_cannot_be_read_ends_with_two(tmp_path, capsys):
    assert main(["bundle", str(tmp_path / "no.log")]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "is not there" in told.err


def test_a_time_that_is_none_ends_with_two(tmp_path, capsys):
    path = tmp_path / "a"
    path.touch()
    assert main(["bundle", str(path), "--since", "yesterday"]) == 2
    assert "--since" in capsys.readouterr().err


@pytest.mark.wire
def test_bad_files_are_told_and_the_command_did_its_job(tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as file:
        file.writestr("x/cohrtz_0195b2f0_0000_7000_8000_000000000000.db", b"hello")
    (tmp_path / "odd.txt").write_text("hello")
    done = run_bundle(tmp_path, "--json", "--since", "2026-03-01")
    assert done.returncode == 0
    told = json.loads(done.stdout)
    assert [one["name"] for one in told["files"]] == [
        "all.zip",
        "all.zip/cohrtz_«id».db",
        "odd.txt",
    ]
    assert {one["verdict"] for one in told["files"]} == {"unknown"}
    assert told["proposed"] is None
    assert told["missing"]
