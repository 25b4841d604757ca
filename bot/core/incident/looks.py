"""Which looks to ask for: parameters filled, numbers unique, sources of facts found."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from bot.core.incident.commands import Context, Rules
from bot.core.incident.events import CheckCall, ChecksRequested, Purpose, StepRef
from bot.core.incident.state import Incident
from bot.core.ranking import Ranking
from bot.core.report import Report, Subject

RANKED: Final = (Purpose.OPEN, Purpose.REQUEST)
"""What is looked at for these is looked at before the pages are ranked."""


@dataclass(frozen=True)
class Want:
    """A look that is wanted, before it has a number."""

    check: str
    params: Mapping[str, Any]
    purpose: Purpose
    step: StepRef | None = None
    due: datetime | None = None
    final: bool = True


def ask(wants: Iterable[Want], after: int) -> ChecksRequested:
    """Ask for looks, numbered from the one after the last that was used."""
    calls = tuple(
        CheckCall(
            number=number,
            check=want.check,
            params=want.params,
            purpose=want.purpose,
            step=want.step,
            due=want.due,
            final=want.final,
        )
        for number, want in enumerate(wants, after + 1)
    )
    return ChecksRequested(calls=calls)


def last_number(state: Incident) -> int:
    """Return the number of the last look that was asked for; 0 if none was."""
    return max(state.looks, default=0)


@dataclass(frozen=True)
class Inputs:
    """What a check can be told without a page: the report, and the incident's id."""

    report: Report
    incident: str


def opening(inputs: Inputs, context: Context) -> tuple[Want, ...]:
    """Return the looks that every new incident about a room takes."""
    about_room = inputs.report.about is Subject.ROOM
    names = context.rules.opening if about_room else ()
    return tuple(
        Want(name, reported(name, inputs, context.rules), Purpose.OPEN)
        for name in names
    )


def first_looks(state: Incident, context: Context) -> tuple[Want, ...]:
    """Return the looks that every new incident takes, as long as nobody asked for them.

    They are not asked for in the batch that opens it: whoever opened it waits for that.
    """
    if any(one.call.purpose is Purpose.OPEN for one in state.looks.values()):
        return ()
    return opening(Inputs(state.report, state.id), context)


def reported(check: str, inputs: Inputs, rules: Rules) -> dict[str, str]:
    """Fill a check's parameters from the report; what is not known is left out."""
    known = {
        "room": inputs.report.room,
        "identity": inputs.report.participant,
        "incident": inputs.incident,
    }
    wanted = rules.takes.get(check, frozenset())
    return {k: v for k, v in known.items() if k in wanted and v is not None}


def again(state: Incident, names: Iterable[str], context: Context) -> list[Want]:
    """Return looks by these checks, asked as a step asked them, else as reported."""
    inputs = Inputs(state.report, state.id)
    stepped = {
        look.call.check: look.call.params
        for look in state.looks.values()
        if look.call.purpose is Purpose.STEP
    }
    return [
        Want(
            name,
            {**stepped.get(name, {}), **reported(name, inputs, context.rules)},
            Purpose.RESOLVE,
        )
        for name in names
    ]


def sources(facts: Iterable[str], rules: Rules) -> tuple[str, ...]:
    """Return the checks that yield these facts, each once, in order."""
    found = (rules.yields[name] for name in facts if name in rules.yields)
    return tuple(dict.fromkeys(found))


def requestable(
    ranking: Ranking, yields: Mapping[str, str], offered: Container[str]
) -> tuple[str, ...]:
    """Return the checks, of those offered, that would tell what the ranking lacks.

    `yields` names the check that yields each fact.
    """
    lacking = (name for one in ranking.missing for name in one.facts)
    found = (yields[name] for name in lacking if name in yields)
    return tuple(dict.fromkeys(check for check in found if check in offered))
