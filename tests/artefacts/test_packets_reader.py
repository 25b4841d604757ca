import json
from base64 import b64encode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.artefacts.readers import READERS, packets
from bot.artefacts.shape import HEAD, Asked
from bot.core.artefact import Kind
from bot.core.evidence import Verdict
from rehearsal.cohrtz.wire import encode, spoiled
from tests.cohrtz.packet_samples import ANNA, BERT, VECTORS, VECTORS_FILE, speaker

NOWHERE = Path("nowhere")


def capture(*said):
    """Write packets given as (second, packet, sfu_identity)."""
    lines = [
        {"wire_base64": b64encode(encode(one)).decode(), "at": at * 1000, "from": who}
        for at, one, who in said
    ]
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


@pytest.fixture
def read(tmp_path):
    def reading(content):
        path = tmp_path / "file"
        path.write_bytes(content)
        return packets.read(path, Asked()).finding

    return reading


def test_the_reader_is_in_the_list_of_readers():
    assert packets in READERS
    assert packets.KIND is Kind.PACKETS


@pytest.mark.parametrize(
    "head",
    [
        VECTORS_FILE.read_bytes()[:HEAD],
        json.dumps(VECTORS, indent=1).encode(),
        b'\xef\xbb\xbf\n {"wire_base64":"CAM="}\n',
        b'{"wire_base64":"CAM="}',
        b'{"at": 3, "wire_base64":"' + b"A" * HEAD,
    ],
    ids=["lines", "list", "mark", "one", "cut"],
)
def test_captures_are_recognised_by_their_first_object(head):
    assert packets.recognises(head, NOWHERE)


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{}\n",
        b'{"kind":"data"}\n{"wire_base64":"CAM="}\n',
        b'some log line with "wire_base64"',
        b'["wire_base64"]',
        b"SQLite format 3\0",
    ],
)
def test_other_files_are_not(head):
    assert not packets.recognises(head, NOWHERE)


@given(st.binary())
def test_any_head_can_be_looked_at(head):
    assert packets.recognises(head, NOWHERE) in {True, False}


def test_a_capture_tells_what_was_seen_in_the_room(read):
    found = read(
        capture(
            (0, speaker(ANNA).gsk_req(), ANNA),
            (2, speaker(ANNA).gsk_req(), ANNA),
            (4, spoiled(speaker(BERT).data_chunk(50)), BERT),
            (9, speaker(BERT).gsk_req(), ANNA),
        )
    )
    assert found.verdict is Verdict.BAD
    assert found.facts["packets.gsk_requests"] == 2
    assert found.facts["packets.gsk_request_age"] == 7
    assert found.facts["packets.invalid_signatures"] == 1
    assert found.facts["packets.identity_mismatches"] == 1
    assert set(found.facts) <= set(packets.FACTS)


def test_lines_that_cannot_be_read_leave_it_unknown(read):
    sound = capture((0, speaker().data_chunk(50), ANNA))
    assert read(sound).verdict is Verdict.OK
    found = read(sound + b"cut of\n{}\n")
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["packets.broken_lines"] == 2
    assert found.facts["packets.malformed"] == 0
    assert "2 lines of the file could not be read" in found.headline


def test_one_broken_line_excuses_no_fault(read):
    found = read(capture((0, spoiled(speaker().gsk_req()), ANNA)) + b"cut of")
    assert found.verdict is Verdict.BAD
    assert "1 line of the file" in found.headline


def test_an_empty_file_tells_nothing(read):
    assert read(b"").verdict is Verdict.UNKNOWN


@given(st.binary())
def test_any_file_is_a_finding(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "file"
    path.write_bytes(content)
    assert packets.read(path, Asked()).finding.headline


def test_content_that_peers_wrote_is_in_nothing_that_is_said(read):
    code = "CODE-4711"
    found = read(capture((0, speaker(code).invite_req(code), code)) + code.encode())
    assert code not in repr(found)
