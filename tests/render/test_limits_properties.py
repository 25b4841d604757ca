"""What holds for every place of every known block: found by walking the samples."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from limits_samples import HOME, MESSAGE, MODAL
from slack_sdk.models.blocks import Block

from handlers.render.limits import message_problems, options_problems, view_problems

# A busy machine is no failure.
_PATIENT = settings(deadline=None)

# Free by design: an event payload may have any key.
_FREE = "/metadata/event_payload"
_CHECKS = {"message": (MESSAGE, message_problems), "modal": (MODAL, view_problems)}
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "text", "blocks", "x"]), inner)
    ),
    max_leaves=20,
)


def _nodes(part, at=""):
    yield at, part
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _nodes(value, f"{at}/{key}")
    elif isinstance(part, list):
        for place, entry in enumerate(part):
            yield from _nodes(entry, f"{at}/{place}")


def _places(payload, kind):
    return [
        at
        for at, node in _nodes(payload)
        if isinstance(node, kind) and at and at != _FREE
    ]


def _put(payload, at, change):
    changed = copy.deepcopy(payload)
    *way, last = at.strip("/").split("/")
    node = changed
    for step in way:
        node = node[int(step)] if isinstance(node, list) else node[step]
    last = int(last) if isinstance(node, list) else last
    node[last] = change(node[last])
    return changed


def _known(name):
    payload, problems = _CHECKS[name]
    assert problems(payload) == ()
    return payload, problems


@pytest.mark.parametrize("name", _CHECKS)
def test_an_unknown_key_is_refused_wherever_it_stands(name):
    payload, problems = _known(name)
    for at in _places(payload, dict):
        changed = _put(payload, at, lambda node: {**node, "surprise": 1})
        assert f"{at}/surprise" in [p.pointer for p in problems(changed)], at


@pytest.mark.parametrize("name", _CHECKS)
def test_a_wrong_json_type_is_refused_wherever_it_stands(name):
    payload, problems = _known(name)
    wrong = {str: 7.5, bool: "yes", int: "one", dict: [], list: {}}
    for at, node in _nodes(payload):
        if at and not at.startswith(_FREE):
            value = wrong[type(node)] if node is not None else 7.5
            changed = _put(payload, at, lambda _, value=value: value)
            assert problems(changed), (at, value)


@pytest.mark.parametrize("name", _CHECKS)
def test_an_empty_list_of_parts_is_refused_wherever_it_stands(name):
    payload, problems = _known(name)
    for at in set(_places(payload, list)) - {"/blocks"}:
        assert problems(_put(payload, at, lambda _: [])), at


@pytest.mark.parametrize("name", _CHECKS)
def test_a_string_without_end_is_refused_wherever_it_stands(name):
    payload, problems = _known(name)
    for at in _places(payload, str):
        endless = problems(_put(payload, at, lambda _: "x" * 20_000))
        assert endless or at.startswith((_FREE, *_rich_text_of_a_view(payload))), at


def _rich_text_of_a_view(payload):
    # Slack states no limit for rich text, and only a message has a budget.
    return [
        f"/blocks/{place}/elements/"
        for place, block in enumerate(payload["blocks"])
        if block["type"] == "rich_text" and "title" in payload
    ]


@_PATIENT
@given(_JSON)
def test_any_json_gets_an_answer_and_no_crash(value):
    json.dumps(value)
    message_problems({"text": "a", "blocks": value, "metadata": value})
    message_problems({"text": value, "blocks": [value], "thread_ts": value})
    view_problems({"type": "modal", "title": value, "blocks": [value]})
    view_problems({"type": value, "blocks": value})
    options_problems({"options": value, "option_groups": [value]})


@pytest.mark.parametrize("payload", [MESSAGE, MODAL, HOME])
def test_slacks_own_models_take_the_samples_too(payload):
    for block in payload["blocks"]:
        model = Block.parse(block)
        assert model is not None, block["type"]
        model.validate_json()
