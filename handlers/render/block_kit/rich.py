"""Rich text, and the table and task cards that are made of it.

Source: docs.slack.dev/reference/block-kit/blocks (rich-text, table, task-card, plan),
read 2026-11-23. Rich text leaves are shown as they are: Slack parses no markup in them.
"""

from collections.abc import Mapping
from typing import Final

from handlers.render.block_kit import numbers
from handlers.render.block_kit.budget import text_length
from handlers.render.block_kit.composition import IDENTIFIER, NAME, TYPE
from handlers.render.block_kit.rules import (
    Found,
    Rule,
    boolean,
    by_type,
    integer,
    items,
    one_of,
    refuse,
    shape,
    string,
)

BLOCK: Final[Mapping[str, Rule]] = {"block_id": IDENTIFIER}

_STYLES: Final = ("bold", "italic", "strike", "underline", "code")
_MENTION_STYLES: Final = ("highlight", "client_highlight", "unlink")
_STYLE: Final = shape({}, dict.fromkeys(_STYLES, boolean))
_STYLED: Final = {"style": _STYLE}
_MENTION: Final = {
    "style": shape({}, dict.fromkeys(_STYLES + _MENTION_STYLES, boolean))
}

_TEXT: Final = shape(TYPE | {"text": string()}, _STYLED)
_LINK: Final = shape(
    TYPE | {"url": string(numbers.URL)},
    {"text": string(), "unsafe": boolean, **_STYLED},
)
_PARTS: Final[Mapping[str, Rule]] = {
    "text": _TEXT,
    "link": _LINK,
    "emoji": shape(
        TYPE | {"name": NAME},
        {"unicode": NAME, "skin_tone": integer(1, 6), **_STYLED},
    ),
    "user": shape(TYPE | {"user_id": NAME}, _MENTION),
    "usergroup": shape(TYPE | {"usergroup_id": NAME}, _MENTION),
    "channel": shape(TYPE | {"channel_id": NAME}, _MENTION),
    "team": shape(TYPE | {"team_id": NAME}, _MENTION),
    "broadcast": shape(
        TYPE | {"range": one_of("here", "channel", "everyone")}, _STYLED
    ),
    "color": shape(TYPE | {"value": NAME}, _STYLED),
    "date": shape(
        TYPE | {"timestamp": integer(), "format": NAME},
        {"url": string(numbers.URL), "fallback": string(), **_STYLED},
    ),
}
_RUN: Final = items(by_type(_PARTS, "part of rich text"))
_BORDER: Final = {"border": integer(0, 1)}
_SECTION: Final = shape(TYPE | {"elements": _RUN}, {})
_LISTED: Final = by_type({"rich_text_section": _SECTION}, "entry of a list")
_LIST: Final = shape(
    TYPE | {"elements": items(_LISTED), "style": one_of("bullet", "ordered")},
    {"indent": integer(0, numbers.LIST_INDENT), "offset": integer(), **_BORDER},
)
_FIXED: Final = items(by_type({"text": _TEXT, "link": _LINK}, "part of fixed text"))
_PREFORMATTED: Final = shape(TYPE | {"elements": _FIXED}, {**_BORDER, "language": NAME})
_ELEMENTS: Final = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_list": _LIST,
        "rich_text_preformatted": _PREFORMATTED,
        "rich_text_quote": shape(TYPE | {"elements": _RUN}, _BORDER),
    },
    "element of rich text",
)
RICH_TEXT: Final = shape(TYPE | {"elements": items(_ELEMENTS)}, BLOCK)
_ONE_RICH_TEXT: Final = by_type({"rich_text": RICH_TEXT}, "text of a task")


def _table_text(value: Mapping[str, object], at: str, found: Found) -> None:
    length = text_length(value)
    if length > numbers.TABLE_TEXT:
        message = (
            f"cut the cells to {numbers.TABLE_TEXT} characters, they have {length}"
        )
        refuse(found, f"{at}/rows", message)


# Slack's page lists raw_number too; authors of slack-go found it refused in a post
# (June 2026), and it shows nothing that raw_text cannot. An empty cell text is refused.
_CELL: Final = by_type(
    {"raw_text": shape(TYPE | {"text": string()}, {}), "rich_text": RICH_TEXT}, "cell"
)
_COLUMN: Final = shape(
    {}, {"align": one_of("left", "center", "right"), "is_wrapped": boolean}
)


def _column(value: object, at: str, found: Found) -> None:
    # Slack takes null for a column without settings of its own.
    if value is not None:
        _COLUMN(value, at, found)


TABLE: Final = shape(
    TYPE | {"rows": items(items(_CELL, numbers.TABLE_COLUMNS), numbers.TABLE_ROWS)},
    {"column_settings": items(_column, numbers.TABLE_COLUMNS), **BLOCK},
    _table_text,
)


def _task_card(*states: str) -> Rule:
    source = shape(TYPE | {"url": string(numbers.URL), "text": string()}, {})
    return shape(
        TYPE | {"task_id": NAME, "title": string()},
        {
            "status": one_of(*states),
            "details": _ONE_RICH_TEXT,
            "output": _ONE_RICH_TEXT,
            "sources": items(by_type({"url": source}, "source")),
            **BLOCK,
        },
    )


# Only a task inside a plan may be pending: slack_sdk and Slack's page list it for both,
# an independent schema reports that Slack refuses it alone. The stricter one stands.
TASK_CARD: Final = _task_card("in_progress", "complete", "error")
_PLANNED: Final = _task_card("pending", "in_progress", "complete", "error")
PLAN: Final = shape(
    TYPE | {"title": string()},
    {
        "tasks": items(by_type({"task_card": _PLANNED}, "task"), numbers.PLAN_TASKS),
        **BLOCK,
    },
)
