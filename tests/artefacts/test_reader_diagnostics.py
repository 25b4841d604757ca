import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.artefacts.readers import READERS, diagnostics
from bot.artefacts.shape import HEAD, Asked
from bot.cohrtz.diagnostics import LINE_LIMIT
from bot.core.artefact import Kind
from bot.core.evidence import Verdict
from tests.fakes.world import ALICE, BOB, NOON, ROOM


def line(second, direction, packet, **more):
    at = NOON + timedelta(seconds=second)
    written = {
        "timestamp": at.isoformat(),
        "participant": ALICE,
        "kind": "sync",
        "direction": direction,
        "packetType": packet,
    }
    return json.dumps(written | more).encode() + b"\n"


ASKED = line(0, "outbound", "SYNC_REQ")
ANSWER = line(1, "inbound", "DATA_CHUNK", peerId=BOB)


@pytest.fixture
def read(tmp_path):
    def reading(content, **asked):
        path = tmp_path / "evidence"
        path.write_bytes(content)
        finding = diagnostics.read(path, Asked(**asked)).finding
        assert set(finding.facts) <= set(diagnostics.FACTS)
        return finding

    return reading


def recognised(content, tmp_path):
    return diagnostics.recognises(content[:HEAD], tmp_path)


def test_it_is_one_of_the_readers():
    assert diagnostics in READERS
    assert diagnostics.KIND is Kind.DIAGNOSTICS


@pytest.mark.parametrize(
    "content",
    [
        ASKED,
        b"\xef\xbb\xbf" + ASKED,
        b"\r\n\n" + ASKED,
        b'stamp":"2026"}\n' + ASKED,
        ASKED + b"\xff" * 100,
    ],
)
def test_events_are_recognised_also_with_a_damaged_beginning(content, tmp_path):
    assert recognised(content, tmp_path)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"[Log] hello", b'{"wire_base64": "CAM="}', b"SQLite format 3\0"],
)
def test_other_files_are_not(content, tmp_path):
    assert not recognised(content, tmp_path)


@given(st.binary(max_size=200))
def test_no_bytes_raise(content):
    diagnostics.recognises(content, None)


def test_an_answered_request_is_ok(read):
    finding = read(ASKED + ANSWER, room=ROOM, participant=ALICE)
    assert finding.verdict is Verdict.OK
    assert finding.facts["diagnostics.refused_lines"] == 0


def test_an_unanswered_one_is_bad_in_any_order(read):
    finding = read(line(60, "inbound", "HANDSHAKE", peerId=BOB) + ASKED)
    assert finding.verdict is Verdict.BAD


def test_damaged_lines_are_counted_and_keep_it_from_being_ok(read):
    finding = read(b"torn\n" + ASKED + ANSWER + b'{"timest')
    assert finding.verdict is Verdict.UNKNOWN
    assert finding.facts["diagnostics.refused_lines"] == 2
    assert "2 lines are no diagnostic events" in finding.headline


def test_a_line_of_any_length_is_one_line(read):
    finding = read(b"x" * (3 * LINE_LIMIT) + b"\n" + ASKED + ANSWER)
    assert finding.facts["diagnostics.refused_lines"] == 1
    assert finding.facts["diagnostics.events"] == 2


def test_events_of_other_rooms_are_left_out(read):
    other = line(0, "outbound", "SYNC_REQ", roomName="other")
    finding = read(other + ASKED + ANSWER, room=ROOM)
    assert finding.facts["diagnostics.events"] == 2
    assert finding.facts["diagnostics.other_rooms"] == 1
    alone = read(other, room=ROOM)
    assert alone.verdict is Verdict.UNKNOWN
    assert "of other rooms" in alone.headline
    assert read(other).facts["diagnostics.other_rooms"] == 0


def test_only_the_newest_events_of_a_huge_file_are_held(read, monkeypatch):
    monkeypatch.setattr(diagnostics, "MOST", 3)
    older = b"".join(line(-n, "inbound", "HANDSHAKE") for n in range(1, 6))
    finding = read(ASKED + ANSWER + older)
    assert finding.facts["diagnostics.events"] == 3
    assert "Only the newest 3 of 7 events" in finding.headline


def test_an_empty_file_is_unknown(read):
    assert read(b"").verdict is Verdict.UNKNOWN


PANEL = f"""\
[12:05:41] [IN] Received HANDSHAKE packet from {BOB}. peer={BOB} 214B
[12:05:10] [IN] Received UNICAST_REQ packet from {BOB}. peer={BOB} 1.2KB
[12:05:00] [OUT] Broadcasting SYNC_REQ for room sync.
[12:04:59] [LOCAL] Manual sync requested.
[12:04:40] [OUT] Broadcasting SYNC_REQ for room sync.
""".encode()


def test_the_panels_text_is_recognised_and_tells_the_same_story(read, tmp_path):
    assert recognised(b"\xef\xbb\xbf" + PANEL, tmp_path)
    found = read(PANEL, participant=ALICE)
    assert found.verdict is Verdict.BAD
    assert found.facts["diagnostics.unanswered_sync"] is True
    assert found.facts["diagnostics.unanswered_s"] == 61
    assert found.facts["diagnostics.mute_peers"] == 1
    assert "to the second, of an unknown day" in found.headline


def test_what_the_panel_shows_may_be_an_answer_too(read):
    answer = f"[12:05:42] [IN] Received DATA_CHUNK packet from {BOB}. peer={BOB} 9B\n"
    found = read(answer.encode() + PANEL)
    assert found.verdict is Verdict.OK
    assert found.facts["diagnostics.participants"] == 1


def test_lines_of_the_panel_that_are_cut_off_are_told(read):
    found = read(PANEL + b"[12:04:3", participant=ALICE)
    assert found.facts["diagnostics.refused_lines"] == 1
