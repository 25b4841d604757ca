"""The state of a form as Slack hands it back: redrawn within limits, or refused."""

import json

from bot.errors import UsageError
from handlers import forms, payloads
from handlers.refs import FormKind, FormMemo
from handlers.render import form
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import must, refusal_in_slack, view

MEMO = FormMemo(kind=FormKind.OPEN, channel="C0HELP")


def _state(shown):
    """Return the payload of a form in which something was put into every field."""
    values = {}
    for block in shown["blocks"]:
        element = block["element"]
        action, kind = element["action_id"], element["type"]
        if kind == "plain_text_input":
            told = {"type": kind, "value": "words"}
        elif kind == "file_input":
            told = {"type": kind, "files": [{"id": "F0LOG", "name": "app.log"}]}
        else:
            chosen = (element.get("options") or [{"value": "blue"}])[0]["value"]
            told = {"type": kind, "selected_option": {"value": chosen}}
        values[block["block_id"]] = {action: told}
    state = {"values": values}
    blocks = [
        {"block_id": one["block_id"], "element": {"action_id": a}}
        for one in shown["blocks"]
        for a in values[one["block_id"]]
    ]
    whole = {
        "id": "V0ID",
        "hash": "1.a",
        "private_metadata": shown["private_metadata"],
        "state": state,
        "blocks": blocks,
    }
    who = {"id": "U0ANN", "team_id": "T0TEAM"}
    return json.dumps({"user": who, "team": {"id": "T0TEAM"}, "view": whole})


def setup():
    filled = form.Filled(room="blue", participant="alice", transitions="joined")
    return (_state(form.triage_form(MEMO)), _state(form.triage_form(MEMO, filled)))


def case(seeds, rng):
    body = mutations.value(rng, seeds)
    body = body if isinstance(body, dict) else {}
    try:
        values = payloads.view_values(body)
        payloads.view_files(body)
        payloads.view_id(body)
        memo = FormMemo.decoded(payloads.view_memo(body))
        payloads.actor(body)
        filled = forms._filled(values, "joined")
        fields = payloads.view_fields(body)
    except UsageError as error:
        refusal_in_slack(error)
        return "refused"
    must(all(isinstance(one, str) for pair in fields.items() for one in pair), "ids")
    if rng.random() < 0.25:
        view(form.triage_form(memo, filled))
        return "redrawn"
    return "read"


TARGET = Target("views", "the state of a form", 7_300, setup, case)
