"""The one place where what people ask for is let through, or refused and written down.

Whatever a person asks for is a deed of the policy: commands of an incident by the
table in `bot.core.incident.deeds`, what is typed by `TYPED` here. A refusal says why
and who could; it stands on the timeline of the incident that it is about.
"""

from collections.abc import Mapping
from dataclasses import replace

import structlog

from bot.core.incident.commands import Command, Context, Open, Press, Refuse
from bot.core.incident.decide import decide
from bot.core.incident.deeds import deed_of
from bot.core.incident.erasing import Erase
from bot.core.incident.events import StepRef
from bot.core.incident.refusal import NotYours
from bot.core.incident.state import Incident
from bot.core.policy import MEMBERS, Deed, Ruling
from bot.errors import UsageError
from handlers.channels import REFUSAL
from handlers.desk import Desk
from handlers.grammar import Verb
from handlers.payloads import Actor
from handlers.people import STRANGER

log = structlog.get_logger(__name__)

TYPED: Mapping[Verb, Deed] = {
    "form": Deed.OPEN,
    "open": Deed.OPEN,
    "status": Deed.LOOKS,
    "list": Deed.LOOKS,
    "summary": Deed.LOOKS,
    "help": Deed.LOOKS,
    "backup": Deed.LOOKS,
    "resolve": Deed.RESOLVE,
    "reopen": Deed.RESOLVE,
    "runbook": Deed.CONFIRM,
    "release": Deed.POLICY_BOUND,
    "rollback": Deed.POLICY_BOUND,
    "erase": Deed.POLICY_BOUND,
    "export": Deed.EXPORT,
}
"""The deed of what is typed after /triage."""

ASKED_LATER: frozenset[Verb] = frozenset({"form", "open"})
"""What is authorised where it is done, with the same words: nobody is asked twice."""


class NotAllowed(UsageError):  # noqa: N818  named for what is the case
    """The policy does not let the person; the text says why and who could."""


async def must(
    desk: Desk, actor: Actor, deed: Deed, about: tuple[str, StepRef | None] | None
) -> None:
    """Raise NotAllowed unless the person may; `about` is where that is written down.

    `about` is an incident and, of it, a step if there is one.
    """
    ruling = await _ruling(desk, actor, deed)
    if ruling.allows:
        return
    log.info("deed.refused", deed=deed, why=ruling.why)
    if about is not None:
        incident, step = about
        await desk.service.change(incident, Refuse(ruling, step), by=actor.user)
    raise NotAllowed(ruling.told)


async def must_type(desk: Desk, actor: Actor, verb: Verb, channel: str) -> None:
    """Raise NotAllowed unless the person may type that; the channel is where."""
    if verb not in ASKED_LATER:
        await _must_in(desk, actor, TYPED[verb], channel)


async def must_press(
    desk: Desk, actor: Actor, state: Incident, command: Command
) -> None:
    """Raise NotAllowed unless the person may ask the incident for that."""
    deed = deed_of(state, command, actor.user, desk.service.rules)
    step = command.step if isinstance(command, Press) else None
    await must(desk, actor, deed, (state.id, step))


async def must_be_possible(
    desk: Desk, actor: Actor, state: Incident, command: Press
) -> None:
    """Raise NotNow before anybody fills in a form, if it would be refused then.

    That somebody else must do it is on the timeline, as if the form had been sent.
    """
    context = Context(by=actor.user, now=desk.now(), rules=desk.service.rules)
    try:
        decide(state, replace(command, words="to be asked"), context)
    except NotYours as refused:
        refuse = Refuse(refused.ruling, refused.step)
        await desk.service.change(state.id, refuse, by=actor.user)
        raise


async def change(
    desk: Desk, actor: Actor, incident: str, asked: tuple[Command, str | None]
) -> Incident:
    """Let the core decide on a person's command, with its receipt, if they may ask it.

    Raises NotAllowed, and NotNow if the core refuses.
    """
    command, receipt = asked
    state = await desk.service.load(incident)
    await must_press(desk, actor, state, command)
    return await desk.service.change(incident, command, by=actor.user, receipt=receipt)


async def must_begin(desk: Desk, actor: Actor, deed: Deed, channel: str) -> None:
    """Raise NotAllowed unless the person may begin an incident in the channel."""
    await _must_in(desk, actor, deed, channel)
    try:
        await _must_be_ours(desk, channel)
    except NotAllowed:
        head = await desk.service.latest(channel)
        if head is not None:
            refuse = Refuse(Ruling(deed, REFUSAL))
            await desk.service.change(head.incident, refuse, by=actor.user)
        raise


async def must_fill_in(desk: Desk, actor: Actor, channel: str) -> None:
    """Raise NotAllowed unless the person may see what the form offers: who is where.

    It is asked for letter by letter, so it is on no timeline.
    """
    await must(desk, actor, TYPED["form"], None)
    await _must_be_ours(desk, channel)


async def _must_be_ours(desk: Desk, channel: str) -> None:
    if await desk.channels.seems_shared(channel):
        log.info("open.refused", why="the channel is shared")
        raise NotAllowed(REFUSAL)


async def open_incident(
    desk: Desk, actor: Actor, command: Open, asked: tuple[Deed, str | None]
) -> None:
    """Open an incident, if the person may and the channel is not shared outside."""
    deed, receipt = asked
    await must_begin(desk, actor, deed, command.channel)
    await desk.service.open(command, by=actor.user, receipt=receipt)


async def erase(
    desk: Desk, actor: Actor, incident: str, wish: Erase
) -> tuple[int, ...]:
    """Erase the words of an event, if the person may."""
    await must(desk, actor, Deed.POLICY_BOUND, (incident, None))
    return await desk.service.erase(incident, wish)


async def _must_in(desk: Desk, actor: Actor, deed: Deed, channel: str) -> None:
    """Raise NotAllowed unless the person may; the channel's incident tells of it."""
    if not (await _ruling(desk, actor, deed)).allows:
        head = await desk.service.latest(channel)
        await must(desk, actor, deed, (head.incident, None) if head else None)


async def _ruling(desk: Desk, actor: Actor, deed: Deed) -> Ruling:
    """Say whether the person may; strangers are told no name of the policy's groups."""
    why = desk.people.glance(actor.user, actor.team)
    if why:
        ruling = desk.authority.policy.ruling(deed, why)
    else:
        ruling = await desk.authority.rule(deed, actor.user)
    return replace(ruling, could=(MEMBERS,)) if ruling.why == STRANGER else ruling
