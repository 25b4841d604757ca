"""Blocks and elements: each limit at its edge, each wrong shape at its place."""

import pytest
from limits_samples import (
    BUTTON,
    CONFIRM,
    FILE,
    IMAGE,
    MRKDWN,
    MULTI,
    OPTION,
    OTHER,
    PLAIN,
    STATIC,
    TABLE,
    TASK,
    TEXT,
    TYPED,
    VIDEO,
    ask,
    line,
    rich,
)

from handlers.render.limits import message_problems


def _pointers(block):
    found = message_problems({"text": "about", "blocks": [block]})
    assert {problem.code for problem in found} <= {"invalid_blocks"}
    return [problem.pointer.removeprefix("/blocks/0") for problem in found]


def _text(count, kind="plain_text"):
    return {"type": kind, "text": "x" * count}


def _row(*elements):
    return {"type": "actions", "elements": list(elements)}


def _select(**more):
    return _row({"type": "static_select", "action_id": "a", **more})


def _options(count):
    return [{"text": PLAIN, "value": str(n)} for n in range(count)]


def _cells(rows, columns):
    return [[{"type": "raw_text", "text": "c"}] * columns] * rows


_AT_ITS_LIMIT = {
    "header": lambda n: {"type": "header", "text": _text(n + 150)},
    "section text": lambda n: {"type": "section", "text": _text(n + 3000)},
    "fields": lambda n: {"type": "section", "fields": [PLAIN] * (n + 10)},
    "field text": lambda n: {"type": "section", "fields": [_text(n + 2000)]},
    "block_id": lambda n: {"type": "divider", "block_id": "b" * (n + 255)},
    "context": lambda n: {"type": "context", "elements": [MRKDWN] * (n + 10)},
    "actions": lambda n: _row(*[{"type": "button", "text": PLAIN}] * (n + 25)),
    "button text": lambda n: _row({**BUTTON, "text": _text(n + 75)}),
    "button value": lambda n: _row({**BUTTON, "value": "v" * (n + 2000)}),
    "button url": lambda n: _row({**BUTTON, "url": "u" * (n + 3000)}),
    "action_id": lambda n: _row({**BUTTON, "action_id": "a" * (n + 255)}),
    "confirm title": lambda n: _row(
        {**BUTTON, "confirm": {**CONFIRM, "title": _text(n + 100)}}
    ),
    "confirm text": lambda n: _row(
        {**BUTTON, "confirm": {**CONFIRM, "text": _text(n + 300)}}
    ),
    "confirm yes": lambda n: _row(
        {**BUTTON, "confirm": {**CONFIRM, "confirm": _text(n + 30)}}
    ),
    "options": lambda n: _select(options=_options(n + 100)),
    "option text": lambda n: _select(options=[{**OTHER, "text": _text(n + 75)}]),
    "option value": lambda n: _select(options=[{**OTHER, "value": "v" * (n + 150)}]),
    "placeholder": lambda n: _select(options=[OTHER], placeholder=_text(n + 150)),
    "overflow": lambda n: _row({"type": "overflow", "options": _options(n + 5)}),
    "radio": lambda n: _row({"type": "radio_buttons", "options": _options(n + 10)}),
    "checkboxes": lambda n: _row({"type": "checkboxes", "options": _options(n + 10)}),
    "label": lambda n: {**ask(STATIC), "label": _text(n + 2000)},
    "hint": lambda n: {**ask(STATIC), "hint": _text(n + 2000)},
    "typed": lambda n: ask({**TYPED[0], "max_length": n + 3000}),
    "alt_text": lambda n: {**IMAGE, "alt_text": "a" * (n + 2000)},
    "video title": lambda n: {**VIDEO, "title": _text(n + 199)},
    "table rows": lambda n: {"type": "table", "rows": _cells(n + 100, 1)},
    "table columns": lambda n: {"type": "table", "rows": _cells(1, n + 20)},
    "plan": lambda n: {"type": "plan", "title": "p", "tasks": [TASK] * (n + 50)},
}


@pytest.mark.parametrize("block", _AT_ITS_LIMIT.values(), ids=_AT_ITS_LIMIT.keys())
def test_a_limit_is_kept_and_one_more_is_refused(block):
    assert _pointers(block(0)) == []
    assert len(_pointers(block(1))) == 1


_WRONG = {
    "an unknown block": ({"type": "sektion"}, ["/type"]),
    "a block without a type": ({"text": PLAIN}, ["/type"]),
    "a block that is a list": ([], [""]),
    "a block that Slack knows and the bot does not": ({"type": "card"}, ["/type"]),
    "an unknown key": ({"type": "divider", "a/b~": 1}, ["/a~1b~0"]),
    "an empty section": ({"type": "section"}, [""]),
    "an empty text": ({"type": "section", "text": _text(0)}, ["/text/text"]),
    "a header in mrkdwn": ({"type": "header", "text": MRKDWN}, ["/text/type"]),
    "a text that is a string": ({"type": "header", "text": "Hi"}, ["/text"]),
    "emoji in mrkdwn": (
        {"type": "section", "text": {**MRKDWN, "emoji": True}},
        ["/text/emoji"],
    ),
    "no actions": (_row(), ["/elements"]),
    "an action_id that is empty": (
        _row({**BUTTON, "action_id": ""}),
        ["/elements/0/action_id"],
    ),
    "an unknown style": (_row({**BUTTON, "style": "red"}), ["/elements/0/style"]),
    "null for a style": (_row({**BUTTON, "style": None}), ["/elements/0/style"]),
    "a disabled button": (
        _row({**BUTTON, "disabled": True}),
        ["/elements/0/disabled"],
    ),
    "a text input in a row": (_row(TYPED[0]), ["/elements/0/type"]),
    "a multi select in a row": (_row(MULTI[0]), ["/elements/0/type"]),
    "a button as an input": (ask(BUTTON), ["/element/type"]),
    "a file input in a message": (ask(FILE), ["/element/type"]),
    "an image without a source": (
        {"type": "image", "alt_text": "a"},
        [""],
    ),
    "an image with two": (
        {**IMAGE, "slack_file": {"url": "https://e.org"}},
        [""],
    ),
    "an image without words": (
        {"type": "image", "image_url": "https://e.org"},
        ["/alt_text"],
    ),
    "a select without options": (_select(), ["/elements/0"]),
    "a select with options and groups": (
        _select(options=[OPTION], option_groups=[{"label": PLAIN, "options": [OTHER]}]),
        ["/elements/0"],
    ),
    "an initial option that is not offered": (
        _select(options=[OPTION], initial_option=OTHER),
        ["/elements/0/initial_option"],
    ),
    "an initial option of another group": (
        {
            "type": "section",
            "text": PLAIN,
            "accessory": {**MULTI[0], "initial_options": [OPTION, OTHER]},
        },
        ["/accessory/initial_options/1"],
    ),
    "a url outside an overflow": (
        _select(options=[{**OTHER, "url": "https://e.org"}]),
        ["/elements/0/options/0/url"],
    ),
    "a date that is none": (
        _row({"type": "datepicker", "initial_date": "23.11.2026"}),
        ["/elements/0/initial_date"],
    ),
    "an empty filter": (
        _row({"type": "conversations_select", "filter": {}}),
        ["/elements/0/filter"],
    ),
    "a true number": (
        _row({"type": "external_select", "min_query_length": True}),
        ["/elements/0/min_query_length"],
    ),
    "a number that is no string": (
        ask({**TYPED[1], "initial_value": 3}),
        ["/element/initial_value"],
    ),
    "more text than the field takes": (
        ask({"type": "plain_text_input", "max_length": 2, "initial_value": "abc"}),
        ["/element/initial_value"],
    ),
    "a shortest text over the longest": (
        ask({"type": "plain_text_input", "min_length": 9, "max_length": 2}),
        ["/element/min_length"],
    ),
    "a broadcast to all": (
        rich(line({"type": "broadcast", "range": "all"})),
        ["/elements/0/elements/0/range"],
    ),
    "an empty leaf": (
        rich(line({"type": "text", "text": ""})),
        ["/elements/0/elements/0/text"],
    ),
    "a list in a list": (
        rich({"type": "rich_text_list", "style": "bullet", "elements": [TEXT]}),
        ["/elements/0/elements/0/type"],
    ),
    "an empty cell": (
        {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]},
        ["/rows/0/0/text"],
    ),
    "a cell in mrkdwn": ({"type": "table", "rows": [[MRKDWN]]}, ["/rows/0/0/type"]),
    "a row that is no list": ({"type": "table", "rows": [{}]}, ["/rows/0"]),
    "an alignment": (
        {**TABLE, "column_settings": [{"align": "middle"}]},
        ["/column_settings/0/align"],
    ),
    "a task that waits alone": ({**TASK, "status": "pending"}, ["/status"]),
    "a task in a state of its own": (
        {"type": "plan", "title": "p", "tasks": [{**TASK, "status": "done"}]},
        ["/tasks/0/status"],
    ),
    "a plan without a title": ({"type": "plan", "tasks": [TASK]}, ["/title"]),
    "an alert in a message": ({"type": "alert", "text": PLAIN}, ["/type"]),
}


@pytest.mark.parametrize(("block", "pointers"), _WRONG.values(), ids=_WRONG.keys())
def test_a_wrong_shape_is_refused_at_its_place(block, pointers):
    assert _pointers(block) == pointers


def test_the_cells_of_a_table_share_10000_characters():
    wide = {"type": "raw_text", "text": "x" * 2501}
    found = message_problems(
        {"text": "a", "blocks": [{"type": "table", "rows": [[wide] * 4]}]}
    )
    assert "/blocks/0/rows" in [problem.pointer for problem in found]
