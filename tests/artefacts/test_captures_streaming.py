import io
import json
import tracemalloc

from bot.artefacts import captures
from bot.artefacts.captures import LONGEST_LIST, TOGETHER, pieces, read_lines
from bot.cohrtz.packets import Sighting
from bot.cohrtz.packets.capture import LONGEST_LINE, Unreadable
from tests.cohrtz.packet_samples import VECTORS, VECTORS_FILE

LINES = VECTORS_FILE.read_bytes()


def entries(content):
    return [(one.number, type(one.entry)) for one in read_lines(io.BytesIO(content))]


def test_lines_are_numbered_as_in_the_file_and_blank_ones_left_out():
    content = b'\xef\xbb\xbf{"wire_base64":"CAM="}\r\n\n  \nnope\n[]'
    assert entries(content) == [(1, Sighting), (4, Unreadable), (5, Unreadable)]


def test_a_list_of_the_same_objects_is_read_too():
    listed = json.dumps(VECTORS, indent=1).encode()
    assert [one.entry for one in read_lines(io.BytesIO(listed))] == [
        one.entry for one in read_lines(io.BytesIO(LINES))
    ]


def test_a_list_that_is_cut_off_is_no_json():
    ((_, entry),) = read_lines(io.BytesIO(b'[{"wire_base64":"CAM="},'))
    assert not entry.is_json


def test_a_list_that_is_too_long_says_what_to_do():
    content = b"[" + b" " * (LONGEST_LIST + 1) + b"]"
    ((_, entry),) = read_lines(io.BytesIO(content))
    assert entry.reason == captures.TOO_LONG


def test_a_line_that_is_too_long_is_one_line_and_the_next_is_read():
    content = b'{"wire_base64":"' + b"A" * (2 * LONGEST_LINE + 9) + b'"}\n' + LINES
    read = entries(content)
    assert read[0] == (1, Unreadable)
    assert len(read) == 1 + len(VECTORS)
    assert read[-1] == (1 + len(VECTORS), Sighting)


def test_an_empty_file_has_no_lines():
    assert entries(b"") == []


def test_lines_come_in_pieces():
    content = b'{"wire_base64":"CAM="}\n' * (TOGETHER + 1)
    assert [len(piece) for piece in pieces(io.BytesIO(content))] == [TOGETHER, 1]


class Endless(io.RawIOBase):
    """A file of many lines that is nowhere in memory."""

    def __init__(self, lines):
        self.lines = lines

    def readline(self, _):
        self.lines -= 1
        return b'{"wire_base64":"CAM="}\n' if self.lines >= 0 else b""


def most_memory(lines):
    tracemalloc.start()
    read = sum(len(piece) for piece in pieces(Endless(lines)))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == lines
    return most


def test_memory_does_not_grow_with_the_file():
    most_memory(TOGETHER)
    assert most_memory(20 * TOGETHER) < 2 * most_memory(2 * TOGETHER)
