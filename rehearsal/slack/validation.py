"""Slack's refusals of payloads, from the strict validator."""

from collections.abc import Iterable, Mapping
from typing import Any

from handlers.render.limits import (
    Problem,
    message_problems,
    options_problems,
    view_problems,
)
from rehearsal.slack.errors import SlackError

Json = dict[str, Any]


def require_message(arguments: Mapping[str, object]) -> None:
    """Raise Slack's error for a message that it would not take.

    Slack takes blocks or attachments without a text, though a good app gives one.
    """
    found = message_problems(arguments)
    if arguments.get("blocks") or arguments.get("attachments"):
        found = tuple(p for p in found if p.code != "no_text")
    _require(found, "invalid_blocks")


def require_view(view: Mapping[str, object]) -> None:
    """Raise Slack's error for a view that it would not take."""
    _require(view_problems(view), "invalid_arguments")


def require_options(answer: Mapping[str, object]) -> None:
    """Raise an error for options that Slack would not show."""
    _require(options_problems(answer), "invalid_arguments")


def _require(problems: Iterable[Problem], fallback: str) -> None:
    found = tuple(problems)
    if not found:
        return
    # Slack names one error, and lists every place in response_metadata.
    said = [f"[ERROR] {p.message} [json-pointer:{p.pointer}]" for p in found]
    code = found[0].code or fallback
    raise SlackError(code, response_metadata={"messages": said})
