"""Reading what Slack posts, held against what Bolt makes of it."""

import json
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_bolt.request.internals import parse_body

from handlers.body import body_of


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=4))
def test_the_fields_of_a_form_come_back_as_they_were(fields):
    fields.pop("payload", None)
    assert body_of(urlencode(fields).encode()) == fields


@given(st.text(alphabet="ab=&+%2C é", max_size=24).filter(lambda t: "{" not in t))
def test_a_form_however_odd_is_read_as_the_standard_library_reads_it(text):
    assert body_of(text.encode()) == dict(parse_qsl(text, keep_blank_values=True))


@pytest.mark.parametrize(
    "raw",
    [
        b"command=%2Ftriage&text=room+1",
        b"payload=%7B%22type%22%3A%22block_actions%22%7D",
        b'{"type": "event_callback", "event": {}}',
        b"",
    ],
)
def test_what_slack_sends_is_read_as_bolt_reads_it(raw):
    assert body_of(raw) == parse_body(raw.decode(), None)


def test_a_command_that_speaks_of_a_payload_keeps_its_fields():
    said = {"command": "/triage", "text": "room-1 the payload is lost"}
    assert body_of(urlencode(said).encode()) == said
    assert parse_body(urlencode(said), None) == {}, "Bolt can do it now"


@pytest.mark.parametrize(
    "raw", [b"{broken", b"payload={broken", b"payload=%5B%5D", b"payload=", b"a=\xff"]
)
def test_what_is_none_of_these_is_refused(raw):
    with pytest.raises(ValueError):  # noqa: PT011  three kinds of it
        body_of(raw)


def test_json_in_a_form_keeps_its_signs():
    said = {"text": "a + b & c = é%41"}
    assert body_of(urlencode({"payload": json.dumps(said)}).encode()) == said
