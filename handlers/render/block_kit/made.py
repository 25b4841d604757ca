"""Text objects and interactive elements that cannot be over Slack's limits.

The caller's door is `handlers.render.blocks`, which says what raw and escaped mean.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from handlers.render.block_kit import numbers
from handlers.render.block_kit.cutting import cut_mrkdwn, cut_plain

Block: TypeAlias = dict[str, Any]

# Slack refuses an empty text object.
_NOTHING: Final = "—"


def plain(text: str, limit: int) -> Block:
    """Raw text as a plain_text object; text without content becomes a dash."""
    shown = cut_plain(text, limit) if text.strip() else _NOTHING
    return {"type": "plain_text", "text": shown, "emoji": True}


def mrkdwn(text: str, limit: int = numbers.TEXT) -> Block:
    """Escaped text as a mrkdwn object; text without content becomes a dash.

    `verbatim` keeps Slack from making links and mentions of bare words, so `@here` in
    a log line stays what it is; write `<url>` where a link is meant.
    """
    shown = cut_mrkdwn(text, limit) if text.strip() else _NOTHING
    return {"type": "mrkdwn", "text": shown, "verbatim": True}


def identifier(text: str, limit: int = numbers.IDENTIFIER) -> str:
    """Text that Slack hands back; raises ValueError if empty or over the limit."""
    if not 0 < len(text) <= limit:
        raise ValueError(
            f"must have 1 to {limit} characters, has {len(text)}: {text!r}"
        )
    return text


def button(
    label: str,
    *,
    action: str,
    value: str,
    style: str | None = None,
    confirm: Block | None = None,
) -> Block:
    """Make a button: raw label of 75 characters, value of 2,000; raises ValueError.

    `style` is "primary", "danger" or nothing.
    """
    made = {
        "type": "button",
        "text": plain(label, numbers.BUTTON_TEXT),
        "action_id": identifier(action),
        "value": identifier(value, numbers.BUTTON_VALUE),
    }
    return made | _given(style=_style(style), confirm=confirm)


def confirm(title: str, text: str, yes: str, no: str) -> Block:
    """Make the dialog that asks once more; all four texts are raw."""
    return {
        "title": plain(title, numbers.CONFIRM_TITLE),
        "text": plain(text, numbers.CONFIRM_TEXT),
        "confirm": plain(yes, numbers.CONFIRM_BUTTON),
        "deny": plain(no, numbers.CONFIRM_BUTTON),
    }


def option(label: str, value: str) -> Block:
    """Make a choice: raw label of 75 characters; a value over 150 raises ValueError."""
    return {
        "text": plain(label, numbers.OPTION_TEXT),
        "value": identifier(value, numbers.OPTION_VALUE),
    }


def static_select(
    action: str,
    options: Sequence[Block],
    *,
    placeholder: str = "Choose",
    initial: str | None = None,
) -> Block:
    """Make a menu of 1 to 100 options; `initial` is a value, ignored if not among them.

    Raises ValueError for no options or too many (use `external_select` for those).
    """
    made = {
        "type": "static_select",
        "action_id": identifier(action),
        "placeholder": plain(placeholder, numbers.PLACEHOLDER),
        "options": _counted(options, numbers.OPTIONS, "options"),
    }
    return made | _given(initial_option=_chosen(options, initial))


def external_select(
    action: str,
    *,
    placeholder: str = "Type to search",
    min_query_length: int = 0,
    initial: Block | None = None,
) -> Block:
    """Make a menu whose options the bot is asked for as a person types.

    `initial` is an `option(...)`; Slack cannot know whether it is still offered.
    """
    made = {
        "type": "external_select",
        "action_id": identifier(action),
        "placeholder": plain(placeholder, numbers.PLACEHOLDER),
        "min_query_length": max(0, min_query_length),
    }
    return made | _given(initial_option=initial)


def radio_buttons(
    action: str, options: Sequence[Block], *, initial: str | None = None
) -> Block:
    """Make 1 to 10 radio buttons; `initial` is a value, ignored if not among them.

    Raises ValueError for no options or too many.
    """
    made = {
        "type": "radio_buttons",
        "action_id": identifier(action),
        "options": _counted(options, numbers.CHOICES, "options"),
    }
    return made | _given(initial_option=_chosen(options, initial))


def text_input(
    action: str,
    *,
    multiline: bool = False,
    max_length: int = numbers.TYPED_TEXT,
    initial: str = "",
    placeholder: str = "",
) -> Block:
    """Make a field for 1 to 3,000 typed characters; `initial` is raw, cut to fit."""
    most = min(max(1, max_length), numbers.TYPED_TEXT)
    made: Block = {
        "type": "plain_text_input",
        "action_id": identifier(action),
        "multiline": multiline,
        "max_length": most,
    }
    hint = plain(placeholder, numbers.PLACEHOLDER) if placeholder.strip() else None
    return made | _given(
        initial_value=cut_plain(initial, most) or None, placeholder=hint
    )


def file_input(action: str, most: int = numbers.UPLOADED_FILES) -> Block:
    """Make a field for files, of any type: what they are is told from their content."""
    return {"type": "file_input", "action_id": identifier(action), "max_files": most}


def _given(**parts: object) -> Block:
    return {name: part for name, part in parts.items() if part is not None}


def _style(style: str | None) -> str | None:
    if style not in {None, "primary", "danger"}:
        raise ValueError(f"a button is primary, danger or neither, not {style!r}")
    return style


def _chosen(options: Sequence[Block], value: str | None) -> Block | None:
    return next((choice for choice in options if choice["value"] == value), None)


def _counted(parts: Sequence[Block], most: int, what: str) -> list[Block]:
    if not 0 < len(parts) <= most:
        raise ValueError(f"Slack takes 1 to {most} {what} here, not {len(parts)}")
    return list(parts)
