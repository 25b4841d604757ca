"""How much of an incident is drawn again, and that it is what Slack was told."""

from dataclasses import fields, replace

from states import ANN, CATALOGUE, Story

from bot.core.bundle import Setting
from bot.core.incident import commands as c
from bot.core.requests import OnRequest
from handlers.render import replay as replaying
from handlers.render.message import digest
from handlers.render.replay import catalogue_of, digest_of, replay

SETTING = Setting(
    titles=CATALOGUE.titles,
    effects=CATALOGUE.effects,
    yields=CATALOGUE.yields,
    pages=CATALOGUE.library,
    on_request={"room-packets": OnRequest("Listen to the room", "It joins, hidden.")},
)


def replayed(story):
    return replay(story.id, story.events, SETTING)


def test_each_event_is_drawn_and_only_what_changed_is_kept():
    story = Story().at_action()
    drawn = replayed(story)
    assert [one.seq for one in drawn.frames] == [one.seq for one in story.events]
    assert list(drawn.frames[0].messages) == ["card"]
    kept: dict[str, str] = {}
    for frame in drawn.frames:
        assert not any(kept.get(k) == v for k, v in frame.messages.items())
        kept |= frame.messages
    assert kept == {one.part: digest(one) for one in story.messages()}
    assert kept == {one.part: digest_of(one) for one in drawn.messages}


def test_a_setting_holds_all_that_messages_must_know():
    there = catalogue_of(Setting.model_validate_json(SETTING.model_dump_json()))
    assert there == catalogue_of(SETTING)
    assert there == replace(CATALOGUE, on_request=SETTING.on_request)
    assert all(getattr(there, one.name) for one in fields(there))


def test_of_a_long_incident_the_end_is_drawn_and_all_messages(monkeypatch):
    story = Story().ranked().resolved().do(c.Reopen(), ANN)
    whole = replayed(story)
    monkeypatch.setattr(replaying, "READ_AT_MOST", 3 * len(story.events))
    end = replayed(story)
    assert [one.seq for one in end.frames] == [one.seq for one in whole.frames[-3:]]
    assert (end.messages, end.summary) == (whole.messages, whole.summary)
    assert end.frames[-1].state == whole.frames[-1].state
    monkeypatch.setattr(replaying, "READ_AT_MOST", 1)
    assert len(replayed(story).frames) == 1


def test_the_state_is_told_without_what_every_incident_begins_with():
    state = replayed(Story()).state
    assert state["report"] == {
        "room": "blue-whale",
        "participant": "alice",
        "severity": "SEV2",
    }
    assert "runs" not in state
