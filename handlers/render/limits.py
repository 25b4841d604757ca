"""The strict validator: why would Slack refuse this payload?

Slack refuses a whole message for one wrong key, and its own Python models accept much
that it refuses. So every payload is looked at here: in tests, in the rehearsal's Slack,
and before a post, where a problem is logged and a plainer message sent instead.

Not known here, so not looked at: arguments beside text, blocks, metadata and thread_ts;
attachments; whether a user, channel, file or URL exists.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from handlers.render.block_kit import numbers
from handlers.render.block_kit.composition import (
    IDENTIFIER,
    OPTION,
    OPTION_GROUP,
    TYPE,
    plain_text,
)
from handlers.render.block_kit.layout import HOME, MESSAGE, MODAL, blocks_of
from handlers.render.block_kit.rules import (
    BLOCKS_CODE,
    Found,
    Problem,
    Rule,
    an_object,
    boolean,
    by_type,
    exactly_one,
    items,
    pattern,
    refuse,
    shape,
    string,
)
from handlers.render.block_kit.wholes import (
    check_focus,
    check_identifiers,
    check_message_wide,
    check_submit,
    check_view_size,
)

__all__ = ["Problem", "message_problems", "options_problems", "view_problems"]

_ARGUMENTS_CODE: Final = "invalid_arguments"
_MESSAGE_BLOCKS: Final = items(blocks_of(MESSAGE), numbers.MESSAGE_BLOCKS, 0)
_TIMESTAMP: Final = pattern(r"\d{10}\.\d{6}", "a message's ts, like 1503435956.000247")
_METADATA: Final = shape(
    {
        "event_type": pattern(r"\w{1,255}", "letters, digits and underscores"),
        "event_payload": an_object,
    },
    {},
)
_VIEW: Final = {
    "callback_id": IDENTIFIER,
    "external_id": IDENTIFIER,
    "private_metadata": string(numbers.PRIVATE_METADATA, 0),
}
_TITLE: Final = plain_text(numbers.VIEW_TITLE)
_VIEWS: Final = by_type(
    {
        "modal": shape(
            TYPE
            | {
                "title": _TITLE,
                "blocks": items(blocks_of(MODAL), numbers.VIEW_BLOCKS),
            },
            {
                **_VIEW,
                "submit": _TITLE,
                "close": _TITLE,
                "clear_on_close": boolean,
                "notify_on_close": boolean,
                "submit_disabled": boolean,
            },
        ),
        "home": shape(
            TYPE | {"blocks": items(blocks_of(HOME), numbers.VIEW_BLOCKS)}, _VIEW
        ),
    },
    "view",
)
_OPTIONS: Final = shape(
    {},
    {
        "options": items(OPTION, numbers.OPTIONS, 0),
        "option_groups": items(OPTION_GROUP, numbers.OPTIONS, 0),
    },
    exactly_one("options", "option_groups"),
)


def message_problems(payload: Mapping[str, object]) -> tuple[Problem, ...]:
    """Problems of the arguments of chat.postMessage, chat.update, chat.postEphemeral.

    The text is asked for even beside blocks: notifications and screen readers show it.
    An argument that is None counts as not given, as it does in slack_sdk.
    """
    found: Found = []
    _check_text(payload.get("text"), found)
    for key, check in _ARGUMENTS.items():
        if payload.get(key) is not None:
            check(payload[key], f"/{key}", found)
    return tuple(found)


def view_problems(view: Mapping[str, object]) -> tuple[Problem, ...]:
    """Problems of a modal or home view; Slack's code for nearly all is the same one."""
    found: Found = []
    whole = dict(view)
    _VIEWS(whole, "", found)
    blocks = whole.get("blocks")
    if isinstance(blocks, (list, tuple)):
        check_identifiers(blocks, found)
        check_focus(blocks, found)
    check_submit(whole, found)
    check_view_size(whole, found)
    return _coded(found, _ARGUMENTS_CODE)


def options_problems(answer: Mapping[str, object]) -> tuple[Problem, ...]:
    """Problems of the answer to a block_suggestion: options or option_groups."""
    found: Found = []
    _OPTIONS(dict(answer), "", found)
    return _coded(found, _ARGUMENTS_CODE)


def _check_text(text: object, found: Found) -> None:
    if text is not None and not isinstance(text, str):
        refuse(found, "/text", "use a string", _ARGUMENTS_CODE)
    elif text is None or not text.strip():
        refuse(found, "/text", "say in text what the message is about", "no_text")
    elif len(text) > numbers.MESSAGE_TEXT:
        message = f"cut to {numbers.MESSAGE_TEXT} characters, there are {len(text)}"
        refuse(found, "/text", message, "msg_too_long")


def _check_blocks(blocks: object, at: str, found: Found) -> None:
    _MESSAGE_BLOCKS(blocks, at, found)
    if isinstance(blocks, (list, tuple)):
        check_identifiers(blocks, found)
        check_focus(blocks, found)
        check_message_wide(blocks, found)


def _coded(found: Sequence[Problem], code: str) -> tuple[Problem, ...]:
    """Give the same problems the code that this method of Slack's answers with."""
    return tuple(
        replace(one, code=code) if one.code == BLOCKS_CODE else one for one in found
    )


def _answered_with(code: str, rule: Rule) -> Rule:
    def check(value: object, at: str, found: Found) -> None:
        own: Found = []
        rule(value, at, own)
        found += _coded(own, code)

    return check


_ARGUMENTS: Final[Mapping[str, Rule]] = {
    "blocks": _check_blocks,
    "thread_ts": _answered_with(_ARGUMENTS_CODE, _TIMESTAMP),
    "metadata": _answered_with("invalid_metadata_format", _METADATA),
}
