"""Incidents that were exported long ago: checked, and drawn as they were then."""

import json
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.bundles import read_bundle
from bot.cli.verify import posted_head, public_key
from bot.core.bundle import Bundle
from bot.core.incident.apply import _APPLY
from bot.core.trail.audit import audit
from handlers.render.replay import differences
from handlers.replay import events_of, replayed

CORPUS = Path(__file__).parents[1] / "corpus"
ANCHORS = json.loads((CORPUS / "anchors.json").read_text())
RARE = {
    "action.blocked",
    "action.refused",
    "artefact.repeated",
    "incident.reopened",
    "rollback.proposed",
}
"""What happens in no incident of the corpus; whoever adds a kind adds such a one."""
NAMES = sorted(path.stem for path in CORPUS.glob("*.json") if path.stem != "anchors")


def bundle_of(name):
    return read_bundle(CORPUS / f"{name}.json", Bundle)


@pytest.mark.parametrize("name", NAMES)
def test_an_old_incident_is_drawn_as_it_was_to_the_byte(name):
    bundle = bundle_of(name)
    told = "\n".join(differences(bundle, replayed(bundle)))
    assert not told, f"tests/corpus/README.md says what to do.\n{told}"


@pytest.mark.parametrize("name", NAMES)
def test_the_trail_of_an_old_incident_is_as_it_was(name):
    bundle, anchor = bundle_of(name), ANCHORS[name]
    head = posted_head(anchor["head"])
    key = public_key(anchor["public_key"])
    found = audit(bundle.incident, bundle.events, [key], [head])
    assert found.problems == ()
    assert found.anchored == len(bundle.events)


def test_the_corpus_has_events_of_nearly_every_kind():
    kinds = {k.kind for name in NAMES for k in bundle_of(name).events}
    assert _APPLY.keys() - kinds == RARE
    assert ANCHORS.keys() == set(NAMES)


def copied(tmp_path, name="sync-requests-unanswered", **changes):
    document = json.loads((CORPUS / f"{name}.json").read_text())
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(document | changes))
    return path


def test_a_replay_says_what_is_drawn_otherwise_and_where(tmp_path, capsys):
    setting = bundle_of("sync-requests-unanswered").setting.model_dump(mode="json")
    setting["titles"]["room-occupied"] = "Another title"
    path = copied(tmp_path, setting=setting, summary="Another one.\n")
    assert main(["replay", str(path)]) == 1
    out = capsys.readouterr().out
    assert "the message checks is another one." in out
    assert "The summary is another one:\n--- then\n+++ now\n" in out
    assert "-Another one." in out
    assert any("Another title" in ln for ln in out.split("\n") if ln.startswith("+"))


def test_what_is_drawn_now_can_be_taken_as_right(tmp_path, capsys):
    path = copied(tmp_path, summary="Another one.\n", messages=[], frames=[])
    assert main(["replay", str(path)]) == 1
    assert main(["replay", str(path), "--accept"]) == 0
    capsys.readouterr()
    assert main(["replay", str(path)]) == 0
    assert "same, byte for byte" in capsys.readouterr().out
    assert [p.name for p in tmp_path.iterdir()] == ["bundle.json"]


def test_a_replay_gives_state_messages_and_summary_as_json(tmp_path, capsys):
    path = copied(tmp_path)
    assert main(["replay", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    bundle = bundle_of("sync-requests-unanswered")
    assert told["differences"] == []
    assert told["summary"] == bundle.summary
    assert [one["part"] for one in told["messages"]][:2] == ["card", "checks"]
    assert told["state"]["status"] == "resolved"


def test_another_state_is_told_by_its_event(tmp_path, capsys):
    frames = [
        one.model_dump(mode="json")
        for one in bundle_of("sync-requests-unanswered").frames
    ]
    frames[2]["state"] = "00" * 32
    path = copied(tmp_path, frames=frames)
    assert main(["replay", str(path)]) == 1
    told = capsys.readouterr().out
    assert told == "After event 3 the state is another one.\n"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"events": []}, "Its events do not add up"),
        ({"format": "other"}, "is not a bundle: format"),
        ({"summary": 7}, "is not a bundle: summary"),
    ],
)
def test_what_is_no_bundle_is_told(tmp_path, capsys, changes, why):
    assert main(["replay", str(copied(tmp_path, **changes))]) == 2
    assert why in capsys.readouterr().err


@pytest.mark.parametrize("drop", [0, 1, 5, 9])
def test_events_that_do_not_add_up_are_told(tmp_path, capsys, drop):
    events = [
        one.model_dump(mode="json")
        for one in bundle_of("sync-requests-unanswered").events
    ]
    del events[drop]
    assert main(["replay", str(copied(tmp_path, events=events))]) == 2
    assert "Its events do not add up" in capsys.readouterr().err


def test_the_events_of_a_bundle_have_their_links():
    bundle = bundle_of("in-doubt")
    events = events_of(bundle.events)
    assert [one.link for one in events] == [one.link for one in bundle.events]
