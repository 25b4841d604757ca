"""A value that was seen is not made into a text again, and none is ever lost."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cohrtz.logs.fresh import MOST, Fresh
from bot.cohrtz.logs.heads import PADDING

VALUES = st.lists(st.binary(max_size=60), max_size=20)


def picked(fresh: Fresh, values: list[bytes]) -> list[bytes]:
    text = b"".join(values) + bytes(PADDING)
    words = np.ndarray((len(text) - 7,), "<u8", text, strides=(1,))
    ends = np.cumsum([len(one) for one in values], dtype=np.int64)
    starts = ends - np.array([len(one) for one in values], np.int64)
    return [values[at] for at in fresh.pick(words, starts, ends).tolist()]


@settings(max_examples=100, deadline=None)
@given(VALUES, VALUES)
def test_every_value_is_picked_when_it_is_new(first: list, second: list) -> None:
    fresh = Fresh()
    assert set(picked(fresh, first)) == set(first)
    assert set(picked(fresh, second)) | set(first) == set(first) | set(second)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.binary(min_size=8, max_size=48), max_size=20))
def test_values_of_the_usual_length_are_picked_once(values: list) -> None:
    fresh = Fresh()
    assert sorted(picked(fresh, values + values)) == sorted(set(values))
    assert picked(fresh, values) == []


def test_what_is_kept_is_bounded() -> None:
    fresh = Fresh()
    for part in range(0, 3 * MOST, MOST // 2):
        picked(fresh, [b"value %08d" % n for n in range(part, part + MOST // 2)])
    assert len(fresh._known) <= MOST
