"""The composition objects: text, option, confirmation, filter, trigger, file.

Source: docs.slack.dev/reference/block-kit/composition-objects, read 2026-11-23.
"""

from collections.abc import Mapping
from typing import Final

from handlers.render.block_kit import numbers
from handlers.render.block_kit.rules import (
    Found,
    Rule,
    anything,
    at_least_one,
    boolean,
    by_type,
    exactly_one,
    items,
    one_of,
    refuse,
    shape,
    string,
)

IDENTIFIER = string(numbers.IDENTIFIER)
# An id, a name or a token that Slack gave or that the bot made up.
NAME = string(numbers.IDENTIFIER)
TYPE: Final[dict[str, Rule]] = {"type": anything}


def plain_text(most: int = numbers.TEXT) -> Rule:
    """Ask for a plain_text object of 1 to `most` characters."""
    return by_type({"plain_text": _plain(most)}, "text")


def text_rules(most: int = numbers.TEXT) -> dict[str, Rule]:
    """Give the rules for both kinds of text object, by type."""
    return {"plain_text": _plain(most), "mrkdwn": _mrkdwn(most)}


def any_text(most: int = numbers.TEXT) -> Rule:
    """Ask for either kind of text object of 1 to `most` characters."""
    return by_type(text_rules(most), "text")


def _plain(most: int) -> Rule:
    return shape(TYPE | {"text": string(most)}, {"emoji": boolean})


def _mrkdwn(most: int) -> Rule:
    return shape(TYPE | {"text": string(most)}, {"verbatim": boolean})


def option(text: Rule, **more: Rule) -> Rule:
    """Ask for an option whose label and description keep the rule `text`."""
    required = {"text": text, "value": string(numbers.OPTION_VALUE)}
    return shape(required, {"description": text, **more})


OPTION = option(plain_text(numbers.OPTION_TEXT))
CHOICE = option(any_text(numbers.OPTION_TEXT))
OVERFLOW_OPTION = option(plain_text(numbers.OPTION_TEXT), url=string(numbers.URL))
OPTIONS = items(OPTION, numbers.OPTIONS)
OPTION_GROUP = shape({"label": plain_text(numbers.OPTION_TEXT), "options": OPTIONS}, {})
OPTION_GROUPS = items(OPTION_GROUP, numbers.OPTIONS)

CONFIRM = shape(
    {
        "title": plain_text(numbers.CONFIRM_TITLE),
        "text": any_text(numbers.CONFIRM_TEXT),
        "confirm": plain_text(numbers.CONFIRM_BUTTON),
        "deny": plain_text(numbers.CONFIRM_BUTTON),
    },
    {"style": one_of("primary", "danger")},
)

CONVERSATION_FILTER = shape(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    },
    at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),
)

DISPATCH = shape(
    {},
    {
        "trigger_actions_on": items(
            one_of("on_enter_pressed", "on_character_entered"), 2
        )
    },
)

SLACK_FILE = shape(
    {}, {"id": NAME, "url": string(numbers.URL)}, exactly_one("id", "url")
)

IMAGE_SOURCE: Mapping[str, Rule] = {
    "image_url": string(numbers.URL),
    "slack_file": SLACK_FILE,
}
ONE_IMAGE_SOURCE = exactly_one("image_url", "slack_file")


def initial_is_offered(value: Mapping[str, object], at: str, found: Found) -> None:
    """Refuse an initial option that is not, letter for letter, among the options."""
    offered = _offered(value)
    for key, chosen in _initial(value):
        if chosen not in offered:
            refuse(found, f"{at}/{key}", "choose an initial option from the options")


def _offered(element: Mapping[str, object]) -> list[object]:
    offered = _entries(element.get("options"))
    for group in _entries(element.get("option_groups")):
        offered += _entries(group.get("options") if isinstance(group, dict) else None)
    return offered


def _initial(element: Mapping[str, object]) -> list[tuple[str, object]]:
    several = _entries(element.get("initial_options"))
    found = [(f"initial_options/{n}", chosen) for n, chosen in enumerate(several)]
    if "initial_option" in element:
        found.append(("initial_option", element["initial_option"]))
    return found


def _entries(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []
