import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.packets.control import LONGEST, Control, read_control
from tests.cohrtz.packet_samples import speaker

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def said(**fields):
    return read_control(json.dumps(fields).encode())


@pytest.mark.parametrize("word", ["GSK_REQ", "KEY_REQ", "SYNC_PING", "SYNC_PONG"])
def test_a_message_is_told_by_its_word(word):
    assert said(type=word) == Control(word)


def test_an_update_tells_where_its_senders_tree_has_come_to():
    update = speaker().treekem_update(epoch=7, leaf=2, path_length=3)
    assert read_control(update.payload) == Control("Treekem_UPDATE", 7, 2, 3)


@pytest.mark.parametrize(
    "word", ["gsk_req", "GSK_SHARE", "", "TreeKEM_UPDATE", None, 1]
)
def test_a_word_that_is_not_broadcast_is_passed_over(word):
    assert said(type=word) is None


@pytest.mark.parametrize("number", [True, -1, 2**31, 10**30, 1.0, "1", None, [1]])
def test_a_number_that_the_app_would_not_write_is_not_known(number):
    update = said(type="Treekem_UPDATE", epoch=number, senderLeafIndex=number)
    assert update == Control("Treekem_UPDATE")


@pytest.mark.parametrize("path", [{}, "path", 3, None])
def test_a_path_that_is_no_list_has_no_length(path):
    assert said(type="Treekem_UPDATE", updatePath=path).path is None


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\xff",
        b"[" * LONGEST,
        b'{"a":' * 13_000,
        b'{"type":' + b"9" * 60_000 + b"}",
        b'{"type":"GSK_REQ"} {',
        '{"type":"GSK_REQ"}'.encode("utf-16"),
        b'["GSK_REQ"]',
        b'"GSK_REQ"',
        b'{"type":"GSK_REQ"}' + b" " * LONGEST,
    ],
    ids=lambda payload: payload[:12],
)
def test_what_the_app_would_not_send_is_passed_over(payload):
    assert read_control(payload) is None


@given(st.binary())
def test_any_bytes_can_be_read(payload):
    assert read_control(payload) is None or read_control(payload).word


@given(JSON, JSON, JSON)
def test_any_json_can_stand_in_an_update(epoch, leaf, path):
    update = said(
        type="Treekem_UPDATE", epoch=epoch, senderLeafIndex=leaf, updatePath=path
    )
    assert update is None or update.word == "Treekem_UPDATE"
