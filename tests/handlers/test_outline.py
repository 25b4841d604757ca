"""What has not the outline of a payload never reaches Bolt, which counts on it."""

import json

import pytest

from handlers.outline import has_outline
from tests.fuzz.targets import payloads, views

REAL = [json.loads(one) for one in (*payloads.SEEDS, *views.setup())]


@pytest.mark.parametrize("body", REAL)
def test_what_slack_sends_has_it(body):
    assert has_outline(body)
    assert has_outline(body | {"team": None, "enterprise": None})


@pytest.mark.parametrize(
    "odd",
    [
        {"view": None},
        {"user": "U0ANN"},
        {"channel": 7},
        {"event": []},
        {"message": "hello"},
        {"team": "T0TEAM"},
        {"actions": None},
        {"actions": {"action_id": "x"}},
        {"actions": [None]},
        {"authorizations": ["A0"]},
        {"type": 7},
        {"event": {"type": []}},
        {"callback_id": 7},
        {"view": {"callback_id": {}}},
        {"action_id": []},
        {"actions": []},
        {"actions": [{"action_id": 0}]},
        {"type": "block_actions", "actions": [{}]},
        {"type": "view_submission", "view": {"callback_id": "triage:open"}},
    ],
)
def test_what_is_of_another_form_has_not(odd):
    assert not has_outline(odd)
