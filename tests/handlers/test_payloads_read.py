"""Whatever JSON Slack hands back: read, or refused in words."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import UsageError
from handlers import payloads
from handlers.refs import FormMemo, IncidentButton, StartButton, StepButton

SCRAPS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)
READERS = (
    payloads.command,
    payloads.shortcut,
    payloads.pressed,
    payloads.actor,
    payloads.place,
    payloads.view_id,
    payloads.view_hash,
    payloads.view_memo,
    payloads.view_values,
    payloads.view_fields,
    payloads.typed,
)
KEYS = st.sampled_from(
    [
        "user",
        "team",
        "channel",
        "container",
        "actions",
        "view",
        "value",
        "trigger_id",
        "user_id",
        "team_id",
        "channel_id",
        "text",
    ]
)
INNER = st.sampled_from(
    [
        "id",
        "team_id",
        "message_ts",
        "thread_ts",
        "state",
        "values",
        "blocks",
        "hash",
        "private_metadata",
        "element",
        "action_id",
        "block_id",
        "selected_option",
    ]
)
BODIES = st.dictionaries(KEYS, SCRAPS | st.dictionaries(INNER, SCRAPS, max_size=4))

PRESS = {
    "user": {"id": "U1", "team_id": "T1"},
    "channel": {"id": "C1"},
    "container": {"message_ts": "1.2", "thread_ts": "1.1"},
    "actions": [{"action_id": "triage:run", "value": "v", "action_ts": "3.4"}],
    "trigger_id": "t",
}


@settings(max_examples=50)
@given(BODIES)
def test_any_json_is_read_or_refused(body):
    for read in READERS:
        with suppress(UsageError):
            read(body)


@given(st.text(st.characters(), max_size=200) | SCRAPS.map(repr))
def test_any_value_of_a_button_or_form_is_a_ref_or_refused(text):
    for ref in (StepButton, StartButton, IncidentButton, FormMemo):
        with suppress(UsageError):
            assert ref.decoded(text).encoded() == text


def test_a_press_is_read_whole():
    told = payloads.pressed(PRESS)
    assert told.actor == payloads.Actor("U1", "T1")
    assert (told.channel, told.ts, told.thread) == ("C1", "1.2", "1.1")
    assert told.receipt == "press/T1/U1/C1/1.2/triage:run/3.4"


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"actions": []}, "actions"),
        ({"actions": ["x"]}, "actions"),
        ({"channel": None}, "channel"),
        ({"channel": {"id": "c/1"}}, "id"),
        ({"container": {"message_ts": "now"}}, "message_ts"),
        ({"user": {"id": "U1; drop"}}, "id"),
        ({"trigger_id": ["t"]}, "trigger_id"),
        ({"trigger_id": "t" * 5_000}, "trigger_id"),
    ],
)
def test_a_press_that_is_not_in_order_is_refused_by_field(changed, named):
    with pytest.raises(UsageError, match=named):
        payloads.pressed({**PRESS, **changed})


def test_a_press_without_a_container_is_read_from_its_message():
    message = {"ts": "1.2", "thread_ts": "1.1"}
    told = payloads.pressed({**PRESS, "container": None, "message": message})
    assert (told.ts, told.thread) == ("1.2", "1.1")
    with pytest.raises(UsageError, match="container"):
        payloads.pressed({**PRESS, "container": None})


def test_a_press_without_a_time_is_named_by_its_trigger_or_not_at_all():
    bare = {**PRESS["actions"][0], "action_ts": ""}
    told = payloads.pressed({**PRESS, "actions": [bare], "trigger_id": "t9"})
    assert told.receipt == "press/T1/U1/C1/1.2/triage:run/t9"
    told = payloads.pressed({**PRESS, "actions": [bare], "trigger_id": ""})
    assert told.receipt is None


def test_two_presses_of_one_button_have_two_receipts():
    again = {**PRESS["actions"][0], "action_ts": "3.5"}
    first, second = (
        payloads.pressed({**PRESS, "actions": [one]})
        for one in (PRESS["actions"][0], again)
    )
    assert first.receipt != second.receipt


def test_the_workspace_is_the_persons_own_else_the_payloads():
    own = payloads.actor({"user": {"id": "U1", "team_id": "T2"}, "team": {"id": "T1"}})
    lent = payloads.actor({"user": {"id": "U1"}, "team": {"id": "T1"}})
    none = payloads.actor({"user": {"id": "U1"}, "team": None})
    assert (own.team, lent.team, none.team) == ("T2", "T1", "")


def test_half_a_surrogate_pair_is_not_handed_on():
    body = {"user_id": "U1", "team_id": "T1", "channel_id": "C1", "text": "a\ud800"}
    assert payloads.command(body).text.encode("utf-8") == b"a?"


def test_a_command_without_a_trigger_has_no_receipt():
    body = {"user_id": "U1", "team_id": "T1", "channel_id": "C1"}
    assert payloads.command(body).receipt is None
    assert payloads.command({**body, "trigger_id": "t"}).receipt == "command/T1/t"


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5"


def test_a_token_that_was_pasted_is_not_handed_on():
    ids = {"user_id": "U1", "team_id": "T1", "channel_id": "C1"}
    told = payloads.command({**ids, "text": f"lobby alice has {JWT}"})
    assert told.text == "lobby alice has [secret]"
    state = {"values": {"b": {"words": {"value": f"xoxb-1-canary and {JWT}"}}}}
    values = payloads.view_values({"view": {"state": state}})
    assert values == {"words": "[secret] and [secret]"}
