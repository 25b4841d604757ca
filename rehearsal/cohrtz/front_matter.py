"""YAML front matter that knows on which line of the page everything stands."""

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import yaml
from pydantic_core import ErrorDetails

FENCE = "---"
FIRST_LINE = 2
"""The line of the page on which the front matter's text begins."""

Place = tuple[int | str, ...]
"""Keys and indices that lead to a value."""


@dataclass(frozen=True)
class FrontMatter:
    """The front matter's content, and where each part of it stands."""

    content: Mapping[str, object]
    root: yaml.Node

    def line(self, place: Place) -> int:
        """Return the page's line of the value, or of the nearest thing around it."""
        node, line = self.root, 0
        for part in place:
            step = _step(node, part)
            if step:
                node, line = step
        return line + FIRST_LINE


def split(text: str) -> tuple[FrontMatter, str]:
    """Return a page's front matter and its prose.

    Raises ValueError, whose text begins with the line number, if there is no front
    matter or it is not a YAML mapping.
    """
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise ValueError(f"1: the page must begin with front matter between {FENCE}")
    ends = [at for at, line in enumerate(lines) if at and line.rstrip() == FENCE]
    if not ends:
        raise ValueError(f"1: the front matter has no end: a line with {FENCE}")
    return _parsed("\n".join(lines[1 : ends[0]])), "\n".join(lines[ends[0] + 1 :])


def words(error: ErrorDetails, keys: Collection[str]) -> str:
    """Say what pydantic objects to, with what was likely meant."""
    if error["type"] == "extra_forbidden":
        unknown = str(error["loc"][-1])
        return f"there is no {unknown!r} here{meant(unknown, keys)}"
    if error["type"] == "missing":
        return f"{error['loc'][-1]!r} is missing"
    return f"{error['msg']}{_meant_value(error)}"


def meant(wrong: str, known: Collection[str]) -> str:
    """Return ". Did you mean …?" if one of the known words is close, else nothing."""
    close = difflib.get_close_matches(wrong, sorted(known), n=1)
    return f". Did you mean {close[0]!r}?" if close else ""


def _meant_value(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    expected = context.get("expected") or context.get("expected_tags") or ""
    written = context.get("tag") or error["input"]
    return meant(str(written), re.findall(r"'([^']+)'", str(expected)))


def _parsed(text: str) -> FrontMatter:
    try:
        root, content = yaml.compose(text, yaml.SafeLoader), yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise ValueError(f"{line + FIRST_LINE}: {error.problem}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"{FIRST_LINE}: the front matter is not YAML") from error
    if root is None or not isinstance(content, dict):
        raise ValueError(f"{FIRST_LINE}: the front matter must be a mapping")
    return FrontMatter(content, root)


def _step(node: yaml.Node, part: int | str) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int):
        found = node.value[part] if part < len(node.value) else None
        return (found, found.start_mark.line) if found else None
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return value, key.start_mark.line
    return None
