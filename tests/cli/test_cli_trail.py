"""The commands about trails, and that both verifiers say the same of anything."""

import asyncio
import base64
import io
import json
import os
import runpy
import stat
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import app
from bot.__main__ import main
from bot.cli.verify import posted_head, public_key
from bot.core.bundle import Bundle
from bot.core.incident.commands import Open
from bot.core.report import Report
from bot.core.trail.audit import Head
from bot.errors import UsageError
from bot.settings import read_settings
from bot.store.signing import own_key
from bot.store.store import open_store
from tests.store.store_samples import opened

PROJECT = Path(__file__).parents[2]
SCRIPT = str(PROJECT / "docs" / "verify_trail.py")
ERASED = PROJECT / "tests" / "corpus" / "rotated-secret.json"
ANCHOR = json.loads((PROJECT / "tests" / "corpus" / "anchors.json").read_text())[
    "rotated-secret"
]
SCRIPT_MAIN = runpy.run_path(SCRIPT)["main"]
DOCUMENT = json.loads(ERASED.read_text())
KEY, HEAD = ANCHOR["public_key"], ANCHOR["head"]
WORDS = "The password of Eve is hunter2."
OTHER = base64.b64encode(bytes(31) + b"\x01").decode()
SETTINGS = {
    "TRIAGE_SLACK_BOT_TOKEN": "xoxb-1",
    "TRIAGE_SLACK_APP_TOKEN": "xapp-1",
    "TRIAGE_TOKEN_URL": "http://127.0.0.1:9/token",
    "TRIAGE_LIVEKIT_URL": "ws://127.0.0.1:9",
    "TRIAGE_LIVEKIT_API_KEY": "key",
    "TRIAGE_LIVEKIT_API_SECRET": "a secret of at least 32 characters",
}


def ours(*arguments):
    return _ran(lambda: main(["verify", *map(str, arguments)]))


def theirs(*arguments):
    def script():
        before, sys.argv = sys.argv, ["verify_trail.py", *map(str, arguments)]
        try:
            return SCRIPT_MAIN()
        finally:
            sys.argv = before

    return _ran(script)


def _ran(what):
    """Return the exit code, and what was said."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        try:
            code = what()
        except SystemExit as ended:
            code = ended.code
    return code, said.getvalue()


def test_the_script_is_short_and_knows_nothing_of_the_bot():
    lines = Path(SCRIPT).read_text().splitlines()
    assert len(lines) < 120
    imports = [line.split()[1] for line in lines if line.startswith(("import", "from"))]
    known = sys.stdlib_module_names | {"cryptography"}
    assert {name.split(".")[0] for name in imports} <= known


@pytest.mark.parametrize("verifier", [ours, theirs])
def test_a_trail_is_as_it_was(verifier):
    code, said = verifier(ERASED, "--public-key", KEY, "--head", HEAD)
    assert code == 0
    assert "events" in said
    assert "cut off" not in said or "nothing was cut off" in said


@pytest.mark.parametrize("verifier", [ours, theirs])
def test_without_a_head_it_is_said_what_is_not_known(verifier):
    code, said = verifier(ERASED, "--public-key", KEY)
    assert code == 0
    assert "No head" in said
    first = f"`{DOCUMENT['events'][0]['link'][:32]}`@1"
    code, said = verifier(ERASED, "--public-key", KEY, "--head", first)
    assert code == 0
    assert "cut off" in said or "missing behind event 43" in said


def test_erased_words_are_told_with_who_erased_them():
    _, said = ours(ERASED, "--public-key", KEY)
    assert "The words of event 36 were erased by U0ROBIN: event 42." in said


@pytest.mark.parametrize("verifier", [ours, theirs])
@pytest.mark.parametrize("key", [OTHER, bytes(32).hex()])
def test_another_key_is_told(verifier, key):
    code, said = verifier(ERASED, "--public-key", key)
    assert code == 1
    assert "NOT AS IT WAS" in said


def test_of_many_problems_not_all_are_told():
    _, said = ours(ERASED, "--public-key", OTHER)
    assert said.endswith("problems more.\n")
    assert said.count("\n") == 21


@pytest.mark.parametrize("verifier", [ours, theirs])
@pytest.mark.parametrize("key", ["", "?", "ab" * 31, KEY[:-4]])
def test_a_key_that_is_none_is_bad_usage(verifier, key):
    assert verifier(ERASED, "--public-key", key)[0] == 2


@pytest.mark.parametrize("verifier", [ours, theirs])
@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"incident": 1, "events": [{}]}', "[" * 100_000, "\ud800"]
)
def test_what_is_no_bundle_cannot_be_checked(verifier, tmp_path, text):
    path = tmp_path / "bundle.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    assert verifier(path, "--public-key", KEY)[0] == 2
    assert verifier(tmp_path / "none.json", "--public-key", KEY)[0] == 2


def test_a_bundle_larger_than_any_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.bundles.LARGEST", 1000)
    code, said = ours(ERASED, "--public-key", KEY)
    assert code == 2
    assert "larger than any bundle" in said


FIELDS = st.sampled_from(sorted(DOCUMENT["events"][0]))
PLACES = st.integers(0, len(DOCUMENT["events"]) - 1)
TAMPERINGS = st.one_of(
    st.tuples(st.just("set"), PLACES, FIELDS, st.sampled_from(["other", "flip"])),
    st.tuples(st.just("copy"), PLACES, FIELDS, PLACES),
    st.tuples(st.just("drop"), PLACES, st.none(), st.none()),
    st.tuples(st.just("swap"), PLACES, st.none(), PLACES),
    st.tuples(st.just("cut"), PLACES, st.none(), st.none()),
)


def tampered(events, tampering):
    how, at, field, other = tampering
    events = json.loads(json.dumps(events))
    if at >= len(events):
        return events
    if how == "drop":
        del events[at]
    elif how == "cut":
        del events[at:]
    elif how == "swap" and other < len(events):
        events[at], events[other] = events[other], events[at]
    elif how == "copy" and other < len(events):
        events[at][field] = events[other][field]
    elif how == "set":
        events[at][field] = _other(events[at][field], other)
    return events


def _other(value, how):
    if isinstance(value, int):
        return value + 1
    if value is None or how == "other":
        return "11" * 32
    return value[:-1] + ("0" if value[-1:] != "0" else "1")


@settings(max_examples=20)
@given(st.lists(TAMPERINGS, min_size=1, max_size=3))
def test_both_verifiers_say_the_same_of_whatever_was_done(tmp_path_factory, how):
    events = DOCUMENT["events"]
    for one in how:
        events = tampered(events, one)
    path = tmp_path_factory.getbasetemp() / f"tampered-{os.getpid()}.json"
    path.write_text(json.dumps({**DOCUMENT, "events": events}))
    options = ("--public-key", KEY, "--head", HEAD)
    expected = 0 if events == DOCUMENT["events"] else 1
    codes = ours(path, *options)[0], theirs(path, *options)[0]
    # What is not even formed as a bundle may be refused as such.
    assert {bool(code) for code in codes} == {bool(expected)}


@pytest.mark.parametrize("field", ["by", "kind", "body", "salt", "link", "seq"])
def test_what_is_no_text_is_refused_by_both_and_crashes_neither(tmp_path, field):
    events = json.loads(json.dumps(DOCUMENT["events"]))
    events[0][field] = [17]
    path = tmp_path / "odd.json"
    path.write_text(json.dumps({**DOCUMENT, "events": events}))
    for verify in (ours, theirs):
        code, said = verify(path, "--public-key", KEY)
        assert code
        assert said.strip()


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("ab" * 16, Head("ab" * 16)),
        (f"`{'AB' * 32}`", Head("ab" * 32)),
        (f"{'ab' * 8}@17", Head("ab" * 8, 17)),
    ],
)
def test_a_head_is_read_as_it_was_posted(text, head):
    assert posted_head(text) == head


@pytest.mark.parametrize("text", ["", "ab", "xy" * 16, "ab" * 33, f"{'ab' * 8}@0"])
def test_a_text_that_is_no_head_is_bad_usage(text):
    with pytest.raises(UsageError, match="16 to 64 hexadecimal digits"):
        posted_head(text)


def test_a_public_key_is_read_in_either_form():
    assert public_key(KEY) == public_key(public_key(KEY).hex())


@pytest.fixture
def desk(monkeypatch, tmp_path):
    """The machine of a bot whose database is in `tmp_path`."""
    monkeypatch.setattr("bot.logs.set_up", lambda *_: None)  # for the process's life
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ["export", "no-such"],
        ["erase", "no-such", "1", "--by", "Ann", "--why", "It names her."],
    ],
)
def test_an_incident_that_is_not_there_is_told(desk, capsys, command):
    erase = ["erase", "x", "1", "--by", "Ann", "--why", "To make the database."]
    assert main(erase) == 2
    capsys.readouterr()
    assert main(command) == 2
    assert "There is no incident no-such." in capsys.readouterr().err


def test_without_a_database_nothing_is_exported(desk, capsys):
    assert main(["export", "any"]) == 2
    assert "There is no database triage.db." in capsys.readouterr().err


def test_a_key_is_made_with_the_database(desk):
    main(["erase", "x", "1", "--by", "Ann", "--why", "So."])
    assert own_key(desk / "triage.db").public


@pytest.fixture
async def incident(desk):
    """An incident of which a person told more than was good."""
    async with app.build(read_settings()) as bot:
        report = Report(room="blue-whale", words=WORDS)
        opening = Open(report, "C0HELP")
        opened = await bot.service.open(opening, by="U0ANN", receipt=None)
        await bot.service.follow(opened)
        return opened


async def triage(*arguments):
    return await asyncio.to_thread(main, list(arguments))


async def test_an_incident_is_exported_for_its_owner_alone(incident, desk, capsys):
    assert await triage("export", incident) == 0
    path = desk / f"incident-{incident}.json"
    said = capsys.readouterr()
    assert said.out == f"incident-{incident}.json: 2 events, 2 messages.\n"
    assert "Slack does not show the message card as it is drawn here." in said.err
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = own_key(desk / "triage.db").public_text
    assert await triage("verify", str(path), "--public-key", key) == 0
    assert await triage("export", incident) == 2
    assert "is there already" in capsys.readouterr().err


async def test_an_export_can_go_to_standard_output(incident, capsys):
    assert await triage("export", incident, "--output", "-") == 0
    bundle = Bundle.model_validate_json(capsys.readouterr().out)
    assert bundle.incident == incident
    assert [one.kind for one in bundle.events] == [
        "incident.opened",
        "checks.requested",
    ]


async def test_a_place_where_nothing_can_be_written_is_told(incident, capsys):
    assert await triage("export", incident, "--output", "none/x.json") == 2
    assert "cannot be written: No such file" in capsys.readouterr().err


async def test_words_are_erased_and_it_is_said_what_that_does_not_reach(
    incident, capsys
):
    erase = ["erase", incident, "1", "--by", "Ann", "--why", "It names Eve."]
    assert await triage(*erase) == 0
    said = capsys.readouterr().out
    assert "The words of event 1 are erased" in said
    assert "Backups of before still have the words." in said
    assert await triage(*erase) == 2
    assert "erased already" in capsys.readouterr().err
    assert await triage("export", incident, "--output", "-") == 0
    assert WORDS not in capsys.readouterr().out


async def test_nothing_is_erased_while_the_bot_has_the_database(incident, capsys):
    async with app.build(read_settings()):
        erase = ["erase", incident, "1", "--by", "Ann", "--why", "It names Eve."]
        assert await triage(*erase) == 2
        assert "is in use by process" in capsys.readouterr().err
        assert await triage("export", incident, "--output", "-") == 0


async def test_a_trail_that_is_not_made_yet_cannot_be_exported(desk, capsys):
    async with open_store(desk / "triage.db") as store:
        await opened(store, "I1")
    assert await triage("export", "I1") == 2
    assert "Its trail is not whole yet" in capsys.readouterr().err
