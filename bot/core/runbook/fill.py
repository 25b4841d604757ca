"""Fill the inputs of a report into what a page asks of a check or an action."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_INPUT = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def fill(params: Mapping[str, Any], inputs: Mapping[str, str | None]) -> dict[str, Any]:
    """Replace each `{name}` by the input of that name, once and plainly.

    What was filled in is never read for further names. A text that names an input which
    was not given becomes None. A name that is no input stays as it is.
    """
    return {key: _filled(value, inputs) for key, value in params.items()}


def named_inputs(value: object) -> Iterator[str]:
    """Return the names that a value asks for, in lists and maps too."""
    if isinstance(value, str):
        yield from _INPUT.findall(value)
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from named_inputs(member)
    elif isinstance(value, list | tuple):
        for member in value:
            yield from named_inputs(member)


def _filled(value: object, inputs: Mapping[str, str | None]) -> object:
    if isinstance(value, str):
        return _text(value, inputs)
    if isinstance(value, Mapping):
        return {key: _filled(member, inputs) for key, member in value.items()}
    if isinstance(value, list | tuple):
        return [_filled(member, inputs) for member in value]
    return value


def _text(text: str, inputs: Mapping[str, str | None]) -> str | None:
    asked = [name for name in _INPUT.findall(text) if name in inputs]
    if any(inputs[name] is None for name in asked):
        return None
    return _INPUT.sub(lambda found: inputs.get(found[1]) or _kept(found, inputs), text)


def _kept(found: re.Match[str], inputs: Mapping[str, str | None]) -> str:
    """Return what stands for an input that is empty, or for a name that is none."""
    return "" if found[1] in inputs else found[0]
