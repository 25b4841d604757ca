"""Which file tells what, where it lies, and who can hand it over.

What the files hold is secret to different degrees; `caution` says what to mind.
Source: cohrtz_app at 6470ae3; docs on platform folders.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Value


@dataclass(frozen=True)
class Whence:
    """A file that would tell, and how to come by it."""

    what: str
    whom: str
    caution: str = ""
    why: str = ""
    """What it is good for, in a sentence."""
    again: str = ""
    """What is needed when such a file is there and does not tell."""

    @property
    def words(self) -> str:
        """Ask for it in one or two sentences."""
        mind = f" {self.caution}" if self.caution else ""
        return f"Get {self.what} from {self.whom}.{mind}"


AFFECTED = "whoever uses the affected device"
WHENCE: Mapping[Kind, Whence] = {
    Kind.LOG: Whence(
        "the app's log of the time of the fault",
        AFFECTED,
        "A debug build tells far more than a release.",
        "It tells which part of the app failed, and how often.",
        "a longer log, best of a debug build: a release build leaves these lines out",
    ),
    Kind.DIAGNOSTICS: Whence(
        "the sync diagnostics as JSON Lines",
        AFFECTED,
        why="They tell what was asked for and never answered.",
    ),
    Kind.CRDT_DATABASE: Whence(
        "a copy of `cohrtz_<room>.db`, made while the app is closed,",
        f"{AFFECTED}, and one from somebody who sees all",
        "A web client has none.",
        "It tells whether the database is damaged, new, or short of rows.",
    ),
    Kind.PACKET_STORE: Whence(
        "a copy of `packet_store_<room>.db`",
        AFFECTED,
        why="It tells whose packets arrived and whose never did.",
    ),
    Kind.SECURE_STORE: Whence(
        "a copy of `cohrtz_secure.db`",
        AFFECTED,
        "Only its names are read. Never with the preferences file: both together "
        "open every secret.",
        "It tells which keys the device has and which it lost.",
    ),
    Kind.PACKETS: Whence(
        "a capture of the room's packets",
        "whoever runs the probe",
        why="It tells who asks for keys, and whose signatures fail.",
    ),
}
BOTH = "two people: the one who lacks something, and one who has it"
PAIRS: Mapping[str, Whence] = {
    "copies": Whence(
        "a copy of `cohrtz_<room>.db` of a second device, made while the app is closed",
        BOTH,
        why="Two copies tell, by table, who lacks what and whether it can arrive.",
    ),
    "counts": Whence(
        "logs of two devices, from the same hour",
        BOTH,
        why="Their last row counts tell which tables differ.",
    ),
}
"""Subjects that one file alone cannot tell."""
SUBJECTS: Mapping[str, Kind] = {
    "log": Kind.LOG,
    "counts": Kind.LOG,
    "diagnostics": Kind.DIAGNOSTICS,
    "database": Kind.CRDT_DATABASE,
    "copies": Kind.CRDT_DATABASE,
    "store": Kind.PACKET_STORE,
    "keys": Kind.SECURE_STORE,
    "packets": Kind.PACKETS,
}
"""The file that tells the facts of a subject."""


def file_of(fact: str) -> Kind | None:
    """Return the kind of file that would tell a fact; None if none would."""
    return SUBJECTS.get(fact.partition(".")[0])


@dataclass(frozen=True)
class Lacking:
    """A file that would tell what is not known yet."""

    kind: Kind
    facts: tuple[str, ...]
    """The facts that it would tell."""

    @property
    def whence(self) -> Whence:
        """Which file, from whom."""
        return WHENCE[self.kind]


def lacking(facts: Iterable[str]) -> tuple[Lacking, ...]:
    """Return the files that would tell these facts, those that tell most first."""
    by_kind: dict[Kind, list[str]] = {}
    for fact in sorted(set(facts)):
        kind = file_of(fact)
        if kind is not None:
            by_kind.setdefault(kind, []).append(fact)
    found = [Lacking(kind, tuple(names)) for kind, names in by_kind.items()]
    return tuple(sorted(found, key=lambda one: (-len(one.facts), one.kind)))


def of_kind(artefacts: Iterable[Artefact], *kinds: Kind) -> list[Artefact]:
    """Return those of these kinds, oldest first."""
    return [one for one in artefacts if one.kind in kinds]


def told(artefact: Artefact) -> dict[str, Value]:
    """Return what was read from one file, by the names of the facts."""
    return {fact.name: fact.value for fact in artefact.facts}


def most(artefacts: Sequence[Artefact], fact: str) -> int | None:
    """Return the largest count of that fact; None if no file tells it.

    Not the sum: two logs may tell of one event.
    """
    values = (told(one).get(fact) for one in artefacts)
    counts = [int(value) for value in values if isinstance(value, int | float)]
    return max(counts, default=None)


def yes_or_no(artefacts: Sequence[Artefact], fact: str) -> bool | None:
    """Return what the newest file says; None if there is none, or it does not say."""
    value = told(artefacts[-1]).get(fact) if artefacts else None
    return value if isinstance(value, bool) else None
