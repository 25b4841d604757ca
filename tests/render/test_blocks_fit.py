"""fit(): what a message loses when it is too long, and what it keeps."""

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.render import blocks
from handlers.render.limits import message_problems

# A busy machine is no failure.
_PATIENT = settings(deadline=None)

_SIZES = st.sampled_from([1, 500, 1000, 3000])
_UNITS = st.sampled_from("xü中👍")
_SECTIONS = st.builds(lambda unit, size: blocks.section(unit * size), _UNITS, _SIZES)
_ROW = blocks.actions(blocks.button("Go", action="go", value="v"))
_CARDS = st.lists(
    st.one_of(_SECTIONS, st.just(blocks.divider()), st.just(_ROW)), max_size=70
)


def _within(card):
    return message_problems({"text": "about", "blocks": card}) == ()


def _line(count):
    return blocks.context(f"…and {count} more.")


def _is_line(block):
    return block["type"] == "context"


def _sections(count, size=1):
    return [blocks.section(str(n % 10) * size) for n in range(count)]


def test_what_fits_is_left_as_it_is():
    card = [*_sections(49), _ROW]
    assert blocks.fit(card) == card


def test_no_blocks_stay_no_blocks():
    assert blocks.fit([]) == []


def test_too_many_blocks_lose_their_end():
    card = _sections(60)
    assert blocks.fit(card) == [*card[:49], _line(11)]


def test_too_much_text_loses_its_end():
    card = _sections(5, 2500)
    assert blocks.fit(card) == [*card[:3], _line(2)]


def test_the_buttons_at_the_end_stay():
    card = [*_sections(60), _ROW]
    assert blocks.fit(card) == [*card[:48], _line(12), _ROW]


def test_buttons_between_stay_in_their_place():
    card = [*_sections(3, 2500), _ROW, *_sections(3, 2500)]
    assert blocks.fit(card) == [*card[:3], _ROW, _line(3)]


def test_buttons_go_last_and_from_the_end():
    rows = [
        blocks.actions(blocks.button("G", action=str(n), value="v")) for n in range(60)
    ]
    assert blocks.fit([*_sections(1), *rows]) == [_line(12), *rows[:49]]


def test_a_block_over_the_budget_goes_before_what_could_be_read():
    menu = blocks.static_select("m", [blocks.option("中" * 75, "v")] * 100)
    card = [*_sections(3), blocks.actions(menu), _ROW]
    assert blocks.fit(card) == [*_sections(3), _line(1), _ROW]


def test_the_budget_is_in_bytes():
    card = [blocks.section("ü" * 2000) for _ in range(3)]
    assert blocks.fit(card) == [*card[:2], _line(1)]


@_PATIENT
@given(_CARDS)
def test_a_card_is_within_every_limit_after_fit(card):
    assert _within(blocks.fit(card))


@_PATIENT
@given(_CARDS)
def test_fitting_twice_changes_nothing(card):
    once = blocks.fit(card)
    assert blocks.fit(once) == once


@_PATIENT
@given(_CARDS)
def test_what_is_kept_keeps_its_order_and_what_is_gone_is_counted(card):
    fitted = blocks.fit(card)
    kept = [block for block in fitted if not _is_line(block)]
    rest = iter(card)
    assert all(any(block is other for other in rest) for block in kept)
    lines = [block for block in fitted if _is_line(block)]
    gone = len(card) - len(kept)
    assert lines == ([_line(gone)] if gone else [])


@_PATIENT
@given(_CARDS)
def test_buttons_are_dropped_only_when_nothing_else_is_left(card):
    fitted = blocks.fit(card)
    if fitted.count(_ROW) < card.count(_ROW):
        assert {block["type"] for block in fitted} <= {"actions", "context"}
