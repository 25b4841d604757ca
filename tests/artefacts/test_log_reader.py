"""A file is known as a log by its content, read whole, and told in facts."""

import io
from pathlib import Path

import pytest

from bot.artefacts.log_stream import BLOCK, LONG, count_log, line_blocks
from bot.artefacts.log_tables import log_templates
from bot.artefacts.readers import log
from bot.artefacts.shape import HEAD, Asked
from bot.core.artefact import Kind
from bot.core.evidence import Verdict
from tests.cohrtz.log_samples import PEER, ROOM, SECRET, line

RELEASE = "\n".join(
    line(one) for one in log_templates() if one.level.in_release and not one.dead
)


def recognised(content: str | bytes) -> bool:
    head = content if isinstance(content, bytes) else content.encode()
    return log.recognises(head[:HEAD], Path("anything.bin"))


@pytest.mark.parametrize(
    "prefix",
    ["", "flutter: ", "I/flutter (12): ", "02-27 10:11:12.123  1  2 I flutter : "],
)
def test_a_log_is_recognised_with_any_prefix(prefix: str) -> None:
    assert recognised("\n".join(prefix + one for one in RELEASE.split("\n")))


def test_a_log_is_recognised_among_the_noise_of_a_device() -> None:
    noise = "D/Other ( 1): nothing\n" * 12
    assert recognised(noise + "I/flutter ( 2): " + line("packet-handler.merge-error"))


def test_a_log_in_utf_16_is_recognised() -> None:
    assert recognised("\ufeff".encode("utf-16-le") + RELEASE.encode("utf-16-le"))
    assert recognised(b"\xef\xbb\xbf" + RELEASE.encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00" * 400,
        b"SQLite format 3\x00" + bytes(100),
        b'{"kind":"sync","tag":"SyncProtocol"}\n' * 40,
        b"[2026-02-27 10:00:00] [nginx] GET /\n[error] [core] boom\n" * 40,
        b"Dear all,\n\nwhat does <[Main] Error> mean?\n" * 40,
        b"- `[KeyManager] Vault Key missing for {room}. Requesting...`\n" * 40,
    ],
)
def test_other_files_are_not_recognised(content: bytes) -> None:
    assert not recognised(content)


def test_a_log_is_read_into_facts_without_content(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(RELEASE)
    reading = log.read(path, Asked(room=ROOM, participant=PEER))
    assert reading.finding.verdict is Verdict.BAD
    assert reading.finding.facts["log.build"] == "release"
    assert reading.finding.facts["log.room_seen"] is True
    assert reading.finding.facts["log.participant_seen"] is True
    assert reading.digest == {"build": "release", "rooms": 1, "rows": {"tasks": 42}}
    assert set(reading.finding.facts) <= set(log.FACTS)
    assert SECRET not in reading.model_dump_json()
    assert ROOM not in reading.model_dump_json()


def test_what_is_not_named_is_not_said_to_be_absent(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("[Main] Initializing critical services...")
    facts = log.read(path, Asked(room="elsewhere", participant="user:x")).finding.facts
    assert "log.room_seen" not in facts
    assert "log.participant_seen" not in facts


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.touch()
    assert log.read(path, Asked()).finding.verdict is Verdict.UNKNOWN
    assert log.KIND is Kind.LOG


def test_a_log_in_utf_16_is_counted_as_in_utf_8() -> None:
    plain = count_log(io.BytesIO(RELEASE.encode()))
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert count_log(io.BytesIO(mark + RELEASE.encode(encoding))) == plain
    assert count_log(io.BytesIO(b"\xef\xbb\xbf" + RELEASE.encode())) == plain


class Chunks(io.RawIOBase):
    """A stream that gives what it has piece by piece, and remembers no more."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def read(self, _: int = -1) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""


def test_a_log_that_comes_in_pieces_is_counted_as_one() -> None:
    raw = RELEASE.encode()
    pieces = [raw[at : at + 37] for at in range(0, len(raw), 37)]
    assert count_log(Chunks(*pieces)) == count_log(io.BytesIO(raw))


def test_of_a_very_long_line_only_the_ends_are_kept() -> None:
    start = b"[KeyManager] Vault Key missing for "
    end = b". Requesting...\nnext\n"
    pieces = [start, *[b"x" * BLOCK] * 3, end]
    blocks = list(line_blocks(pieces))
    assert max(sum(map(len, one)) for one in blocks) < LONG + BLOCK
    read = count_log(Chunks(*pieces))
    assert read.templates["key-manager.vault-key-missing"].count == 1
    assert read.lines == 2
