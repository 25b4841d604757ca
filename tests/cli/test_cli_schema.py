"""What is published is what is printed."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from bot.__main__ import CUT_OFF, main
from bot.cli import COMMANDS
from bot.cli.schema import DIALECT, schema
from bot.cli.shapes import SHAPES

ROOT = Path(__file__).parents[2]
RUNBOOKS = str(ROOT / "runbooks")
POLICY = str(ROOT / "deploy" / "policy.example.toml")

BUNDLE = {
    "files": [{"name": "a", "kind": "log", "sha256": "0" * 64, "verdict": "bad"}],
    "facts": [
        {
            "name": "log.lines",
            "value": 3,
            "observed_at": "2026-03-01T12:00:00Z",
            "source": "log",
        }
    ],
    "ranking": [
        {
            "runbook": "sync-divergence",
            "score": 2,
            "for": ["copies.differ"],
            "against": [],
        }
    ],
    "proposed": None,
    "missing": [{"what": "a log", "from": "alice", "why": "no log was read"}],
}
LOG = {
    "verdict": "bad",
    "headline": "The log has faults.",
    "build": "release",
    "lines": 2,
    "blank": 0,
    "classified": 1,
    "attached": 0,
    "unknown": 1,
    "unknown_share": 0.5,
    "templates": [
        {
            "id": "key-manager.timeout",
            "tag": "KeyManager",
            "level": "W",
            "items": ["V"],
            "text": "Timeout waiting for {room}",
            "count": 1,
            "first": {"line": 2, "at": None},
            "last": {"line": 2, "at": None},
        }
    ],
    "causes": [{"template": None, "cause": "timeout", "count": 1}],
    "signals": {"log.vault_wait_expired": 1},
    "not_visible": ["log.queue_max"],
    "facts": {"log.lines": 2},
    "rooms": {"count": 1, "listed": ["room-ba7816bf8f01"]},
    "peers": {"count": 0, "listed": []},
    "packet_types": {},
    "states": {},
    "table_rows": {},
}
LINE = {
    "where": "lib/a.dart:3",
    "tag": "A",
    "level": "W",
    "follows": "",
    "text": "It failed: {}",
}
SAMPLES = {
    "backup": {
        "verdict": "incomplete",
        "form": "native",
        "system": None,
        "parts": [{"part": "preferences", "found": False, "files": []}],
        "because": ["Missing: the preferences."],
        "rule": "Within 60 minutes.",
        "warning": "It holds every key.",
    },
    "bundle": BUNDLE,
    "coverage": {
        "lines": [
            {
                "section": "Token",
                "text": "Verify the endpoint.",
                "carriers": [{"by": "check:x", "exists": True, "does": "Looks"}],
                "carried": True,
            }
        ]
    },
    "diagnostics": {
        "timestamp": "2026-03-01T12:00:00Z",
        "participant": "user:x",
        "kind": "sync",
        "direction": "local",
    },
    "import": [{"file": "a.md", "title": "A", "steps": [{"title": "B", "body": ""}]}],
    "lint": [{"file": "a.md", "line": 1, "message": "no.", "hint": ""}],
    "logs": LOG,
    "packets": [
        {"type": None, "sender": None, "verdict": "malformed", "reason": "no protobuf"},
        {"type": "HANDSHAKE", "sender": "user:a", "verdict": "valid", "reason": None},
    ],
    "run": {
        "runbook": "kick",
        "room": "lobby",
        "participant": None,
        "proposed": None,
        "messages": [{"part": "card", "text": "Room lobby"}],
        "steps": [
            {
                "number": 1,
                "title": "Reconnect",
                "kind": "action",
                "status": "ready",
                "why": None,
                "plan": {"target": "alice", "blast": "30 s.", "participants": 1},
                "demand": {
                    "effect": "disturbs a room",
                    "may_run": ["on-call"],
                    "approvals": 2,
                    "may_approve": ["leads"],
                },
                "caps": {
                    "participants": 25,
                    "this_one": None,
                    "acts_per_room_and_hour": 2,
                },
                "message": {"part": "step:1:1", "text": "Step 1"},
                "after_run": [
                    {"case": "done", "says": "If it is done", "text": "> Done."}
                ],
            }
        ],
        "summary": None,
    },
    "templates": {
        "files": 1,
        "lines": 1,
        "new": [LINE],
        "gone": [{"id": "a.failed", "line": LINE}],
        "changed": [{"id": "a.failed", "was": LINE, "now": LINE}],
        "unreadable": ["lib/a.dart:9"],
    },
}

PRINTED = {
    "bundle": ("bundle", ["{events}"]),
    "coverage": ("coverage", []),
    "import": ("import", [RUNBOOKS]),
    "lint": ("lint", [RUNBOOKS]),
    "logs": ("logs", ["{log}"]),
    "packets": ("packets", ["{packets}"]),
    "policy": ("lint", [POLICY]),
    "templates": ("templates", ["{checkout}"]),
}
"""For each command that may print JSON: its schema, and what it is called with."""


@pytest.fixture
def files(tmp_path):
    texts = {
        "events": json.dumps(SAMPLES["diagnostics"]),
        "log": "[SyncService] something that nobody knows",
        "packets": json.dumps({"wire_base64": "CAM="}),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(f"{text}\n")
    (tmp_path / "app/lib").mkdir(parents=True)
    (tmp_path / "app/lib/a.dart").write_text("void f() { Log.w('A', 'x'); }\n")
    given = {"folder": str(tmp_path), "checkout": str(tmp_path / "app")}
    return given | {name: str(tmp_path / name) for name in texts}


def with_json():
    for command in COMMANDS:
        parser = argparse.ArgumentParser()
        command.load().add_arguments(parser)
        if "--json" in parser.format_help():
            yield command.name


def errors(name, document):
    return list(jsonschema.Draft202012Validator(schema(name)).iter_errors(document))


def paths(document, place=()):
    """Give the place of every key of a document, outermost first."""
    parts = document.items() if isinstance(document, dict) else ()
    if isinstance(document, list):
        parts = list(enumerate(document))[:1]
    for key, inner in parts:
        if isinstance(document, dict):
            yield (*place, key)
        yield from paths(inner, (*place, key))


def without(document, place):
    copy = json.loads(json.dumps(document))
    *outer, last = place
    inner = copy
    for key in outer:
        inner = inner[key]
    del inner[last]
    return copy


@pytest.mark.parametrize("name", SHAPES)
def test_each_schema_is_one_and_says_what_it_is_of(name):
    published = schema(name)
    jsonschema.Draft202012Validator.check_schema(published)
    assert published["$schema"] == DIALECT
    assert published["description"]


@pytest.mark.parametrize("name", SHAPES)
def test_a_document_as_it_is_meant_keeps_to_its_schema(name):
    assert errors(name, SAMPLES[name]) == []


@pytest.mark.parametrize("name", SHAPES)
def test_a_document_that_lacks_anything_does_not(name):
    for place in paths(SAMPLES[name]):
        if len(place) == 2 and place[0] in ("signals", "facts"):
            continue  # any signal may be absent
        assert errors(name, without(SAMPLES[name], place)), place


@pytest.mark.parametrize("name", sorted(set(SHAPES) - {"diagnostics"}))
def test_a_document_may_hold_more(name):
    def more(document):
        if isinstance(document, list):
            return [more(one) for one in document]
        return {**document, "more": 1}

    assert errors(name, more(SAMPLES[name])) == []


def test_a_backup_is_told_as_its_schema_says(files, capsys):
    assert main(["check", "backup", files["folder"], "--json"]) == 1
    assert errors("backup", json.loads(capsys.readouterr().out)) == []


@pytest.mark.parametrize("command", list(with_json()))
def test_what_a_command_prints_keeps_to_its_published_schema(command, files, capsys):
    name, arguments = PRINTED[command]
    given = [argument.format(**files) for argument in arguments]
    assert main([command, *given, "--json"]) in (0, 1)
    assert errors(name, json.loads(capsys.readouterr().out)) == []


def test_problems_of_pages_keep_to_the_schema_and_end_with_1(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text("---\ntitle: T\nfor: [room.]\n---\n# T\n\n1. Do.\n")
    assert main(["lint", str(tmp_path), "--json"]) == 1
    (problem, *_) = json.loads(capsys.readouterr().out)
    assert problem["line"] == 3
    assert errors("lint", [problem]) == []


def test_a_schema_is_printed_as_json(capsys):
    assert main(["schema", "diagnostics"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == schema("diagnostics")
    assert set(printed["required"]) == {"timestamp", "participant", "kind", "direction"}
    assert "roomName" in printed["properties"]
    assert printed["additionalProperties"] is False


def test_without_a_name_the_names_are_listed(capsys):
    assert main(["schema"]) == 0
    assert capsys.readouterr().out.split() == list(SHAPES)


def test_an_unknown_name_is_bad_usage_with_what_was_meant(capsys):
    assert main(["schema", "diagnostic"]) == 2
    said = capsys.readouterr()
    assert not said.out
    assert "Did you mean diagnostics?" in said.err
    assert all(name in said.err for name in SHAPES)


def test_a_reader_that_has_enough_is_no_error():
    """As `triage schema bundle | head -c 1` does."""
    piped = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "bot", "schema", "bundle"]
    with subprocess.Popen(command, **piped) as told:  # noqa: S603  our own
        told.stdout.close()
        assert told.stderr.read() == b""
    assert told.returncode == CUT_OFF
