"""The block elements and the blocks that may hold them.

Source: docs.slack.dev/reference/block-kit/block-elements, read 2026-11-23; keys checked
against slack_sdk 3.47.
"""

from collections.abc import Mapping
from typing import Final

from handlers.render.block_kit import numbers
from handlers.render.block_kit.composition import (
    CHOICE,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH,
    IDENTIFIER,
    IMAGE_SOURCE,
    NAME,
    ONE_IMAGE_SOURCE,
    OPTION,
    OPTION_GROUPS,
    OPTIONS,
    OVERFLOW_OPTION,
    TYPE,
    initial_is_offered,
    plain_text,
    text_rules,
)
from handlers.render.block_kit.rules import (
    Found,
    Rule,
    boolean,
    exactly_one,
    integer,
    items,
    one_of,
    pattern,
    refuse,
    shape,
    string,
)

_ACTED: Final[Mapping[str, Rule]] = {"action_id": IDENTIFIER, "confirm": CONFIRM}
_FOCUSED: Final[Mapping[str, Rule]] = {**_ACTED, "focus_on_load": boolean}
_PLACED: Final[Mapping[str, Rule]] = {
    **_FOCUSED,
    "placeholder": plain_text(numbers.PLACEHOLDER),
}
_TYPED: Final[Mapping[str, Rule]] = {
    "action_id": IDENTIFIER,
    "focus_on_load": boolean,
    "placeholder": plain_text(numbers.PLACEHOLDER),
    "dispatch_action_config": DISPATCH,
}
_STATIC: Final[Mapping[str, Rule]] = {
    **_PLACED,
    "options": OPTIONS,
    "option_groups": OPTION_GROUPS,
}
_SEVERAL: Final[Mapping[str, Rule]] = {"max_selected_items": integer(1)}
_IDS: Final = items(NAME)
_NUMBER: Final = pattern(r"-?\d+(\.\d+)?", "a number as a string")


def _lengths_in_order(value: Mapping[str, object], at: str, found: Found) -> None:
    least, most = value.get("min_length"), value.get("max_length")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        refuse(found, f"{at}/min_length", f"ask for at most max_length, {most}")


def _initial_fits(value: Mapping[str, object], at: str, found: Found) -> None:
    text = value.get("initial_value")
    most = value.get("max_length")
    if isinstance(text, str) and isinstance(most, int) and len(text) > most:
        refuse(found, f"{at}/initial_value", f"cut to max_length, {most} characters")


_BUTTON: Final = shape(
    TYPE | {"text": plain_text(numbers.BUTTON_TEXT)},
    {
        **_ACTED,
        "url": string(numbers.URL),
        "value": string(numbers.BUTTON_VALUE),
        "style": one_of("primary", "danger"),
        "accessibility_label": string(numbers.ACCESSIBILITY_LABEL),
    },
)
IMAGE: Final = shape(
    TYPE | {"alt_text": string(numbers.IMAGE_TEXT)}, IMAGE_SOURCE, ONE_IMAGE_SOURCE
)
_OVERFLOW: Final = shape(
    TYPE | {"options": items(OVERFLOW_OPTION, numbers.OVERFLOW_OPTIONS)}, _ACTED
)
_CHOICES: Final = TYPE | {"options": items(CHOICE, numbers.CHOICES)}
_RADIO: Final = shape(
    _CHOICES, {**_FOCUSED, "initial_option": CHOICE}, initial_is_offered
)
_CHECKBOXES: Final = shape(
    _CHOICES,
    {**_FOCUSED, "initial_options": items(CHOICE, numbers.CHOICES)},
    initial_is_offered,
)
_DATES: Final = pattern(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", "YYYY-MM-DD")
_DATEPICKER: Final = shape(TYPE, {**_PLACED, "initial_date": _DATES})

_CONVERSATIONS: Final[Mapping[str, Rule]] = {
    **_PLACED,
    "default_to_current_conversation": boolean,
    "filter": CONVERSATION_FILTER,
}
_SELECTS: Final[Mapping[str, Rule]] = {
    "static_select": shape(
        TYPE,
        {**_STATIC, "initial_option": OPTION},
        exactly_one("options", "option_groups"),
        initial_is_offered,
    ),
    "external_select": shape(
        TYPE, {**_PLACED, "initial_option": OPTION, "min_query_length": integer()}
    ),
    "users_select": shape(TYPE, {**_PLACED, "initial_user": NAME}),
    "conversations_select": shape(
        TYPE,
        {
            **_CONVERSATIONS,
            "initial_conversation": NAME,
            "response_url_enabled": boolean,
        },
    ),
}
_MULTI_SELECTS: Final[Mapping[str, Rule]] = {
    "multi_static_select": shape(
        TYPE,
        {**_STATIC, **_SEVERAL, "initial_options": OPTIONS},
        exactly_one("options", "option_groups"),
        initial_is_offered,
    ),
    "multi_external_select": shape(
        TYPE,
        {
            **_PLACED,
            **_SEVERAL,
            "initial_options": OPTIONS,
            "min_query_length": integer(),
        },
    ),
    "multi_users_select": shape(TYPE, {**_PLACED, **_SEVERAL, "initial_users": _IDS}),
    "multi_conversations_select": shape(
        TYPE, {**_CONVERSATIONS, **_SEVERAL, "initial_conversations": _IDS}
    ),
}
_TYPED_INPUTS: Final[Mapping[str, Rule]] = {
    "plain_text_input": shape(
        TYPE,
        {
            **_TYPED,
            "initial_value": string(numbers.TYPED_TEXT, 0),
            "multiline": boolean,
            "min_length": integer(0, numbers.TYPED_TEXT),
            "max_length": integer(1, numbers.TYPED_TEXT),
        },
        _lengths_in_order,
        _initial_fits,
    ),
    "number_input": shape(
        TYPE | {"is_decimal_allowed": boolean},
        {
            **_TYPED,
            "initial_value": _NUMBER,
            "min_value": _NUMBER,
            "max_value": _NUMBER,
        },
    ),
    "url_text_input": shape(
        TYPE, {**_TYPED, "initial_value": string(numbers.TYPED_TEXT)}
    ),
    "email_text_input": shape(
        TYPE, {**_TYPED, "initial_value": string(numbers.TYPED_TEXT)}
    ),
}
FILE_INPUT: Final = shape(
    TYPE,
    {
        "action_id": IDENTIFIER,
        "filetypes": items(NAME),
        "max_files": integer(1, numbers.UPLOADED_FILES),
    },
)

_CHOSEN: Final[Mapping[str, Rule]] = {
    **_SELECTS,
    "radio_buttons": _RADIO,
    "checkboxes": _CHECKBOXES,
    "datepicker": _DATEPICKER,
}

IN_ACTIONS: Final[Mapping[str, Rule]] = {
    "button": _BUTTON,
    "overflow": _OVERFLOW,
    **_CHOSEN,
}
IN_SECTION: Final[Mapping[str, Rule]] = {
    **IN_ACTIONS,
    **_MULTI_SELECTS,
    "image": IMAGE,
}
IN_CONTEXT: Final[Mapping[str, Rule]] = {"image": IMAGE, **text_rules()}
IN_INPUT: Final[Mapping[str, Rule]] = {**_CHOSEN, **_MULTI_SELECTS, **_TYPED_INPUTS}
