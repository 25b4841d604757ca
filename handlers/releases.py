"""`/triage release`, `rollback` and `backup`: checklists, and a listing's verdict."""

from bot.cohrtz.backup import judge, read_listing
from bot.core.incident.commands import Open, Recover
from bot.core.policy import Deed
from bot.core.report import Subject
from bot.engine.service import UNRESOLVED
from bot.errors import UsageError
from bot.store.rows import Head
from handlers import authorising, payloads
from handlers.desk import Desk
from handlers.grammar import Ask
from handlers.render import backup as shown
from handlers.reports import report_of

ROOMS = "rooms"
"""The word after which a rollback's impacted rooms are named."""


async def release(desk: Desk, told: payloads.Command, ask: Ask) -> None:
    """Open the checklist run of a version."""
    await _open(desk, told, Subject.RELEASE, ask.words or "")


async def rollback(desk: Desk, told: payloads.Command, ask: Ask) -> str | None:
    """Open a rollback, of the released version without one; or name its rooms."""
    if ask.items and ask.items[0].lower() == ROOMS:
        return await _recover(desk, told, ask.items[1:])
    version = ask.words or await _released(desk, told.channel)
    await _open(desk, told, Subject.ROLLBACK, version)
    return None


async def backup(desk: Desk, _: payloads.Command, ask: Ask) -> str:
    """Judge a listing that was pasted; without one, say what a backup needs."""
    if not ask.words:
        return shown.guidance()
    return shown.judged(judge(read_listing(ask.words, desk.now())))


async def _open(
    desk: Desk, told: payloads.Command, about: Subject, version: str
) -> None:
    command = Open(report_of(about=about, version=version), told.channel)
    asked = Deed.POLICY_BOUND, told.receipt
    await authorising.open_incident(desk, told.actor, command, asked)


async def _recover(desk: Desk, told: payloads.Command, rooms: tuple[str, ...]) -> str:
    if not rooms:
        raise UsageError("Say which rooms: `/triage rollback rooms ROOM ROOM …`.")
    named = tuple(report_of(room=room).room for room in rooms)
    head = await _rollback_here(desk, told.channel)
    command = Recover(named, desk.thresholds.most)
    asked = command, told.receipt
    await authorising.change(desk, told.actor, head.incident, asked)
    pace = f"one each {desk.thresholds.every:g} s"
    return f"{len(named)} rooms are recovered, {pace}. Their incidents appear here."


async def _rollback_here(desk: Desk, channel: str) -> Head:
    for head in await _versions(desk, channel):
        if (await desk.service.load(head.incident)).report.about is Subject.ROLLBACK:
            return head
    raise UsageError("No rollback is open here: `/triage rollback VERSION` opens one.")


async def _released(desk: Desk, channel: str) -> str:
    """Return the version of the release that is open in the channel."""
    for head in await _versions(desk, channel):
        report = (await desk.service.load(head.incident)).report
        if report.about is Subject.RELEASE and report.version:
            return report.version
    raise UsageError("Say which version is taken back: `/triage rollback VERSION`.")


async def _versions(desk: Desk, channel: str) -> list[Head]:
    heads = await desk.service.store.heads(
        statuses=UNRESOLVED, channel=channel, limit=100
    )
    return [head for head in heads if not head.room]
