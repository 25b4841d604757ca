import io
import json
import sys
from base64 import b64encode
from dataclasses import replace

import pytest

from bot.__main__ import main
from rehearsal.cohrtz.wire import encode
from tests.cohrtz.packet_samples import VECTORS, VECTORS_FILE, speaker

SOUND = VECTORS_FILE.read_bytes().splitlines(keepends=True)[0]


class Piped:
    def __init__(self, content):
        self.buffer = io.BytesIO(content)


@pytest.fixture
def piped(monkeypatch, capsys):
    """Run `triage packets - …` on what is piped in: exit code, both outputs."""

    def run(content, *more):
        monkeypatch.setattr(sys, "stdin", Piped(content))
        code = main(["packets", "-", *more])
        return code, *capsys.readouterr()

    return run


def test_each_packet_is_told_in_order_with_type_sender_verdict_and_reason(capsys):
    assert main(["packets", str(VECTORS_FILE), "--json"]) == 1
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert err == ""
    assert [one["verdict"] for one in told] == [one["want"] for one in VECTORS]
    assert [one["sender"] for one in told] == [one["sender"] for one in VECTORS]
    assert [one["line"] for one in told] == list(range(1, len(VECTORS) + 1))
    assert set(told[0]) == {"line", "type", "sender", "verdict", "reason"}
    assert (told[0]["type"], told[3]["type"]) == ("DATA_CHUNK", "UNKNOWN(200)")
    assert all(one["reason"] for one in told)


def test_a_list_in_one_document_is_read_as_well(piped):
    code, out, _ = piped(json.dumps(VECTORS).encode(), "--json")
    assert code == 1
    assert [one["verdict"] for one in json.loads(out)] == [
        one["want"] for one in VECTORS
    ]


def test_valid_packets_are_no_reason_to_fail(piped):
    code, out, _ = piped(SOUND, "--json")
    assert (code, len(json.loads(out))) == (0, 1)


@pytest.mark.parametrize(
    "line", [b"{}", b"[]\n7", b'{"wire_base64": "?"}', b'{"wire_base64": "/w=="}']
)
def test_a_line_without_a_packet_is_malformed_with_a_reason(piped, line):
    code, out, _ = piped(SOUND + line, "--json")
    told = json.loads(out)[-1]
    assert code == 1
    assert (told["type"], told["sender"], told["verdict"]) == (None, None, "malformed")
    assert told["reason"]


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_a_line_that_is_no_json_is_told_with_its_number_and_nothing_is_printed(
    piped, more
):
    code, out, err = piped(SOUND * 300 + b"\nnope\n", *more)
    assert (code, out) == (2, "")
    assert "line 302: the line is not JSON" in err


def test_nothing_piped_in_is_an_empty_list(piped):
    code, out, _ = piped(b"", "--json")
    assert (code, out) == (0, "[]\n")


def test_a_file_that_is_not_there_is_bad_usage(capsys, tmp_path):
    assert main(["packets", str(tmp_path / "none"), "--json"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "No such file" in err


def test_a_folder_is_bad_usage(capsys, tmp_path):
    assert main(["packets", str(tmp_path)]) == 2
    assert capsys.readouterr().out == ""


def test_people_read_a_line_for_each_packet_and_what_all_add_up_to(capsys):
    assert main(["packets", str(VECTORS_FILE)]) == 1
    out, _ = capsys.readouterr()
    lines = out.splitlines()
    assert lines[13].startswith("14: UNICAST_REQ of user:0195b2f0")
    assert lines[14] == "15: UNICAST_REQ of user:é: unsigned: there is no signature"
    assert lines[16].startswith(
        "16 packets of 4 senders: 8 with a signature that fails"
    )
    assert lines[17].startswith("  user:nobody: no-key DATA_CHUNK")


def test_a_malformed_packet_is_read_by_people_as_none(piped):
    _, out, _ = piped(b"{}")
    assert out.startswith("1: no packet of no sender: malformed: no text wire_base64\n")


def test_a_senders_name_cannot_steer_the_terminal(piped):
    wire = "GgkbWzJKCnllcyE="  # sender_id: ESC [2J, a line's end, "yes!"
    _, out, _ = piped(b'{"wire_base64": "%s"}' % wire.encode())
    assert "\x1b" not in out
    assert out.splitlines()[0].startswith("1: SYNC_REQ of [2J yes!: unsigned")


def test_what_is_pinned_on_the_way_judges_what_comes_later(piped):
    said = speaker()
    bare = replace(said.gsk_req(), sender_public_key=b"")
    content = b"".join(
        b'{"wire_base64": "%s"}\n' % b64encode(encode(one))
        for one in (bare, said.handshake(), bare)
    )
    code, out, _ = piped(content, "--json")
    verdicts = [one["verdict"] for one in json.loads(out)]
    assert (code, verdicts) == (0, ["no-key", "valid", "valid"])
