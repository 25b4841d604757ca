"""A short YAML mapping, each entry with its line: front matter, or what a fence says.

Anchors, aliases and tags are refused: none is needed on a page, and they are how YAML
becomes surprising or endless.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from bot.core.runbook.problems import Flaw

LONGEST = 20_000
"""How many characters of YAML are read."""
DEEPEST = 10
"""How many levels of YAML are read."""


@dataclass(frozen=True)
class Entry:
    """A key, its value, and the line in the file on which the key stands."""

    key: str
    value: Any
    line: int
    lines: tuple[int, ...] = ()
    """Of a list: the line of each member."""


@dataclass(frozen=True)
class Entries:
    """What was read, and what could not be."""

    entries: tuple[Entry, ...] = ()
    flaws: tuple[Flaw, ...] = ()


def read_mapping(text: str, first_line: int) -> Entries:
    """Read a mapping whose first row is that line of the file. Nothing is raised."""
    if len(text) > LONGEST:
        words = f"this YAML is longer than {LONGEST} characters."
        return Entries(flaws=(Flaw(line=first_line, message=words),))
    try:
        return _composed(text, first_line)
    except _Surprise as found:
        flaw = Flaw(line=first_line + found.row, message=str(found))
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark
        row = mark.line if mark is not None else 0
        words = f"this is not YAML: {wrong.problem or wrong.context}."
        hint = "Put quotes around a text with : or # or [ or { in it."
        flaw = Flaw(line=first_line + row, message=words, hint=hint)
    except (yaml.YAMLError, ValueError) as wrong:
        words = f"this YAML cannot be read: {str(wrong).splitlines()[0]}."
        flaw = Flaw(line=first_line, message=words)
    return Entries(flaws=(flaw,))


class _Surprise(Exception):  # noqa: N818  never leaves this module
    """Something that YAML allows and a page does not."""

    def __init__(self, words: str, row: int) -> None:
        super().__init__(words)
        self.row = row


class _Loader(yaml.SafeLoader):
    """A loader that lets nothing surprising by; each event passes `get_event` once."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def get_event(self) -> Any:  # noqa: ANN401  as the stubs of PyYAML have it
        event = super().get_event()  # type: ignore[no-untyped-call]
        row = event.start_mark.line if event.start_mark else 0
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Surprise("anchors and aliases (& and *) are not read.", row)
        if getattr(event, "tag", None):
            raise _Surprise("tags (!) are not read: put quotes around the text.", row)
        self._depth += isinstance(event, yaml.CollectionStartEvent)
        self._depth -= isinstance(event, yaml.CollectionEndEvent)
        if self._depth > DEEPEST:
            raise _Surprise(f"this is nested deeper than {DEEPEST} levels.", row)
        return event


def _composed(text: str, first_line: int) -> Entries:
    loader = _Loader(text)
    node = loader.get_single_node()
    if node is None:
        return Entries()
    if not isinstance(node, yaml.MappingNode):
        words = "this must be lines of `name: value`."
        return Entries(flaws=(Flaw(line=first_line, message=words),))
    entries = tuple(_entries(loader, node, first_line))
    return Entries(entries=entries, flaws=tuple(_twice(entries)))


def _entries(
    loader: yaml.SafeLoader, node: yaml.MappingNode, first_line: int
) -> Iterator[Entry]:
    for key, value in node.value:
        members = value.value if isinstance(value, yaml.SequenceNode) else []
        yield Entry(
            key=str(loader.construct_object(key, deep=True)),
            value=loader.construct_object(value, deep=True),
            line=first_line + key.start_mark.line,
            lines=tuple(first_line + one.start_mark.line for one in members),
        )


def _twice(entries: tuple[Entry, ...]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for entry in entries:
        if entry.key in seen:
            yield Flaw(line=entry.line, message=f"'{entry.key}' is there twice.")
        seen.add(entry.key)
