"""Views and options: surfaces, the submit button, focus, titles."""

import pytest
from limits_samples import (
    EVERYWHERE,
    HOME,
    MODAL,
    OPTION,
    OTHER,
    PLAIN,
    STATIC,
    TABLE,
    TASK,
    TYPED,
    ask,
)

from handlers.render.limits import message_problems, options_problems, view_problems


def _refused(view):
    found = view_problems(view)
    assert {problem.code for problem in found} <= {"invalid_arguments"}
    return [problem.pointer for problem in found]


def _modal(*blocks, **more):
    return {"type": "modal", "title": PLAIN, "blocks": list(blocks), **more}


@pytest.mark.parametrize("view", [MODAL, HOME], ids=["modal", "home"])
def test_a_view_with_every_known_block_is_taken(view):
    assert view_problems(view) == ()


def _words(count):
    return {"type": "plain_text", "text": "x" * count}


def _surfaces(block):
    message = {"text": "about", "blocks": [block]}
    home = {"type": "home", "blocks": [block]}
    return [
        not message_problems(message),
        not view_problems(_modal(block, submit=PLAIN)),
        not view_problems(home),
    ]


@pytest.mark.parametrize("block", EVERYWHERE)
def test_a_common_block_is_taken_on_every_surface(block):
    assert _surfaces(block) == [True, True, True]


@pytest.mark.parametrize(
    ("block", "surfaces"),
    [
        ({"type": "alert", "text": PLAIN}, [False, True, False]),
        ({"type": "markdown", "text": "# A"}, [True, False, False]),
        ({"type": "plan", "title": "Runbook"}, [True, False, False]),
        (TASK, [True, False, False]),
        (TABLE, [True, False, True]),
        (ask({"type": "file_input"}), [False, True, False]),
    ],
    ids=["alert", "markdown", "plan", "task_card", "table", "file_input"],
)
def test_a_block_is_taken_only_where_slack_shows_it(block, surfaces):
    assert _surfaces(block) == surfaces


def test_an_alert_has_200_characters():
    assert _refused(_modal({"type": "alert", "text": _words(200)})) == []
    assert _refused(_modal({"type": "alert", "text": _words(201)})) == [
        "/blocks/0/text/text"
    ]


def test_a_block_for_elsewhere_says_where_it_belongs():
    (problem,) = message_problems(
        {"text": "about", "blocks": [{"type": "alert", "text": PLAIN}]}
    )
    assert problem.message == "use alert in a modal only, not in a message"
    (problem,) = view_problems(_modal(TABLE))
    assert problem.message == "use table in a message or a home only, not in a modal"


def test_a_modal_with_an_input_needs_a_submit():
    assert _refused(_modal(ask(STATIC))) == ["/submit"]
    assert _refused(_modal(ask(STATIC), submit=PLAIN)) == []
    assert _refused(_modal({"type": "divider"})) == []


def test_a_home_page_needs_no_submit():
    assert _refused({"type": "home", "blocks": [ask(STATIC)]}) == []


def test_one_element_has_the_focus():
    focused = {**STATIC, "focus_on_load": True}
    view = _modal(ask(focused), ask(TYPED[0]), submit=PLAIN)
    assert _refused(view) == ["/blocks/1/element/focus_on_load"]


@pytest.mark.parametrize("key", ["title", "submit", "close"])
def test_the_words_around_a_modal_have_24_characters(key):
    view = _modal({"type": "divider"})
    assert _refused({**view, key: _words(24)}) == []
    assert _refused({**view, key: _words(25)}) == [f"/{key}/text"]


@pytest.mark.parametrize(
    ("key", "most"),
    [("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)],
)
def test_what_a_view_carries_back_is_limited(key, most):
    assert _refused(_modal({"type": "divider"}, **{key: "x" * most})) == []
    assert _refused(_modal({"type": "divider"}, **{key: "x" * (most + 1)})) == [
        f"/{key}"
    ]


def test_a_view_has_at_most_100_blocks():
    assert _refused(_modal(*[{"type": "divider"}] * 100)) == []
    assert _refused(_modal(*[{"type": "divider"}] * 101)) == ["/blocks"]


def test_a_view_is_a_modal_or_a_home():
    assert _refused({"type": "page", "blocks": []}) == ["/type"]
    assert _refused({**HOME, "title": PLAIN}) == ["/title"]
    assert _refused({"type": "modal", "blocks": [{"type": "divider"}]}) == ["/title"]


def test_a_block_id_is_unique_in_a_view():
    twice = {"type": "divider", "block_id": "a"}
    assert _refused(_modal(twice, twice)) == ["/blocks/1/block_id"]


def test_a_view_of_more_than_250_kilobytes_is_too_large():
    options = [{"text": PLAIN, "value": str(n) * 75} for n in range(10, 99)]
    menus = [{**STATIC, "options": options, "action_id": str(n)} for n in range(25)]
    for menu in menus:
        menu.pop("initial_option")
    row = {"type": "actions", "elements": menus}
    codes = {problem.code for problem in view_problems(_modal(row))}
    assert codes == {"view_too_large"}


def test_an_answer_has_options_or_groups():
    group = {"label": PLAIN, "options": [OPTION]}
    assert options_problems({"options": [OPTION, OTHER]}) == ()
    assert options_problems({"options": []}) == ()
    assert options_problems({"option_groups": [group]}) == ()


@pytest.mark.parametrize(
    ("answer", "pointer"),
    [
        ({}, ""),
        ({"options": [], "option_groups": []}, ""),
        ({"options": [OTHER] * 101}, "/options"),
        ({"options": [{"text": PLAIN}]}, "/options/0/value"),
        ({"options": [{"text": "A", "value": "a"}]}, "/options/0/text"),
        ({"options": [], "more": 1}, "/more"),
        ({"option_groups": [{"label": PLAIN}]}, "/option_groups/0/options"),
    ],
)
def test_a_wrong_answer_is_refused_at_its_place(answer, pointer):
    (problem,) = options_problems(answer)
    assert (problem.pointer, problem.code) == (pointer, "invalid_arguments")
