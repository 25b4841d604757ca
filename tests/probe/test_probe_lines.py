"""What parent and child say to each other, line by line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.probe.lines import (
    LINE_LIMIT,
    NAME_LIMIT,
    PACKET_LIMIT,
    Connected,
    Errand,
    Heard,
    Left,
    Refused,
    read,
    read_errand,
    write,
    write_errand,
)

TOLD = st.one_of(
    st.just(Connected()),
    st.builds(
        Heard,
        at=st.floats(0, 4e9),
        sender=st.none() | st.text(min_size=1, max_size=NAME_LIMIT),
        wire=st.binary(max_size=300),
    ),
    st.builds(Refused, words=st.text(max_size=100)),
    st.builds(Left, why=st.text(max_size=40), dropped=st.integers(0, 10**6)),
)


@given(TOLD)
def test_what_is_told_is_read_back(told):
    assert read(write(told)) == told


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_any_other_line_is_refused(noise):
    with pytest.raises(ValueError):  # noqa: PT011  whatever is wrong with it
        read(noise)


@given(
    st.dictionaries(
        st.sampled_from(["ev", "at", "sender", "wire", "why", "dropped", "words"]),
        st.none() | st.sampled_from(["heard", "left", "e30=", "é"]) | st.floats(),
    )
)
def test_any_object_is_read_or_refused(fields):
    line = json.dumps(fields).encode()
    try:
        told = read(line)
    except ValueError:
        return
    assert isinstance(told, Heard | Left | Refused | Connected)


def test_the_largest_packet_with_the_longest_name_fits_a_line():
    longest = Heard(1e9, "\U0001f600" * NAME_LIMIT, bytes(PACKET_LIMIT))
    assert len(write(longest)) < LINE_LIMIT
    assert read(write(longest)) == longest


@pytest.mark.parametrize(
    "wrong",
    [
        Heard(1e9, "x" * (NAME_LIMIT + 1), b""),
        Heard(1e9, None, bytes(PACKET_LIMIT + 1)),
        Heard(float("nan"), None, b""),
        Left("time", -1),
    ],
)
def test_what_is_out_of_bounds_is_refused(wrong):
    with pytest.raises(ValueError):  # noqa: PT011  whatever is wrong with it
        read(write(wrong))


def test_an_errand_is_read_back_and_does_not_show_its_token():
    errand = Errand("ws://x", "secret", 8.0)
    assert read_errand(write_errand(errand)) == errand
    assert "secret" not in repr(errand)


def heard(**odd):
    said = {"ev": "heard", "at": 1.0, "sender": "user:a", "wire": "", **odd}
    return read(json.dumps(said).encode())


@pytest.mark.parametrize("at", [10**400, 1e999, "now", None])
def test_a_time_that_cannot_be_is_refused(at):
    with pytest.raises(ValueError, match=r"probe's|no time"):
        heard(at=at)


def test_half_a_character_in_a_name_is_replaced():
    assert heard(sender="a\ud800b").sender == "a?b"
