"""Crashes are told and logged under one id; nothing that people wrote is logged."""

import json
import logging

import pytest
from desk_house import FAILED, GALE, HERE, ROBIN, house, keep_nothing, say_nothing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from handlers import replies
from handlers.render import form
from rehearsal.slack import Delay, Fault, RateLimited, Status

CANARY = "canary-7f3a"
FIRST = "step:1:1"
MEMO = '{"k":"open","c":"C0INC"}'
SCRAPS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.text(max_size=8), inner, max_size=2)
    ),
    max_leaves=6,
)
QUICK = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


class Broken:
    """A record of transitions with a bug that quotes what it was given."""

    async def recent(self, room, identity, since):
        raise RuntimeError(f"no such room: {room} of {identity} since {since}")


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        yield up


@pytest.fixture
async def broken(tmp_path):
    async with house(tmp_path, recorded=Broken()) as up:
        yield up


def crashes(lines):
    return [line for line in lines if line["event"] == "request.crashed"]


def without_secrets(at, lines, caplog):
    """Assert that no line has what people wrote, a token, a trigger or an address."""
    app = at.workspace.settings.app
    told = json.dumps(lines, default=repr) + caplog.text
    sent = [one.arguments for one in at.workspace.journal.deliveries()]
    triggers = [one["trigger_id"] for one in sent if one.get("trigger_id")]
    hooks = [one["response_url"] for one in sent if one.get("response_url")]
    for secret in (CANARY, app.bot_token, app.signing_secret, *triggers, *hooks):
        assert secret not in told


async def test_a_crash_in_a_command_has_one_id_for_person_and_log(broken, caplog):
    with capture_logs() as lines:
        told = await broken.type(f"{CANARY} alice")
    [crash] = crashes(lines)
    assert crash["reference"] in told
    assert crash["kind"] == "RuntimeError"
    assert "test_listeners_log.py" in crash["trace"]
    without_secrets(broken, lines, caplog)


async def test_a_crash_in_a_press_is_told_to_who_pressed(at, monkeypatch, caplog):
    drawn = await at.draw(await at.started())

    async def crash(*_, **__):
        raise KeyError(CANARY)

    monkeypatch.setattr("bot.engine.service.Service.change", crash)
    with capture_logs() as lines:
        assert (await at.press(drawn[FIRST], "triage:confirm")).ok
        told = await at.whispered()
    assert crashes(lines)[0]["reference"] in told
    without_secrets(at, lines, caplog)


async def test_a_crash_in_a_choice_is_told_and_the_form_stays(broken, caplog):
    broken.rooms.put("alice", room=CANARY)
    view = await broken.form()
    with capture_logs() as lines:
        await broken.workspace.suggest(ROBIN, view.id, form.ROOM, CANARY)
        await broken.workspace.choose(ROBIN, view.id, form.ROOM, value=CANARY)
        assert crashes(lines)[0]["reference"] in await broken.whispered()
    assert broken.view().id == view.id
    without_secrets(broken, lines, caplog)


async def test_a_crash_in_a_form_keeps_what_was_typed(at, monkeypatch, caplog):
    at.rooms.put("alice", room="blue")
    view = await at.form()
    await at.workspace.suggest(ROBIN, view.id, form.ROOM, "blue")
    await at.workspace.choose(ROBIN, view.id, form.ROOM, value="blue")
    at.workspace.fill(view.id, form.WORDS, CANARY, form.WORDS)

    async def crash(*_, **__):
        raise ValueError(CANARY)

    monkeypatch.setattr("bot.engine.service.Service.open", crash)
    with capture_logs() as lines:
        sent = await at.workspace.submit(view.id)
    assert crashes(lines)[0]["reference"] in sent.errors[form.ROOM]
    assert at.view().values[form.WORDS][form.WORDS]["value"] == CANARY
    without_secrets(at, lines, caplog)


async def test_a_crash_in_the_type_ahead_is_logged_and_offers_nothing(at, caplog):
    view = await at.form()
    at.rooms.fails = RuntimeError(CANARY)
    with capture_logs() as lines:
        assert await at.workspace.suggest(ROBIN, view.id, form.ROOM, CANARY) == []
    assert crashes(lines)[0]["what"] == "options"
    assert at.workspace.journal.refused() == ()
    without_secrets(at, lines, caplog)


async def test_a_refusal_has_its_id_in_the_log_too(at):
    with capture_logs() as lines:
        told = await at.type("statsu")
    [line] = [one for one in lines if one["event"] == "request.refused"]
    assert line["reference"] in told


async def test_a_whole_morning_is_logged_without_what_people_wrote(at, caplog):
    caplog.set_level(logging.INFO)
    caplog.set_level(logging.ERROR, "slack_bolt")  # as bot.logs does
    with capture_logs() as lines:
        await at.type(f"{CANARY} {CANARY} {CANARY}")
        await at.type(f"runbook {CANARY}")
        await at.type(f'"{CANARY}')
        await at.type(f"reopen {CANARY}")
        await at.type(CANARY, user=GALE)
        drawn = await at.draw(await at.started())
        await at.press(drawn[FIRST], "triage:skip")
        view = at.view()
        at.workspace.fill(view.id, "triage:words-typed", CANARY, form.WORDS)
        await at.workspace.submit(view.id)
        at.workspace.faults.add(Fault("views.open", Status(500)))
        await at.type()
        await at.send({**at.last(), "text": CANARY, "user_id": CANARY})
        await at.send({"type": CANARY, "user": CANARY, "text": CANARY})
    assert lines
    without_secrets(at, lines, caplog)


async def test_when_nothing_can_be_kept_the_person_is_told_all_the_same(
    at, monkeypatch
):
    drawn = await at.draw(await at.started())
    keep_nothing(at, monkeypatch, "commit", "add_notice")
    assert (await at.press(drawn[FIRST], "triage:confirm")).ok
    assert "The disk is full." in await at.whispered()
    monkeypatch.setattr(replies, "AGAIN", 0.01)
    at.workspace.faults.add(Fault("chat.postEphemeral", Status(500), times=2))
    before = len(at.workspace.ephemerals(ROBIN))
    assert (await at.press(drawn[FIRST], "triage:confirm")).ok
    assert len(at.workspace.ephemerals(ROBIN)) == before + 1


@pytest.mark.parametrize("trouble", [FAILED, RateLimited(10), Delay(60)])
async def test_what_can_be_neither_kept_nor_said_is_not_acknowledged(
    at, monkeypatch, trouble
):
    drawn = await at.draw(await at.started())
    keep_nothing(at, monkeypatch, "commit")
    say_nothing(at, monkeypatch, trouble)
    with capture_logs() as told:
        pressed = await at.press(drawn[FIRST], "triage:confirm")
    assert not pressed.ok
    assert at.workspace.journal.deliveries()[-1].status == 500
    assert [one["event"] for one in told].count("notice.lost") == 1
    assert at.workspace.ephemerals(ROBIN) == []


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "view_submission", "view": {"callback_id": "other", "type": "modal"}},
        {"type": "view_closed", "view": {"callback_id": "triage:open"}},
        {"type": "view_closed", "view": {"callback_id": "other"}},
        {"type": "shortcut", "callback_id": "other"},
        {"type": "message_action", "callback_id": "other", "channel": {"id": HERE}},
        {"type": "block_suggestion", "action_id": "other", "block_id": "b"},
        {"type": "event_callback", "event": {"type": "app_home_opened", "user": "U1"}},
    ],
)
async def test_what_nobody_listens_to_is_taken(at, payload):
    who = {"user": {"id": ROBIN}, "team": {"id": "T0TEAM"}}
    status, _ = await at.send({**who, **payload})
    assert status == 200


WHO = {"user": {"id": ROBIN}, "team": {"id": "T0TEAM"}, "trigger_id": ""}
PRESSED = {
    **WHO,
    "type": "block_actions",
    "channel": {"id": HERE},
    "container": {"type": "message", "message_ts": "1.2"},
}


async def answers(at, payload):
    """Assert that a payload is answered, and not by a crash."""
    with capture_logs() as lines:
        status, _ = await at.send(payload)
    assert status == 200
    assert crashes(lines) == []


@QUICK
@given(text=st.text(max_size=60))
async def test_any_text_at_all_is_answered(at, text):
    who = {"user_id": ROBIN, "team_id": "T0TEAM", "channel_id": HERE}
    await answers(at, {**who, "command": "/triage", "text": text})


@QUICK
@given(value=SCRAPS, action_id=st.sampled_from(["run", "start:1", "resolve", "x"]))
async def test_any_value_of_a_button_is_answered(at, value, action_id):
    action = {"action_id": f"triage:{action_id}", "value": value, "action_ts": "3.4"}
    await answers(at, {**PRESSED, "actions": [{**action, "type": "button"}]})


@QUICK
@given(state=SCRAPS, blocks=SCRAPS, memo=st.sampled_from([MEMO, "", None, 7]))
async def test_any_state_of_a_form_is_answered(at, state, blocks, memo):
    view = {"id": "V1", "type": "modal", "callback_id": form.OPEN_FORM}
    view |= {"state": state, "blocks": blocks, "private_metadata": memo}
    await answers(at, {**WHO, "type": "view_submission", "view": view})
    action = {"action_id": form.ROOM, "type": "external_select"}
    chosen = {"type": "block_actions", "view": view, "actions": [action]}
    await answers(at, {**WHO, **chosen})
