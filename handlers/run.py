"""`triage run --dry-run PAGE --room R`: what a runbook would do, in a terminal."""

import argparse
import asyncio
import base64
import logging
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from bot import app, logs
from bot.cli.shape import tell, tell_json
from bot.cli.shapes import (
    RunCaps,
    RunCase,
    RunDemand,
    RunMessage,
    RunPlan,
    RunReport,
    RunStep,
)
from bot.core.actions import Plan
from bot.core.incident.events import Event
from bot.core.incident.state import Incident
from bot.core.incident.supposing import Case
from bot.core.locks import Capped
from bot.core.policy import Demand
from bot.core.runbook.pages import Library, Runbook
from bot.engine.dry_run import Moment
from bot.errors import UsageError
from bot.settings import Settings, read_settings
from handlers.render import supposed
from handlers.render.dry_run import demanded, for_terminal, lines_of, plain, quoted
from handlers.render.message import Catalogue, Message, wanted
from handlers.reports import report_of

BY = "the terminal"
_NOT_HERE = (
    "triage run does nothing without --dry-run: what disturbs somebody is run in "
    "Slack, by a press of somebody whom the policy lets."
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take a page, and what it would be run for."""
    parser.add_argument("page", help="the page's slug, as `triage lint` knows it")
    parser.add_argument("--dry-run", action="store_true", help="the only way there is")
    parser.add_argument("--room", required=True, help="the room that it is about")
    parser.add_argument("--participant", help="the participant who has the problem")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print each message as it would be; 0 whatever the looks say."""
    if not options.dry_run:
        raise UsageError(_NOT_HERE)
    logs.set_up("text", logging.WARNING)
    asyncio.run((_tell_json if options.json else _tell)(read_settings(), options))
    return 0


async def _tell(settings: Settings, options: argparse.Namespace) -> None:
    tell("Dry run: what only looks is run, nothing is touched, nothing is kept.")
    async with _walked(settings, options) as walk:
        async for shown in walk:
            tell(f"\n--- {shown.message.part}")
            tell(for_terminal(shown.message))
            for line in _more(shown):
                tell(plain(line))
    tell("\nDry run ended: nothing was touched. Locks and caps are the running bot's.")


def _more(shown: "Shown") -> Iterator[str]:
    """Yield, as mrkdwn, what is not so yet: after a press of Run, and at the end."""
    at = shown.at
    if at and at.demand:
        yield demanded(at.demand)
        yield from supposed.remarks(at.capped, at.cases)
    for _, title, lines in shown.cases:
        yield f"\n--- {shown.message.part}. {title}:"
        yield from quoted(lines)
    if shown.summary:
        yield f"\n--- {supposed.SUMMARY}:"
        yield from quoted(shown.summary)


async def _tell_json(settings: Settings, options: argparse.Namespace) -> None:
    async with _walked(settings, options) as walk:
        shown = [one async for one in walk]
    tell_json(report(options.page, shown).model_dump(mode="json"))


@dataclass(frozen=True)
class Shown:
    """A message of the walk; the moment of a step, if it is a step's."""

    message: Message
    state: Incident
    at: Moment | None = None
    cases: tuple[tuple[Case, str, tuple[str, ...]], ...] = ()
    """What may be the case after a press of Run, when, and what is new then."""
    summary: tuple[str, ...] = ()


def report(page: str, shown: Sequence[Shown]) -> RunReport:
    """Return the document that tells of a walk; at least one message was shown."""
    state = shown[0].state
    return RunReport(
        runbook=page,
        room=state.report.room,
        participant=state.report.participant,
        proposed=state.ranking.proposed if state.ranking else None,
        messages=tuple(_message(one.message) for one in shown if not one.at),
        steps=tuple(_step(one, one.at) for one in shown if one.at),
        summary=_plain(shown[-1].summary) if shown[-1].summary else None,
    )


def _message(message: Message) -> RunMessage:
    return RunMessage(part=message.part, text=for_terminal(message))


def _plain(lines: Sequence[str]) -> str:
    return "\n".join(map(plain, lines))


def _step(shown: Shown, at: Moment) -> RunStep:
    one = at.step
    return RunStep(
        number=one.number,
        title=one.step.title,
        kind=one.step.kind,
        status=one.status,
        why=one.why,
        plan=_plan(one.plan) if one.plan else None,
        demand=_demand(at.demand) if at.demand else None,
        caps=_caps(at.capped) if at.capped else None,
        message=_message(shown.message),
        after_run=tuple(
            RunCase(case=case, says=title, text=_plain(lines))
            for case, title, lines in shown.cases
        ),
    )


def _caps(caps: Capped) -> RunCaps:
    return RunCaps(
        participants=caps.participants,
        this_one=caps.touches,
        acts_per_room_and_hour=caps.acts,
    )


def _plan(plan: Plan) -> RunPlan:
    return RunPlan(target=plan.target, blast=plan.blast, participants=plan.touches)


def _demand(demand: Demand) -> RunDemand:
    return RunDemand(
        effect=demand.effect,
        may_run=demand.runners,
        approvals=demand.needed,
        may_approve=demand.approvers,
    )


@asynccontextmanager
async def _walked(
    settings: Settings, options: argparse.Namespace
) -> AsyncIterator[AsyncIterator[Shown]]:
    """Put up a bot apart, and let it walk through the page."""
    with TemporaryDirectory(prefix="triage-dry-run-") as folder:
        async with app.build(_apart(settings, Path(folder))) as bot:
            yield _shown(bot, options)


def _apart(settings: Settings, folder: Path) -> Settings:
    """Return settings with a database and keys that are gone afterwards."""
    key = base64.b64encode(os.urandom(32)).decode()
    changes = {
        "database": folder / "dry-run.db",
        "data_key": SecretStr(f"dry-run:{key}"),
        "data_key_file": None,
        "signing_key": None,
        "signing_key_file": None,
    }
    return settings.model_copy(update=changes)


async def _shown(bot: app.Bot, options: argparse.Namespace) -> AsyncIterator[Shown]:
    book = _chosen(bot.library, options.page)
    report = report_of(room=options.room, participant=options.participant)
    state, events = await bot.dry_run.imagined(report, by=BY)
    catalogue = _catalogue(bot)
    for message in _parts(state, events, catalogue, {"card", "checks", "ranking"}):
        yield Shown(message, state)
    async for at in bot.dry_run.walk(state, events, book, by=BY):
        part = f"step:{at.step.ref.run}:{at.step.number}"
        for message in _parts(at.state, at.events, catalogue, {part}):
            yield _beyond(message, _counted_elsewhere(at), catalogue)


def _counted_elsewhere(at: Moment) -> Moment:
    """Return the moment without a count: the acts of this database are none."""
    capped = at.capped and at.capped.model_copy(update={"begun": None})
    return replace(at, capped=capped)


def _beyond(message: Message, at: Moment, catalogue: Catalogue) -> Shown:
    before = tuple(lines_of(message.blocks))
    cases = tuple(supposed.follows(at.step.ref, before, at.cases, catalogue))
    ends = supposed.summary(at.state.id, at.ending) if at.ending else ()
    return Shown(message, at.state, at, cases, ends)


def _parts(
    state: Incident, events: tuple[Event, ...], catalogue: Catalogue, names: set[str]
) -> list[Message]:
    return [one for one in wanted(state, events, catalogue) if one.part in names]


def _chosen(library: Library, slug: str) -> Runbook:
    if slug not in library:
        raise UsageError(f"There is no page {slug}. There are: {', '.join(library)}.")
    return library[slug]


def _catalogue(bot: app.Bot) -> Catalogue:
    return Catalogue(
        titles=app.titles(),
        library=bot.library,
        effects=app.effects(),
        yields=bot.service.rules.yields,
        on_request=app.on_request(),
    )
