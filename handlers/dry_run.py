"""`/triage runbook NAME --dry-run`: shown to whoever asks alone, and nothing is done.

The walk takes longer than Slack waits for an answer, so it goes on after it, and each
message is delivered to the person as other notices are.
"""

import traceback
from collections.abc import Iterator
from functools import partial

import structlog

from bot.core.runbook.pages import Runbook
from bot.engine.dry_run import Moment
from bot.errors import BotError
from handlers import payloads
from handlers.desk import Desk
from handlers.render import dry_run as words
from handlers.render import supposed
from handlers.render.step import step
from handlers.render.words import Catalogue
from handlers.replies import whisper

log = structlog.get_logger(__name__)


async def begin(
    desk: Desk, told: payloads.Command, incident: str, book: Runbook
) -> str:
    """Begin to walk through the page; raise UsageError if too many do."""
    name = told.receipt or desk.reference()
    desk.errands.begin(name, partial(_walk, desk, told, incident, book))
    return words.begun(book)


async def _walk(
    desk: Desk, told: payloads.Command, incident: str, book: Runbook
) -> None:
    try:
        await _show(desk, told, incident, book)
    except BotError as error:
        await _say(desk, told, f"{words.MARK} It ends here: {error}")
    except Exception as error:  # noqa: BLE001  a bug: the person is told, the log too
        await _say(desk, told, f"{words.MARK} {_crashed(desk, error)}")


def _crashed(desk: Desk, error: Exception) -> str:
    """Log where it happened, without its text: that may quote what people wrote."""
    reference = desk.reference()
    trace = "".join(traceback.format_tb(error.__traceback__))
    kind = type(error).__name__
    log.error("dry_run.crashed", reference=reference, kind=kind, trace=trace)
    return f"It failed; whoever runs me finds it in the log under {reference}."


async def _show(
    desk: Desk, told: payloads.Command, incident: str, book: Runbook
) -> None:
    state = await desk.service.load(incident)
    events = await desk.service.events(incident)
    walk = desk.dry_run.walk(state, events[: state.seq], book, by=told.actor.user)
    async for at in walk:
        for text in _told(at, desk.catalogue):
            await _say(desk, told, text)
    await _say(desk, told, words.ended(book))


def _told(at: Moment, catalogue: Catalogue) -> Iterator[str]:
    """Yield the step as it is, what would follow a press, and at last the summary."""
    yield from words.shown(at.state, at.step, at.demand, at.events, catalogue)
    if at.demand is not None:
        yield from words.marked(_after(at, catalogue))
    if at.ending:
        lines = supposed.summary(at.state.id, at.ending)
        yield from words.marked((f"*{supposed.SUMMARY}:*", *words.quoted(lines)))


def _after(at: Moment, catalogue: Catalogue) -> Iterator[str]:
    """Yield what would follow a press of Run on the step's act."""
    yield f"*Step {at.step.number}, after a press of Run*"
    yield from (f"_{one}_" for one in supposed.remarks(at.capped, at.cases))
    shown = tuple(words.lines_of(step(at.state, at.step, at.events, catalogue).blocks))
    for _, title, lines in supposed.follows(at.step.ref, shown, at.cases, catalogue):
        yield f"*{title}:*"
        yield from words.quoted(lines)


async def _say(desk: Desk, told: payloads.Command, text: str) -> None:
    await whisper(desk, told.actor.user, (told.channel, None), text)
