"""The layout blocks and the surfaces that may show them.

Sources, read 2026-11-23: docs.slack.dev/reference/block-kit/blocks; the surfaces from
Slack's own docs.slack.dev/blocks.json (stored copy of mid-2026). Of the blocks that the
bot has no use for (card, carousel, container, file, call …) none is known here, so a
payload with one is refused.
"""

from collections.abc import Mapping
from typing import Final

from handlers.render.block_kit import numbers
from handlers.render.block_kit.composition import (
    IMAGE_SOURCE,
    NAME,
    ONE_IMAGE_SOURCE,
    TYPE,
    any_text,
    plain_text,
)
from handlers.render.block_kit.elements import (
    FILE_INPUT,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_INPUT,
    IN_SECTION,
)
from handlers.render.block_kit.rich import BLOCK, PLAN, RICH_TEXT, TABLE, TASK_CARD
from handlers.render.block_kit.rules import (
    Found,
    Rule,
    at_least_one,
    boolean,
    by_type,
    items,
    one_of,
    refuse,
    shape,
    string,
)

MESSAGE: Final = "message"
MODAL: Final = "modal"
HOME: Final = "home"


def _input(elements: Mapping[str, Rule]) -> Rule:
    return shape(
        TYPE
        | {
            "label": plain_text(numbers.INPUT_TEXT),
            "element": by_type(elements, "input element"),
        },
        {
            "hint": plain_text(numbers.INPUT_TEXT),
            "optional": boolean,
            "dispatch_action": boolean,
            **BLOCK,
        },
    )


_EVERYWHERE: Final[Mapping[str, Rule]] = {
    "actions": shape(
        TYPE
        | {
            "elements": items(
                by_type(IN_ACTIONS, "element of an actions block"),
                numbers.ACTIONS_ELEMENTS,
            )
        },
        BLOCK,
    ),
    "context": shape(
        TYPE
        | {
            "elements": items(
                by_type(IN_CONTEXT, "element of a context block"),
                numbers.CONTEXT_ELEMENTS,
            )
        },
        BLOCK,
    ),
    "divider": shape(TYPE, BLOCK),
    "header": shape(TYPE | {"text": plain_text(numbers.HEADER)}, BLOCK),
    "image": shape(
        TYPE | {"alt_text": string(numbers.IMAGE_TEXT)},
        {**IMAGE_SOURCE, "title": plain_text(numbers.IMAGE_TEXT), **BLOCK},
        ONE_IMAGE_SOURCE,
    ),
    "rich_text": RICH_TEXT,
    "section": shape(
        TYPE,
        {
            "text": any_text(numbers.SECTION_TEXT),
            "fields": items(any_text(numbers.FIELD_TEXT), numbers.SECTION_FIELDS),
            "accessory": by_type(IN_SECTION, "accessory of a section"),
            "expand": boolean,
            **BLOCK,
        },
        at_least_one("text", "fields"),
    ),
    "video": shape(
        TYPE
        | {
            "alt_text": string(numbers.IMAGE_TEXT),
            "title": plain_text(numbers.VIDEO_TITLE),
            "thumbnail_url": string(numbers.URL),
            "video_url": string(numbers.URL),
        },
        {
            "author_name": string(numbers.VIDEO_AUTHOR),
            "description": plain_text(numbers.VIDEO_DESCRIPTION),
            "provider_icon_url": string(numbers.URL),
            "provider_name": NAME,
            "title_url": string(numbers.URL),
            **BLOCK,
        },
    ),
}
_MODAL_INPUT: Final = _input({**IN_INPUT, "file_input": FILE_INPUT})
_ALERT: Final = shape(
    TYPE | {"text": any_text(numbers.ALERT_TEXT)},
    {"level": one_of("default", "info", "warning", "error", "success"), **BLOCK},
)
_MARKDOWN: Final = shape(TYPE | {"text": string(numbers.MARKDOWN_TEXT)}, BLOCK)

SURFACES: Final[Mapping[str, Mapping[str, Rule]]] = {
    MESSAGE: {
        **_EVERYWHERE,
        "input": _input(IN_INPUT),
        "markdown": _MARKDOWN,
        "plan": PLAN,
        "table": TABLE,
        "task_card": TASK_CARD,
    },
    MODAL: {**_EVERYWHERE, "input": _MODAL_INPUT, "alert": _ALERT},
    HOME: {**_EVERYWHERE, "input": _input(IN_INPUT), "table": TABLE},
}


def blocks_of(surface: str) -> Rule:
    """Give the rule for one block on a surface: message, modal or home."""
    known = by_type(SURFACES[surface], f"block in a {surface}")
    elsewhere = _blocks_elsewhere(surface)

    def check(value: object, at: str, found: Found) -> None:
        name = value.get("type") if isinstance(value, dict) else None
        if isinstance(name, str) and name in elsewhere:
            message = f"use {name} in a {elsewhere[name]} only, not in a {surface}"
            refuse(found, f"{at}/type", message)
        else:
            known(value, at, found)

    return check


def _blocks_elsewhere(surface: str) -> dict[str, str]:
    places: dict[str, str] = {}
    for other, blocks in SURFACES.items():
        for name in blocks.keys() - SURFACES[surface].keys():
            places[name] = f"{places[name]} or a {other}" if name in places else other
    return places
