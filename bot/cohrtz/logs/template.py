"""The table of what the app can print: one template for each line that can be told.

A template is literal text with variables, `Failed to delete {path}`. Two places of the
app that print the same text under the same tag cannot be told apart by the line, so
they share a template, which then has two sites.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

COLUMNS = ("id", "tag", "level", "follows", "reach", "items", "source", "text")
NONE = "-"
ANY = rb"[^\n]*"

_VARIABLE = re.compile(r"\{([A-Za-z]+)\}")

ROOMS = frozenset(
    [
        *("room", "groupName", "inviteRoomName", "dataRoomName"),
        *("dataRoom", "otherRoomName", "cachedDataRoom"),
    ]
)
"""Variables that hold the name of a room; a data room's name is a capability."""

PEERS = frozenset(
    [
        *("sender", "senderId", "peer", "peerId", "memberId", "requesterId"),
        *("localId", "sub", "identity", "hostId", "inviteIdentity"),
        *("dataRoomIdentity", "sourceId", "normalizedId"),
    ]
)
"""Variables that hold a participant's identity."""

OPEN = frozenset(["err", "row", "value", "sql"])
"""Variables whose text may run over several lines, so that what follows it in the
template may stand on a later line, without a tag."""

TELLING = frozenset(["err", "operationName"])
"""Variables whose text says why something failed."""


class Level(StrEnum):
    """How the app prints a line; a release build drops debug and info."""

    DEBUG = "D"
    INFO = "I"
    WARNING = "W"
    ERROR = "E"
    PRINT = "print"

    @property
    def in_release(self) -> bool:
        """Say whether a release build prints it."""
        return self not in {Level.DEBUG, Level.INFO}


class Follows(StrEnum):
    """What the app prints after the line, under the same tag."""

    NOTHING = NONE
    ERROR = "error"
    ERROR_AND_STACK = "error+stack"


@dataclass(frozen=True)
class Template:
    """One text that the app can print."""

    id: str
    tag: str
    """As in the source; of repositories it is bracketed already."""
    level: Level
    follows: Follows
    dead: bool
    """Nothing in the app ever reaches it."""
    items: tuple[str, ...]
    """What of the runbooks it is evidence for: `T2`, `G`, `TR4`."""
    sites: tuple[str, ...]
    """Where it is printed, as `file:line`."""
    text: str

    @property
    def variables(self) -> tuple[str, ...]:
        """Return the names of its variables, in their order."""
        return tuple(_VARIABLE.findall(self.text))

    @property
    def literals(self) -> tuple[bytes, ...]:
        """Return what stands around the variables, the tag before the first.

        There is one more than there are variables; the last may be empty.
        """
        first, *rest = _VARIABLE.split(self.text)[::2]
        heads = (f"[{self.tag}] {first}", *rest)
        return tuple(text.encode() for text in heads)

    @property
    def sure(self) -> int:
        """Return how many variables stand on the first line in any case."""
        for number, name in enumerate(self.variables):
            if name in OPEN:
                return number
        return len(self.variables)

    @property
    def open(self) -> bool:
        """Say whether lines without a tag may continue it."""
        return self.sure < len(self.variables)


def pattern(template: Template) -> re.Pattern[bytes]:
    """Return what matches its line from the tag to the end.

    Its variables are the groups, in order; from the first that may run over several
    lines on, they are in one group.
    """
    literals = template.literals[: template.sure + 1]
    end = b"(" + ANY + rb")\Z" if template.open else rb"\Z"
    inner = (b"(" + ANY + b"?)").join(re.escape(one) for one in literals)
    return re.compile(inner + end, re.DOTALL)


def parse_templates(text: str) -> tuple[Template, ...]:
    """Read the table; raise ValueError for a row that is not as it must be."""
    head, *lines = text.rstrip("\n").split("\n")
    if tuple(head.split("\t")) != COLUMNS:
        raise ValueError(f"The columns must be {', '.join(COLUMNS)}.")
    rows: dict[str, list[Sequence[str]]] = {}
    for line in lines:
        row = line.split("\t", len(COLUMNS) - 1)
        rows.setdefault(row[0], []).append(row)
    return tuple(_template(same) for same in rows.values())


def _template(rows: Sequence[Sequence[str]]) -> Template:
    id_, tag, level, follows, reach, items, _, text = rows[0]
    if any((row[1], row[2], row[7]) != (tag, level, text) for row in rows):
        raise ValueError(f"{id_} stands for two different texts.")
    return Template(
        id=id_,
        tag=tag,
        level=Level(level),
        follows=Follows(follows),
        dead=reach == "dead",
        items=() if items == NONE else tuple(items.split(",")),
        sites=tuple(row[6] for row in rows),
        text=text,
    )


def rendered(template: Template, values: Mapping[str, str]) -> str:
    """Return the line that the app prints for these values, without any prefix."""
    text = _VARIABLE.sub(lambda found: values[found[1]], template.text)
    return f"[{template.tag}] {text}"


def tags(templates: Iterable[Template]) -> tuple[str, ...]:
    """Return every tag once, in the order of the table."""
    return tuple(dict.fromkeys(one.tag for one in templates))
