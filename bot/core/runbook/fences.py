"""What a fence tells the bot: what to look at, do, ask or wait for, and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ValidationError

from bot.core.expression import did_you_mean
from bot.core.runbook.asks import fact_names, read_asks
from bot.core.runbook.catalogue import Catalogue
from bot.core.runbook.fill import named_inputs
from bot.core.runbook.frontmatter import guard_flaws, read_fresh
from bot.core.runbook.mapping import Entry, read_mapping
from bot.core.runbook.markdown import Fence
from bot.core.runbook.pages import CALLING, Ask, Call, StepKind
from bot.core.runbook.problems import Flaw

WORDS = tuple(StepKind)
"""The first words of the fences that are meant for the bot."""
_BESIDE = ("verify", "when", "if", "fresh", "asks")
_ASKS = (StepKind.CONFIRM, StepKind.ATTEST)
_NEEDS = {StepKind.STOP: "when", StepKind.ATTEST: "asks"}


@dataclass(frozen=True)
class Order:
    """What a fence says."""

    kind: StepKind
    call: Call | None = None
    when: str | None = None
    only_if: str | None = None
    asks: tuple[Ask, ...] = ()
    verify: str | None = None
    fresh: timedelta | None = None


@dataclass(frozen=True)
class Allowed:
    """What the fences of a page may name."""

    catalogue: Catalogue
    inputs: frozenset[str]

    def after(self, asks: tuple[Ask, ...]) -> "Allowed":
        """Return what the steps behind one that asks may name."""
        signals = self.catalogue.signals | fact_names(asks)
        return replace(self, catalogue=replace(self.catalogue, signals=signals))


def read_fence(fence: Fence, allowed: Allowed) -> tuple[Order, tuple[Flaw, ...]]:
    """Read one of our fences; what is wrong is left out of the order and reported."""
    first_line = fence.start + 2
    found = read_mapping(fence.content, first_line)
    kind = StepKind(fence.word)
    calls = [entry for entry in found.entries if entry.key not in _BESIDE]
    beside = {entry.key: entry for entry in found.entries if entry.key in _BESIDE}
    flaws = list(found.flaws)
    if kind not in CALLING:
        flaws += _no_call(calls, kind)
        calls = []
    elif not found.flaws:
        flaws += _one(calls, kind, fence.start + 1)
    for entry in calls[:1]:
        flaws += _call_flaws(entry, kind, allowed)
    if not found.flaws:
        flaws += _needed(beside, kind, fence.start + 1)
    order, wrong = _order(kind, calls, beside, allowed.catalogue)
    return order, (*flaws, *wrong)


def _no_call(calls: list[Entry], kind: StepKind) -> Iterator[Flaw]:
    for entry in calls:
        hint = did_you_mean(entry.key, _BESIDE)
        yield Flaw(
            line=entry.line, message=f"a {kind} has no '{entry.key}'.", hint=hint
        )


def _needed(beside: Mapping[str, Entry], kind: StepKind, line: int) -> Iterator[Flaw]:
    need = _NEEDS.get(kind)
    if need and need not in beside:
        yield Flaw(line=line, message=f"this {kind} lacks its '{need}'.")
    if kind is StepKind.CONFIRM and not beside:
        words = "this confirm says nothing."
        yield Flaw(line=line, message=words, hint="A step without a fence is one.")


def _one(calls: list[Entry], kind: StepKind, line: int) -> Iterator[Flaw]:
    if not calls:
        yield Flaw(
            line=line,
            message=f"this fence names no {kind}.",
            hint='Write, say, `room-occupied: {room: "{room}"}`.',
        )
    for entry in calls[1:]:
        hint = did_you_mean(entry.key, _BESIDE) or "Make it a step of its own."
        words = f"a fence names one {kind}; '{entry.key}' is too much."
        yield Flaw(line=entry.line, message=words, hint=hint)


def _call_flaws(entry: Entry, kind: StepKind, allowed: Allowed) -> Iterator[Flaw]:
    params = _params(entry.key, kind, allowed.catalogue)
    if params is None:
        yield _no_such(entry.key, kind, entry.line, allowed.catalogue)
        return
    if not isinstance(entry.value, Mapping | None):
        words = f"what '{entry.key}' is asked must be written {{name: value}}."
        yield Flaw(line=entry.line, message=words)
        return
    yield from _misfits(entry, params)
    for name in sorted(set(named_inputs(entry.value)) - allowed.inputs):
        hint = did_you_mean(name, tuple(sorted(allowed.inputs)))
        hint = hint or f"There are: {', '.join(sorted(allowed.inputs))}."
        words = f"the input {{{name}}} is not declared."
        yield Flaw(line=entry.line, message=words, hint=hint)


def _params(name: str, kind: StepKind, catalogue: Catalogue) -> type[BaseModel] | None:
    if kind is StepKind.CHECK:
        check = catalogue.checks.get(name)
        return check.params if check else None
    action = catalogue.actions.get(name)
    return action.params if action else None


def _no_such(name: str, kind: StepKind, line: int, catalogue: Catalogue) -> Flaw:
    known: Mapping[str, object] = catalogue.checks
    other: Mapping[str, object] = catalogue.actions
    if kind is StepKind.ACTION:
        known, other = other, known
    if name in other:
        right = StepKind.ACTION if kind is StepKind.CHECK else StepKind.CHECK
        hint = f"It is one of the {right}s: write ```{right}."
    else:
        hint = did_you_mean(name, tuple(sorted(known)))
    return Flaw(line=line, message=f"there is no {kind} '{name}'.", hint=hint)


def _misfits(entry: Entry, params: type[BaseModel]) -> Iterator[Flaw]:
    """Try the parameters; a value that is yet to be filled in is not judged."""
    asked: dict[str, Any] = dict(entry.value or {})
    try:
        params.model_validate(asked)
    except ValidationError as wrong:
        for error in wrong.errors(include_url=False, include_context=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            unknown = error["type"] == "extra_forbidden"
            if unknown or not any(named_inputs(asked.get(name))):
                yield _misfit(entry, params, name, _saying(error["type"], error["msg"]))


def _saying(kind: str, words: str) -> str:
    said = {"missing": "it is missing", "extra_forbidden": "there is no such parameter"}
    return said.get(kind, words[:1].lower() + words[1:])


def _misfit(entry: Entry, params: type[BaseModel], name: str, words: str) -> Flaw:
    known = tuple(params.model_fields)
    hint = "" if name in known else did_you_mean(name, known)
    message = f"'{entry.key}' cannot be asked like this: {name or 'all'}: {words}."
    return Flaw(line=entry.line, message=message, hint=hint)


def _order(
    kind: StepKind,
    calls: list[Entry],
    beside: Mapping[str, Entry],
    catalogue: Catalogue,
) -> tuple[Order, list[Flaw]]:
    when, flaws = _guard(beside.get("when"), catalogue)
    only_if, wrong = _guard(beside.get("if"), catalogue)
    flaws += wrong
    asks, wrong = _asks(beside.get("asks"), kind)
    flaws += wrong
    verify, wrong = _verify(beside.get("verify"), kind, catalogue)
    flaws += wrong
    fresh = None
    if "fresh" in beside:
        fresh, wrong = read_fresh(beside["fresh"])
        flaws += wrong
    asked = calls[0].value if calls and isinstance(calls[0].value, Mapping) else {}
    call = Call(name=calls[0].key, params=asked) if calls else None
    return Order(kind, call, when, only_if, asks, verify, fresh), flaws


def _asks(entry: Entry | None, kind: StepKind) -> tuple[tuple[Ask, ...], list[Flaw]]:
    if entry is None:
        return (), []
    if kind not in _ASKS:
        words = f"'asks' belongs to a confirm or an attest, not to a {kind}."
        return (), [Flaw(line=entry.line, message=words)]
    return read_asks(entry)


def _guard(entry: Entry | None, catalogue: Catalogue) -> tuple[str | None, list[Flaw]]:
    if entry is None:
        return None, []
    if not isinstance(entry.value, str):
        hint = "Put quotes around it."
        return None, [
            Flaw(line=entry.line, message=f"'{entry.key}' is no text.", hint=hint)
        ]
    return entry.value, list(guard_flaws(entry.value, entry.line, catalogue))


def _verify(
    entry: Entry | None, kind: StepKind, catalogue: Catalogue
) -> tuple[str | None, list[Flaw]]:
    if entry is None:
        return None, []
    name = str(entry.value)
    if kind is not StepKind.ACTION:
        words = "'verify' belongs to an action; a check is its own proof."
        return None, [Flaw(line=entry.line, message=words)]
    if name not in catalogue.checks:
        return None, [_no_such(name, StepKind.CHECK, entry.line, catalogue)]
    return name, []
