"""What a Web API method is: its work, the scopes it needs, its tier."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.slack.errors import SlackError
from rehearsal.slack.state import State

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """One call: the method's name, its arguments, and the token that came along."""

    method: str
    arguments: Json
    token: str | None = None

    def text(self, name: str, fallback: str | None = None) -> str:
        """Give a required text argument: `invalid_arguments` if it is missing."""
        value = self.arguments.get(name, fallback)
        if not isinstance(value, str) or (value == "" and fallback is None):
            raise SlackError(
                "invalid_arguments",
                response_metadata={"messages": [f"[ERROR] missing required: {name}"]},
            )
        return value

    def flag(self, name: str, *, fallback: bool = False) -> bool:
        """Give a yes or no, which forms write as 1, true, 0 or false."""
        value = self.arguments.get(name, fallback)
        if isinstance(value, str):
            return value.lower() in ("1", "true")
        return bool(value)

    def number(self, name: str, fallback: int) -> int:
        """Give a whole number: `invalid_limit` and the like if it is none."""
        value = self.arguments.get(name, fallback)
        try:
            return int(value)
        except (TypeError, ValueError):
            raise SlackError(f"invalid_{name}") from None


Handler = Callable[[State, Call], Json]


@dataclass(frozen=True)
class Method:
    """A method's work, the scopes of which one is needed, and its tier.

    `tier` None is Slack's special tier; `app_level` methods take the app's token.
    """

    run: Handler
    scopes: tuple[str, ...] = ()
    tier: int | None = 4
    app_level: bool = False
    public: bool = False


Methods = Mapping[str, Method]


def page(items: list[Json], call: Call, key: str) -> Json:
    """Give one page of a list: `limit` items from the opaque `cursor` on."""
    limit = min(max(call.number("limit", 100), 1), 999)
    start = _start(call.arguments.get("cursor"))
    rest = start + limit < len(items)
    cursor = f"next:{start + limit}" if rest else ""
    return {
        key: items[start : start + limit],
        "has_more": rest,
        "response_metadata": {"next_cursor": cursor},
    }


def _start(cursor: object) -> int:
    if not cursor:
        return 0
    name, _, number = str(cursor).partition(":")
    if name != "next" or not number.isdecimal():
        raise SlackError("invalid_cursor")
    return int(number)
