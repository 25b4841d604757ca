from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.runbook.fill import fill, named_inputs

INPUTS = {"room": "blue", "participant": None, "packet_type": ""}


def test_inputs_are_filled_in_plainly():
    asked = {"room": "{room}", "words": "in {room}, {room}!", "times": 3}
    assert fill(asked, INPUTS) == {
        "room": "blue",
        "words": "in blue, blue!",
        "times": 3,
    }


def test_what_was_not_given_is_none():
    asked = {"identity": "{participant}", "words": "of {participant}"}
    assert fill(asked, INPUTS) == {"identity": None, "words": None}


def test_an_empty_input_is_an_empty_text():
    assert fill({"kind": "[{packet_type}]"}, INPUTS) == {"kind": "[]"}


def test_what_is_no_input_stays():
    asked = {"query": "{job} {Room} {room.x} {} {0} {room"}
    assert fill(asked, INPUTS) == asked


def test_lists_and_maps_are_filled_too():
    asked = {"a": [{"b": "{room}"}, ("{room}", 1)]}
    assert fill(asked, INPUTS) == {"a": [{"b": "blue"}, ["blue", 1]]}
    assert list(named_inputs(asked)) == ["room", "room"]
    assert list(named_inputs({"a": 1, "b": None})) == []


@settings(deadline=None, max_examples=50)
@given(room=st.text())
def test_what_was_filled_in_is_not_read_again(room):
    assert fill({"x": "{a}|{b}"}, {"a": room, "b": "{a}"}) == {"x": f"{room}|{{a}}"}
