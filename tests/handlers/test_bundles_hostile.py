"""A bundle may have been made by anybody: it is refused in words, and never crashes."""

import copy
import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.__main__ import main

CORPUS = Path(__file__).parents[1] / "corpus"
DOCUMENTS = [
    json.loads((CORPUS / f"{name}.json").read_text())
    for name in ("sync-requests-unanswered", "same-identity-two-devices")
]
KEY = "00" * 32
ODD = st.one_of(
    st.sampled_from(
        [None, True, -1, 0, 2**53, 1e308, "", "x" * 4000, "<!channel>", [], {}, [[]]]
    ),
    st.sampled_from(["\u202e", "0001-01-01T00:00:00+14:00", "9" * 5000, "INC-7\n"]),
    st.integers(-(2**70), 2**70),
    st.text(max_size=5),
)


@st.composite
def mutated(draw):
    """A bundle with one to three values replaced, at any depth, also within bodies."""
    document = copy.deepcopy(draw(st.sampled_from(DOCUMENTS)))
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            _change(draw, document)
        else:
            _change_body(draw, document)
    return document


def _change_body(draw, document):
    events = document.get("events")
    if not isinstance(events, list) or not events:
        return
    event = draw(st.sampled_from(events))
    if not isinstance(event, dict) or not isinstance(event.get("body"), str):
        return
    try:
        body = json.loads(event["body"])
    except ValueError:
        return
    if isinstance(body, dict):
        _change(draw, body)
        event["body"] = json.dumps(body)


def _change(draw, node):
    while True:
        keys = sorted(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        inner = node[key]
        deeper = isinstance(inner, (dict, list)) and inner and draw(st.integers(0, 3))
        if not deeper:
            how = draw(st.sampled_from(["odd", "drop", "twice"]))
            if how == "drop":
                del node[key]
            elif how == "twice" and isinstance(node, list):
                node.insert(key, copy.deepcopy(inner))
            else:
                node[key] = draw(ODD)
            return
        node = inner


@settings(max_examples=40)
@given(mutated())
def test_any_bundle_is_replayed_or_refused(tmp_path_factory, document):
    path = tmp_path_factory.getbasetemp() / f"hostile-{os.getpid()}.json"
    path.write_text(json.dumps(document))
    assert main(["replay", str(path)]) in (0, 1, 2)


@settings(max_examples=40)
@given(mutated())
def test_any_bundle_is_verified_or_refused(tmp_path_factory, document):
    path = tmp_path_factory.getbasetemp() / f"hostile-{os.getpid()}.json"
    path.write_text(json.dumps(document))
    assert main(["verify", str(path), "--public-key", KEY]) in (1, 2)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_as_a_bundle(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / f"bytes-{os.getpid()}.json"
    path.write_bytes(content)
    assert main(["replay", str(path)]) == 2
    assert main(["verify", str(path), "--public-key", KEY]) == 2


@pytest.mark.parametrize("depth", [200, 100_000])
def test_a_bundle_nested_without_end_is_refused(tmp_path, depth):
    path = tmp_path / "deep.json"
    path.write_text('{"setting":' + "[" * depth + "]" * depth + "}")
    assert main(["replay", str(path)]) == 2
