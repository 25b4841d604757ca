"""Reads a policy: TOML text to a Policy, or to what is wrong with it, by line. Pure."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.core.actions import Effect
from bot.core.expression import did_you_mean
from bot.core.policy import DEED_OF, MEMBERS, Caps, Deed, Policy
from bot.core.runbook.problems import Flaw

MAX_CHARS = 65_536
MAX_IDS = 200
"""How many people and user groups one group may name."""
MAX_APPROVALS = 10
MAX_MINUTES = 24 * 60
ROLLBACK = "rollback"
"""The table that is not of the policy itself: `bot.core.rollback.Thresholds`."""

TABLES = ("groups", "may", "approvals", "caps", ROLLBACK)
_MINUTES = "minutes"
_EFFECTS: Mapping[str, Effect] = {
    str(DEED_OF[effect]): effect for effect in Effect if effect is not Effect.LOOKS
}
_GROUP_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_ID = re.compile(r"[SUW][A-Z0-9]{1,29}")
_TOML_PLACE = re.compile(r" \(at line (\d+), column \d+\)$")

_AT_END = " (at end of document)"

Path = tuple[str, ...]


@dataclass(frozen=True)
class PolicyRead:
    """What a text says: a policy, or flaws in the order of their lines."""

    policy: Policy = field(default_factory=Policy)
    rollback: Mapping[str, Any] = field(default_factory=dict)
    """The fields of `[rollback]`, as they stand."""
    flaws: tuple[Flaw, ...] = ()


def read_policy(text: str, tables: Mapping[str, type[BaseModel]]) -> PolicyRead:
    """Read the text; `tables` has the shape of each table that is not the policy's."""
    if len(text) > MAX_CHARS:
        return PolicyRead(flaws=(Flaw(line=1, message="The file is too long."),))
    try:
        found, places = tomllib.loads(text), tuple(_places(text))
    except tomllib.TOMLDecodeError as error:
        return PolicyRead(flaws=(_not_toml(error, len(text.splitlines())),))
    except RecursionError:
        return PolicyRead(flaws=(Flaw(line=1, message="Its lists are too deep."),))
    reader = _Reader(found, places)
    flaws = sorted(reader.flaws(tables), key=lambda flaw: flaw.line)
    flaws = flaws or list(reader.reach_flaws())
    if flaws:
        return PolicyRead(flaws=tuple(flaws))
    return PolicyRead(reader.policy(), found.get(ROLLBACK, {}))


def _not_toml(error: tomllib.TOMLDecodeError, lines: int) -> Flaw:
    said = str(error)
    place = _TOML_PLACE.search(said)
    what = said[: place.start()] if place else said.removesuffix(_AT_END)
    line = int(place.group(1)) if place else lines
    return Flaw(line=line, message=f"This is not TOML: {what}.")


def _places(text: str) -> Iterator[tuple[Path, int]]:
    """Yield each path of the text and the line on which it begins.

    A statement is the shortest run of lines that is TOML by itself, so the parser
    itself says where a value ends that goes over several lines.
    """
    table: Path = ()
    lines = text.replace("\r\n", "\n").split("\n")
    at = 0
    while at < len(lines):
        end = _end_of_statement(lines, at)
        found = _paths(tomllib.loads("\n".join(lines[at:end])))
        if lines[at].lstrip().startswith("["):
            table = ()
        for path in found:
            yield (*table, *path), at + 1
        if lines[at].lstrip().startswith("["):
            table = found[0]
        at = end


def _end_of_statement(lines: list[str], begin: int) -> int:
    for end in range(begin + 1, len(lines)):
        try:
            tomllib.loads("\n".join(lines[begin:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return len(lines)


def _paths(found: Mapping[str, Any]) -> tuple[Path, ...]:
    """Return the path of each key of a statement, what is in it before itself."""
    paths: list[Path] = []
    for name, value in found.items():
        inside = _paths(value) if isinstance(value, dict) else ()
        paths += ((name, *path) for path in inside)
        paths.append((name,))
    return tuple(paths)


@dataclass(frozen=True)
class _Reader:
    found: Mapping[str, Any]
    places: tuple[tuple[Path, int], ...]

    def flaws(self, tables: Mapping[str, type[BaseModel]]) -> Iterator[Flaw]:
        for name, value in self.found.items():
            if name not in TABLES:
                message = f"There is no table {name!r} in a policy."
                yield self._flaw((name,), message, did_you_mean(name, TABLES))
            elif not isinstance(value, dict):
                yield self._flaw((name,), f"[{name}] must be a table.")
        yield from self._group_flaws()
        yield from self._may_flaws()
        yield from self._approval_flaws()
        shapes: Mapping[str, type[BaseModel]] = {"caps": Caps, **tables}
        for name, shape in shapes.items():
            yield from self._shape_flaws(name, shape)

    def reach_flaws(self) -> Iterator[Flaw]:
        """Yield what can never be approved, of a text without other flaws."""
        policy = self.policy()
        for name, effect in _EFFECTS.items():
            few = _too_few(policy, effect) if policy.may[DEED_OF[effect]] else None
            if few:
                message = f"{name} needs {policy.approvals[effect]} approvals, {few}."
                said = name in self._table("approvals")
                yield self._flaw(("approvals" if said else "may", name), message)

    def policy(self) -> Policy:
        """Return what a text without flaws says."""
        quiet, approvals = Policy(), self._table("approvals")
        told = {Deed(name): frozenset(who) for name, who in self._table("may").items()}
        counts = {
            _EFFECTS[name]: count
            for name, count in approvals.items()
            if name != _MINUTES
        }
        groups = self._table("groups")
        return Policy(
            groups={name: frozenset(ids) for name, ids in groups.items()},
            may={**quiet.may, **told},
            approvals={**quiet.approvals, **counts},
            approval_minutes=approvals.get(_MINUTES, quiet.approval_minutes),
            caps=Caps.model_validate(self._table("caps")),
            given=True,
        )

    def _table(self, name: str) -> Mapping[str, Any]:
        value = self.found.get(name, {})
        return value if isinstance(value, dict) else {}

    def _flaw(self, path: Path, message: str, hint: str = "") -> Flaw:
        return Flaw(line=self._line(path), message=message, hint=hint)

    def _line(self, path: Path) -> int:
        """Return where the path begins."""
        return dict(reversed(self.places)).get(path, 1)

    def _group_flaws(self) -> Iterator[Flaw]:
        for name, ids in self._table("groups").items():
            path = ("groups", name)
            if name == MEMBERS or not _GROUP_NAME.fullmatch(name):
                yield self._flaw(path, f"A group cannot be named {name!r}.", _NAMES)
            elif not _are_words(ids) or not 0 < len(ids) <= MAX_IDS:
                message = f"{name} must be a list of 1 to {MAX_IDS} ids."
                yield self._flaw(path, message, _IDS)
            else:
                for wrong in (one for one in ids if not _ID.fullmatch(one)):
                    yield self._flaw(path, f"{wrong!r} is no id of Slack.", _IDS)

    def _may_flaws(self) -> Iterator[Flaw]:
        groups, deeds = self._table("groups"), tuple(map(str, Deed))
        for name, who in self._table("may").items():
            path = ("may", name)
            if name not in deeds:
                hint = did_you_mean(name, deeds)
                yield self._flaw(path, f"There is no deed {name!r}.", hint)
            elif not _are_words(who):
                yield self._flaw(path, f"{name} must be a list of groups.", _WHO)
            else:
                for one in sorted(set(who) - {MEMBERS} - set(groups)):
                    hint = did_you_mean(one, (*groups, MEMBERS))
                    yield self._flaw(path, f"There is no group {one!r}.", hint)

    def _approval_flaws(self) -> Iterator[Flaw]:
        for name, count in self._table("approvals").items():
            path = ("approvals", name)
            known = (*_EFFECTS, _MINUTES)
            least, most = (1, MAX_MINUTES) if name == _MINUTES else (0, MAX_APPROVALS)
            if name not in known:
                hint = did_you_mean(name, known)
                yield self._flaw(path, f"There is no effect {name!r}.", hint)
            elif type(count) is not int or not least <= count <= most:
                message = f"{name} must be a whole number from {least} to {most}."
                yield self._flaw(path, message)

    def _shape_flaws(self, name: str, shape: type[BaseModel]) -> Iterator[Flaw]:
        try:
            shape.model_validate(self._table(name))
        except ValidationError as error:
            for one in error.errors(include_input=False, include_url=False):
                key = ".".join(map(str, one["loc"]))
                fields = shape.model_fields.items()
                known = tuple(field.alias or field_name for field_name, field in fields)
                unknown = one["type"] == "extra_forbidden"
                hint = did_you_mean(key, known) if unknown else ""
                what = "is not known" if unknown else f"is wrong: {one['msg']}"
                yield self._flaw((name, key), f"{name}.{key} {what}.", hint)


def _too_few(policy: Policy, effect: Effect) -> str | None:
    """Say who is too few to approve it, whoever asks; None: they suffice, or may.

    Who is in a user group only Slack knows. Whoever asks does not count.
    """
    approvers = policy.people(Deed.APPROVE)
    if approvers is None:
        return None
    runners, needed = policy.people(DEED_OF[effect]), policy.approvals[effect]
    if len(approvers) < needed:
        people = f"only {len(approvers)} people" if approvers else "nobody"
        return f"and {people} may approve"
    left = max((len(approvers - {one}) for one in runners or ()), default=needed)
    if left >= needed:
        return None
    others = f"only {left}" if left else "nobody"
    return f"and besides whoever asks {others} may approve"


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


_NAMES = "Use small letters, digits and dashes; 'members' is taken."
_IDS = "Ids are S… for a user group, and U… or W… for a person."
_WHO = "Write group names, or 'members' for every full member, or [] for nobody."
