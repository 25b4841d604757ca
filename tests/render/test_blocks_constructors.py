"""The constructors: whatever text they get, Slack takes what they build."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.render import blocks
from handlers.render.limits import message_problems, options_problems, view_problems

# A busy machine is no failure.
_PATIENT = settings(deadline=None)

# Any text, short and over every limit, with letters of several code points and bytes.
_LENGTHS = st.sampled_from([1, 24, 75, 76, 151, 301, 2001, 3001, 5000])
_UNITS = st.sampled_from(
    ["x", "ü", "e\u0301", "🇩🇪", "&amp;", "`", "```\n", " ", "\ud800"]
)
_LONG = st.builds(lambda unit, count: unit * count, _UNITS, _LENGTHS)
_TEXT = st.text(max_size=20) | _LONG


def _taken(*made):
    return message_problems({"text": "about", "blocks": list(made)}) == ()


def _button(label="Go", action="go", **more):
    return blocks.button(label, action=action, value="v", **more)


def _elements(text):
    choice = blocks.option(text, "v")
    sure = blocks.confirm(text, text, text, text)
    return [
        _button(text, style="danger", confirm=sure),
        blocks.static_select("static", [choice], placeholder=text, initial="v"),
        blocks.external_select("external", placeholder=text, initial=choice),
        blocks.radio_buttons("radio", [choice], initial="v"),
    ]


def _single_blocks(text):
    return [
        blocks.header(text),
        blocks.section(text),
        blocks.section(text, accessory=_button(text)),
        blocks.fields([(text, text)] * 3),
        blocks.context(text, text),
        blocks.divider(),
        blocks.actions(*_elements(text), block_id="row"),
        blocks.section(blocks.safe(text)),
        blocks.section(blocks.code(text)),
    ]


@_PATIENT
@given(_TEXT)
def test_slack_takes_each_block_whatever_its_text(text):
    for block in _single_blocks(text):
        assert _taken(*blocks.fit([block])), block["type"]


@_PATIENT
@given(st.lists(_TEXT, max_size=12))
def test_slack_takes_any_card_after_fit(texts):
    card = [block for text in texts for block in _single_blocks(text)]
    for number, block in enumerate(card):
        if "block_id" in block:
            block["block_id"] = f"row-{number}"
    assert _taken(*blocks.fit(card))


@_PATIENT
@given(_TEXT, st.integers(-5, 9000))
def test_slack_takes_each_form_whatever_its_text(text, length):
    field = blocks.text_input(
        "t", multiline=True, max_length=length, initial=text, placeholder=text
    )
    form = [
        blocks.input_block(text, field, block_id="field", hint=text, dispatch=True),
        *(
            blocks.input_block(text, element, block_id=str(n), optional=True)
            for n, element in enumerate(_elements(text)[1:])
        ),
    ]
    view = blocks.modal(text, form, callback_id="open", submit=text or "Go")
    assert view_problems(view) == ()


@_PATIENT
@given(st.lists(_TEXT, max_size=5))
def test_slack_takes_each_list_of_options(labels):
    options = [blocks.option(label, str(n)) for n, label in enumerate(labels)]
    assert options_problems({"options": options}) == ()


@pytest.mark.parametrize("text", ["", "  ", "\n"])
def test_text_without_content_becomes_a_dash(text):
    assert blocks.plain(text, 10)["text"] == "—"
    assert blocks.mrkdwn(text, 10)["text"] == "—"


def test_bare_words_are_not_made_into_mentions():
    assert blocks.mrkdwn("@here", 10)["verbatim"] is True


def test_a_section_may_carry_an_accessory():
    button = _button()
    assert blocks.section("a", accessory=button)["accessory"] is button
    assert "accessory" not in blocks.section("a")


def test_fields_show_a_label_over_its_value():
    (field,) = blocks.fields([("State", "open")])["fields"]
    assert field["text"] == "*State*\nopen"


def test_a_long_label_leaves_room_for_its_value():
    (field,) = blocks.fields([("l" * 3000, "the value")])["fields"]
    assert field["text"].endswith("the value")


@pytest.mark.parametrize(
    "made",
    [
        blocks.fields([(str(n), "v") for n in range(13)])["fields"],
        blocks.context(*map(str, range(13)))["elements"],
    ],
    ids=["fields", "context"],
)
def test_the_tenth_of_a_longer_list_counts_the_rest(made):
    assert len(made) == 10
    assert made[-1]["text"] == "…and 4 more."


def test_ten_are_shown_without_counting():
    assert blocks.context(*map(str, range(10)))["elements"][-1]["text"] == "9"


def test_an_initial_choice_that_is_gone_is_left_out():
    options = [blocks.option("A", "a"), blocks.option("B", "b")]
    assert blocks.static_select("s", options, initial="b")["initial_option"] == (
        blocks.option("B", "b")
    )
    assert "initial_option" not in blocks.static_select("s", options, initial="c")
    assert "initial_option" not in blocks.radio_buttons("s", options)


def test_a_text_input_starts_with_no_more_than_it_takes():
    field = blocks.text_input("t", max_length=5, initial="abcdefgh")
    assert field["initial_value"] == "abcd…"
    assert "initial_value" not in blocks.text_input("t")


def test_a_modal_may_have_no_buttons():
    view = blocks.modal(
        "T", [blocks.divider()], callback_id="c", submit=None, close=None
    )
    assert "submit" not in view
    assert "close" not in view
    assert view_problems(view) == ()


def test_a_modal_carries_its_metadata_back():
    view = blocks.modal("T", [blocks.divider()], callback_id="c", private_metadata="7")
    assert view["private_metadata"] == "7"


_MISTAKES = {
    "a long action": lambda: _button(action="a" * 256),
    "no action": lambda: _button(action=""),
    "a long value": lambda: blocks.button("a", action="a", value="v" * 2001),
    "a style of its own": lambda: _button(style="red"),
    "a long option value": lambda: blocks.option("a", "v" * 151),
    "no options": lambda: blocks.static_select("a", []),
    "101 options": lambda: blocks.static_select("a", [blocks.option("a", "a")] * 101),
    "11 radio buttons": lambda: blocks.radio_buttons(
        "a", [blocks.option("a", "a")] * 11
    ),
    "no elements": blocks.actions,
    "26 elements": lambda: blocks.actions(*(_button(action=str(n)) for n in range(26))),
    "an action twice": lambda: blocks.actions(_button(), _button()),
    "a long block_id": lambda: blocks.actions(_button(), block_id="b" * 256),
    "no texts": blocks.context,
    "no pairs": lambda: blocks.fields([]),
    "101 blocks": lambda: blocks.modal("t", [blocks.divider()] * 101, callback_id="c"),
    "long metadata": lambda: blocks.modal(
        "t", [], callback_id="c", private_metadata="x" * 3001
    ),
    "a long callback": lambda: blocks.modal("t", [], callback_id="c" * 256),
}


@pytest.mark.parametrize("mistake", _MISTAKES.values(), ids=_MISTAKES.keys())
def test_what_must_not_be_cut_is_refused(mistake):
    with pytest.raises(ValueError, match=r"\d|action_id|danger|least one"):
        mistake()
