"""`/triage`: parse, authorise, let the service commit, answer. Nothing is posted."""

import difflib
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.core.incident.commands import Command, Open, Reopen, Resolve, Start
from bot.core.incident.erasing import Erase
from bot.core.incident.state import Incident, Status
from bot.core.runbook.pages import Runbook
from bot.engine.service import UNRESOLVED
from bot.errors import UsageError
from bot.store.rows import Head
from bot.store.seal import SealBroken
from handlers import authorising, dry_run, forms, payloads, releases
from handlers.desk import Desk
from handlers.grammar import Ask, parse
from handlers.render import help as words
from handlers.render.summary import resolution
from handlers.render.words import Drawn
from handlers.replies import whisper
from handlers.reports import report_of
from handlers.transitions import recent_transitions

Answer = str | Drawn | None
"""What only the person sees; None: nothing needs to be said."""


async def run(desk: Desk, told: payloads.Command) -> Answer:
    """Do what the command asks; raise BotError with what to tell the person."""
    ask = parse(told.text)
    if ask.verb == "form":
        await forms.open_form(desk, told.actor, told.channel, told.trigger)
        return None
    await authorising.must_type(desk, told.actor, ask.verb, told.channel)
    return await _VERBS[ask.verb](desk, told, ask)


async def _open(desk: Desk, told: payloads.Command, ask: Ask) -> Answer:
    typed = {"room": ask.room, "participant": ask.participant, "words": ask.words}
    named = report_of(**typed)
    moves = await recent_transitions(
        desk.recorded, desk.now(), named.room, named.participant
    )
    report = report_of(**typed, transitions=moves) if moves else named
    command = Open(report=report, channel=told.channel)
    asked = authorising.TYPED["open"], told.receipt
    await authorising.open_incident(desk, told.actor, command, asked)
    return None


async def _status(desk: Desk, told: payloads.Command, _: Ask) -> Answer:
    head = await _here(desk, told.channel)
    return words.status(await desk.service.load(head.incident))


async def _list(desk: Desk, _: payloads.Command, __: Ask) -> Answer:
    heads = await desk.service.store.heads(statuses=UNRESOLVED, limit=100)
    return words.listing(
        [
            words.Listed(
                incident=head.incident,
                room=head.room or await _title(desk, head),
                status=Status(head.status),
                channel=head.channel,
                opened_at=head.opened_at,
            )
            for head in heads
        ]
    )


async def _title(desk: Desk, head: Head) -> str:
    """Return what an incident without a room is about."""
    try:
        return (await desk.service.load(head.incident)).report.title
    except SealBroken:
        return "(cannot be opened)"


async def _summary(desk: Desk, told: payloads.Command, _: Ask) -> Answer:
    head = await _here(desk, told.channel)
    events = await desk.service.events(head.incident)
    return resolution(head.incident, events, number=1)


async def _resolve(desk: Desk, told: payloads.Command, ask: Ask) -> Answer:
    head = await _here(desk, told.channel)
    command = Resolve(words=ask.words, anyway=ask.anyway)
    state = await _change(desk, told, head, command)
    if state.status is Status.RESOLVED:
        return None
    return "The checks that were not ok are being run again; then it is resolved."


async def _reopen(desk: Desk, told: payloads.Command, ask: Ask) -> Answer:
    head = await _here(desk, told.channel)
    await _change(desk, told, head, Reopen(words=ask.words))
    return None


async def _runbook(desk: Desk, told: payloads.Command, ask: Ask) -> Answer:
    book = chosen(desk, ask.words or "")
    head = await _here(desk, told.channel)
    if ask.dry_run:
        return await dry_run.begin(desk, told, head.incident, book)
    await _change(desk, told, head, Start(book))
    return None


async def _erase(desk: Desk, told: payloads.Command, ask: Ask) -> Answer:
    head = await _here(desk, told.channel)
    wish = Erase(ask.event, told.actor.user, desk.now(), ask.words or "")
    erased = await authorising.erase(desk, told.actor, head.incident, wish)
    return words.erased(erased)


async def _export(desk: Desk, told: payloads.Command, _: Ask) -> Answer:
    head, user = await _here(desk, told.channel), told.actor.user
    failed = partial(whisper, desk, user, (told.channel, None))
    desk.exports.begin(head.incident, user, failed)
    return "I write its bundle, and send it to you alone."


def chosen(desk: Desk, name: str) -> Runbook:
    """Return the page of that slug or title; raise UsageError with a guess."""
    by_name = {slug.lower(): book for slug, book in desk.library.items()}
    by_name |= {book.title.lower(): book for book in desk.library.values()}
    wanted = name.strip().lower()
    if wanted in by_name:
        return by_name[wanted]
    close = difflib.get_close_matches(wanted, by_name, n=1, cutoff=0.5)
    if close:
        raise UsageError(
            f"There is no runbook of that name. Did you mean "
            f"`/triage runbook {by_name[close[0]].slug}`?"
        )
    known = ", ".join(f"`{slug}`" for slug in sorted(desk.library))
    raise UsageError(f"There is no runbook of that name. There are: {known}.")


async def _help(_: Desk, __: payloads.Command, ___: Ask) -> Answer:
    return words.usage()


async def _here(desk: Desk, channel: str) -> Head:
    head = await desk.service.latest(channel)
    if head is None:
        raise UsageError(
            "There is no incident in this channel. `/triage ROOM` opens one, "
            "`/triage list` shows where there are some."
        )
    return head


async def _change(
    desk: Desk, told: payloads.Command, head: Head, command: Command
) -> Incident:
    asked = command, told.receipt
    return await authorising.change(desk, told.actor, head.incident, asked)


_VERBS: Mapping[str, Callable[[Desk, payloads.Command, Ask], Awaitable[Answer]]] = {
    "open": _open,
    "status": _status,
    "list": _list,
    "summary": _summary,
    "resolve": _resolve,
    "reopen": _reopen,
    "runbook": _runbook,
    "release": releases.release,
    "rollback": releases.rollback,
    "backup": releases.backup,
    "erase": _erase,
    "export": _export,
    "help": _help,
}
