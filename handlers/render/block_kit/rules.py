"""The small rules that the shapes of Block Kit are put together from.

A rule looks at one value of a payload, is told where it stands (a JSON pointer), and
adds what is wrong to a list: allocation-free where nothing is, since it runs on every
message that is sent.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias


@dataclass(frozen=True)
class Problem:
    """One reason for Slack to refuse a payload.

    `pointer` is a JSON pointer into the payload, `code` Slack's error where it has one,
    `message` says what to do.
    """

    pointer: str
    code: str
    message: str


Found: TypeAlias = list[Problem]
Rule: TypeAlias = Callable[[object, str, Found], None]
# A rule for an object as a whole, once it is known to be one.
Law: TypeAlias = Callable[[Mapping[str, object], str, Found], None]

BLOCKS_CODE = "invalid_blocks"

_UNPAIRED: Final = re.compile("[\ud800-\udfff]")


def refuse(found: Found, at: str, message: str, code: str = BLOCKS_CODE) -> None:
    """Add one problem."""
    found.append(Problem(at, code, message))


def anything(_value: object, _at: str, _found: Found) -> None:
    """Accept every value, where another rule or nobody looks at it."""


def an_object(value: object, at: str, found: Found) -> None:
    """Ask for an object, whatever its keys."""
    if not isinstance(value, dict):
        refuse(found, at, f"use an object, not {_kind(value)}")


def string(most: int | None = None, least: int = 1) -> Rule:
    """Ask for a string of `least` to `most` characters that can be sent as UTF-8."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, str):
            refuse(found, at, f"use a string, not {_kind(value)}")
        elif len(value) < least:
            refuse(found, at, "say something here: the text is empty")
        elif most is not None and len(value) > most:
            refuse(found, at, f"cut to {most} characters, there are {len(value)}")
        elif not value.isascii() and _UNPAIRED.search(value):
            refuse(found, at, "remove the unpaired surrogate, it is no text")

    return check


def pattern(expression: str, wanted: str) -> Rule:
    """Ask for a string that matches an expression; `wanted` describes it."""
    compiled = re.compile(expression)

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            refuse(found, at, f"use {wanted}, not {value!r:.60}")

    return check


def one_of(*choices: object) -> Rule:
    """Ask for one of a few values."""

    def check(value: object, at: str, found: Found) -> None:
        if value not in choices:
            refuse(found, at, f"use one of {list(choices)}, not {value!r:.60}")

    return check


def boolean(value: object, at: str, found: Found) -> None:
    """Ask for true or false."""
    if not isinstance(value, bool):
        refuse(found, at, f"use true or false, not {_kind(value)}")


def integer(least: int = 0, most: int | None = None) -> Rule:
    """Ask for a whole number of at least `least` and at most `most`."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            refuse(found, at, f"use a whole number, not {_kind(value)}")
        elif value < least or (most is not None and value > most):
            refuse(found, at, f"use a number from {least} to {most}, not {value}")

    return check


def items(rule: Rule, most: int | None = None, least: int = 1) -> Rule:
    """Ask for a list of `least` to `most` entries that all keep a rule."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, (list, tuple)):
            refuse(found, at, f"use a list, not {_kind(value)}")
            return
        if len(value) < least or (most is not None and len(value) > most):
            refuse(found, at, f"use {least} to {most} entries, not {len(value)}")
        for place, entry in enumerate(value):
            rule(entry, f"{at}/{place}", found)

    return check


def shape(
    required: Mapping[str, Rule], optional: Mapping[str, Rule], *laws: Law
) -> Rule:
    """Ask for an object with these keys and no other; `laws` see it as a whole."""
    rules = {**required, **optional}
    needed = frozenset(required)

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            refuse(found, at, f"use an object, not {_kind(value)}")
            return
        for key, part in value.items():
            rule = rules.get(key)
            if rule is None:
                refuse(found, f"{at}/{_escaped(key)}", "remove the unknown key")
            elif rule is not anything:
                rule(part, f"{at}/{key}", found)
        if not needed <= value.keys():
            _name_missing(needed - value.keys(), at, found)
        for law in laws:
            law(value, at, found)

    return check


def by_type(rules: Mapping[str, Rule], what: str) -> Rule:
    """Ask for an object whose `type` names one of the rules, and that rule for it."""

    def check(value: object, at: str, found: Found) -> None:
        if not isinstance(value, dict):
            refuse(found, at, f"use an object with a type, not {_kind(value)}")
            return
        name = value.get("type")
        rule = rules.get(name) if isinstance(name, str) else None
        if rule is None:
            known = ", ".join(rules)
            refuse(found, f"{at}/type", f"{name!r:.60} is no {what} here; use {known}")
        else:
            rule(value, at, found)

    return check


def exactly_one(*keys: str) -> Law:
    """Ask that an object has exactly one of these keys."""

    def check(value: Mapping[str, object], at: str, found: Found) -> None:
        if sum(key in value for key in keys) != 1:
            refuse(found, at, f"give exactly one of {', '.join(keys)}")

    return check


def at_least_one(*keys: str) -> Law:
    """Ask that an object has one of these keys or more."""

    def check(value: Mapping[str, object], at: str, found: Found) -> None:
        if not any(key in value for key in keys):
            refuse(found, at, f"give at least one of {', '.join(keys)}")

    return check


def _name_missing(keys: Collection[str], at: str, found: Found) -> None:
    for key in sorted(keys):
        refuse(found, f"{at}/{key}", "add the missing key")


def _escaped(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def _kind(value: object) -> str:
    return "null" if value is None else type(value).__name__
