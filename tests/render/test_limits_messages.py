"""Messages: text, thread, metadata, and the rules over all blocks together."""

import pytest
from limits_samples import BUTTON, MESSAGE, MRKDWN, PLAIN, TABLE

from handlers.render.limits import message_problems


def _section(text="words", **more):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def _refused(**payload):
    found = message_problems({"text": "about", **payload})
    return [(problem.pointer, problem.code) for problem in found]


def test_a_message_with_every_known_block_is_taken():
    assert message_problems(MESSAGE) == ()


@pytest.mark.parametrize("text", [None, "", " \n"])
def test_a_message_needs_a_text_even_beside_blocks(text):
    assert _refused(text=text, blocks=[_section()]) == [("/text", "no_text")]


def test_a_text_may_have_4000_characters_and_no_more():
    assert _refused(text="x" * 4000) == []
    assert _refused(text="x" * 4001) == [("/text", "msg_too_long")]


def test_a_text_that_is_no_string_is_a_wrong_argument():
    assert _refused(text=7) == [("/text", "invalid_arguments")]


def test_an_argument_that_is_none_counts_as_not_given():
    assert _refused(blocks=None, thread_ts=None, metadata=None) == []


@pytest.mark.parametrize("ts", ["1503435956", 1503435956.000247, "now", ""])
def test_a_thread_is_named_by_the_ts_of_a_message(ts):
    assert _refused(thread_ts=ts) == [("/thread_ts", "invalid_arguments")]


@pytest.mark.parametrize(
    ("metadata", "pointer"),
    [
        ("card", "/metadata"),
        ({"event_type": "card"}, "/metadata/event_payload"),
        ({"event_type": "a b", "event_payload": {}}, "/metadata/event_type"),
        ({"event_type": "card", "event_payload": []}, "/metadata/event_payload"),
        ({"event_type": "c", "event_payload": {}, "id": 1}, "/metadata/id"),
    ],
)
def test_metadata_is_an_event_type_with_a_payload(metadata, pointer):
    assert _refused(metadata=metadata) == [(pointer, "invalid_metadata_format")]


def test_a_message_has_at_most_50_blocks():
    assert _refused(blocks=[{"type": "divider"}] * 50) == []
    assert _refused(blocks=[{"type": "divider"}] * 51) == [
        ("/blocks", "invalid_blocks")
    ]


@pytest.mark.parametrize("blocks", [{}, "[]", 5])
def test_blocks_are_a_list(blocks):
    assert _refused(blocks=blocks) == [("/blocks", "invalid_blocks")]


def test_no_blocks_at_all_are_fine():
    assert _refused(blocks=[]) == []


def test_a_block_id_is_unique_in_a_message():
    twice = [_section(block_id="a"), _section(block_id="b"), _section(block_id="a")]
    assert _refused(blocks=twice) == [("/blocks/2/block_id", "invalid_blocks")]


def test_an_action_id_is_unique_in_its_block():
    row = {"type": "actions", "elements": [BUTTON, BUTTON]}
    assert _refused(blocks=[row]) == [
        ("/blocks/0/elements/1/action_id", "invalid_blocks")
    ]


def test_an_action_id_may_come_again_in_another_block():
    rows = [{"type": "actions", "elements": [BUTTON]}] * 2
    assert _refused(blocks=rows) == []


@pytest.mark.parametrize(
    "block", [TABLE, {"type": "plan", "title": "Runbook"}], ids=["table", "plan"]
)
def test_there_is_one_table_and_one_plan_in_a_message(block):
    assert _refused(blocks=[block]) == []
    assert _refused(blocks=[block, block]) == [("/blocks/1", "invalid_blocks")]


def test_all_text_together_has_a_budget_in_bytes():
    letters, umlauts = _section("x" * 3000), _section("ü" * 1500)
    assert _refused(blocks=[letters, letters, umlauts]) == []
    assert _refused(blocks=[letters, letters, umlauts, _section("x")]) == [
        ("/blocks", "msg_blocks_too_long")
    ]


def test_the_budget_counts_what_is_read_and_not_what_is_only_sent_back():
    silent = {**BUTTON, "value": "v" * 2000, "url": "https://e.org/" + "u" * 2900}
    rows = [{"type": "actions", "elements": [silent]}] * 5
    assert _refused(blocks=rows) == []


def test_the_budget_counts_options_labels_and_images():
    option = {"text": {"type": "plain_text", "text": "o" * 75}, "value": "v"}
    menu = {"type": "static_select", "action_id": "m", "options": [option] * 100}
    row = {"type": "actions", "elements": [menu]}
    image = {"type": "image", "image_url": "https://e.org", "alt_text": "i" * 1501}
    assert _refused(blocks=[row]) == []
    assert _refused(blocks=[row, image]) == [("/blocks", "msg_blocks_too_long")]


def test_markdown_blocks_share_12000_characters():
    half = {"type": "markdown", "text": "m" * 6001}
    pointers = _refused(blocks=[half, half])
    assert ("/blocks", "invalid_blocks") in pointers


def test_an_unpaired_surrogate_is_no_text():
    found = message_problems({"text": "a", "blocks": [_section("a\ud800")]})
    assert [problem.pointer for problem in found] == ["/blocks/0/text/text"]


def test_every_problem_says_where_and_what_to_do():
    long = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    (problem,) = message_problems({"text": "a", "blocks": [_section(), long]})
    assert problem.pointer == "/blocks/1/text/text"
    assert problem.message == "cut to 150 characters, there are 151"


def test_a_tuple_is_as_good_as_a_list():
    context = {"type": "context", "elements": (MRKDWN, PLAIN)}
    assert _refused(blocks=(context,)) == []
