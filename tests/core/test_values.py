import dataclasses
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, dataclass, field

import pytest
from incident_story import Story

from bot.core.values import replace


@dataclass(frozen=True)
class Room:
    name: str
    people: Mapping[str, int] = field(default_factory=dict)


def test_a_copy_has_the_change_and_the_first_keeps_what_it_was():
    before = Room("a", {"ann": 1})
    after = replace(before, name="b")
    assert (before.name, after.name) == ("a", "b")
    assert after.people is before.people
    assert after == Room("b", {"ann": 1})


def test_a_copy_is_as_frozen_as_the_first():
    with pytest.raises(FrozenInstanceError):
        replace(Room("a"), name="b").name = "c"  # type: ignore[misc]


def test_a_field_that_there_is_not_is_refused():
    with pytest.raises(TypeError, match="size"):
        replace(Room("a"), size=1)  # type: ignore[call-arg]


def test_an_incident_is_copied_as_the_library_would():
    state = Story().ranked().state
    assert replace(state, seq=99) == dataclasses.replace(state, seq=99)
