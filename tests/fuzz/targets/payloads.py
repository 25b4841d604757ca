"""Slack's payloads: read into words of ours, or refused; never half."""

import json

from bot.errors import UsageError
from handlers import payloads
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, refusal_in_slack

WHO = {"user": {"id": "U0ANN", "team_id": "T0TEAM"}, "team": {"id": "T0TEAM"}}
SEEDS = tuple(
    map(
        json.dumps,
        (
            {
                "command": "/triage",
                "text": "blue alice",
                "user_id": "U0ANN",
                "team_id": "T0TEAM",
                "channel_id": "C0HELP",
                "trigger_id": "1.2.3",
            },
            {
                **WHO,
                "type": "block_actions",
                "channel": {"id": "C0HELP"},
                "container": {"message_ts": "1.2", "thread_ts": "1.1"},
                "message": {"ts": "1.2"},
                "trigger_id": "1.2.3",
                "actions": [
                    {"action_id": "triage:run", "value": "{}", "action_ts": "1.3"}
                ],
            },
            {
                "team_id": "T0TEAM",
                "event_id": "Ev1",
                "event": {
                    "type": "message",
                    "subtype": "file_share",
                    "user": "U0ANN",
                    "user_team": "T0TEAM",
                    "channel": "C0HELP",
                    "thread_ts": "1.1",
                    "files": [{"id": "F1", "name": "a.log"}, {"id": "F2", "name": "b"}],
                },
            },
        ),
    )
)
READERS = (payloads.command, payloads.pressed, payloads.shortcut, payloads.dropped)
PARTS = (payloads.actor, payloads.place, payloads.typed, payloads.view_hash)


def case(_, rng):
    body = mutations.value(rng, SEEDS)
    body = body if isinstance(body, dict) else {}
    ends = [_end(read, body) for read in READERS]
    for read in PARTS:
        _end(read, body)
    return "read" if True in ends else "refused"


def _end(read, body):
    try:
        told = read(body)
    except UsageError as error:
        refusal_in_slack(error)
        return False
    receipt = getattr(told, "receipt", None)
    must(receipt is None or "\ud800" not in receipt, "a receipt that cannot be kept")
    json.dumps(str(told)).encode()
    return told is not None


TARGET = Target("payloads", "commands, presses, events", 5_500, lambda: None, case)
