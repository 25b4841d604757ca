"""The forms: opened, kept in step with what is chosen, and taken."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from pydantic import ValidationError

from bot.core.incident.commands import Open, Press
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Verb
from bot.core.policy import Deed
from bot.core.report import Report, Reproduces, Severity, visible
from bot.errors import BotError, UsageError
from handlers import answering, authorising, payloads
from handlers.desk import Desk
from handlers.files import offered
from handlers.payloads import Actor
from handlers.refs import FormKind, FormMemo, StepButton
from handlers.render import form
from handlers.replies import beside
from handlers.slack import SlackTrouble
from handlers.transitions import recent_transitions
from handlers.views import PATIENCE, show

log = structlog.get_logger(__name__)

MOMENT = 0.8
"""Seconds to wait, before a form is opened, for Slack to say who somebody is."""

QUESTIONS = {
    Verb.SKIP: ("Skip the step", "Why is it skipped?"),
    Verb.FAIL: ("The step failed", "What happened?"),
    Verb.DECLINE: ("Decline", "Why should it not be run?"),
    Verb.BREAK_GLASS: ("Break the glass", "Why can it not wait for approvals?"),
}


@dataclass(frozen=True)
class Taken:
    """What to answer to a submission: errors beside the fields, or none."""

    errors: Mapping[str, str]


async def open_form(desk: Desk, actor: Actor, channel: str, trigger: str) -> None:
    """Open the triage form, unless it is known in time that they may not send it.

    The trigger lives for three seconds, and empty the form tells nothing: what is
    typed into it, and what it offers, is authorised again.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(MOMENT):
            deed = authorising.TYPED["form"]
            await authorising.must_begin(desk, actor, deed, channel)
    memo = FormMemo(kind=FormKind.OPEN, channel=channel)
    instead = "Try again, or type `/triage ROOM [PARTICIPANT] [words]`."
    await show(desk, trigger, form.triage_form(memo), instead)
    log.info("form.opened", user=actor.user)


async def ask_words(desk: Desk, told: payloads.Pressed, verb: Verb) -> None:
    """Open the small form that asks why a step is skipped or has failed."""
    button = StepButton.decoded(told.value)
    title, question = QUESTIONS[verb]
    memo = FormMemo(
        kind=FormKind.WORDS,
        channel=told.channel,
        incident=button.incident,
        run=button.run,
        step=button.step,
        verb=verb,
        plan=button.plan,
    )
    view = form.words_form(memo, title, question)
    await show(desk, told.trigger, view, "Press the button again.")


async def redraw(desk: Desk, body: Mapping[str, Any]) -> None:
    """Fill in the transitions of the room and participant that were chosen."""
    values = payloads.view_values(body)
    memo = FormMemo.decoded(payloads.view_memo(body))
    typed = values.get(form.TRANSITIONS) or ""
    if memo.kind is not FormKind.OPEN or _is_own(body, memo, typed):
        return
    await must_fill_in(desk, body)
    room, participant = values.get(form.ROOM), values.get(form.PARTICIPANT)
    moves = await recent_transitions(desk.recorded, desk.now(), room or "", participant)
    view = form.triage_form(memo, _filled(values, moves))
    try:
        async with asyncio.timeout(PATIENCE):
            await desk.slack.call(
                "views.update",
                view_id=payloads.view_id(body),
                hash=payloads.view_hash(body),
                view=view,
            )
    except (SlackTrouble, TimeoutError) as error:
        # Closed, changed meanwhile, or not reached: the form stays as it is.
        log.info("form.unfilled", kind=type(error).__name__)


async def must_fill_in(desk: Desk, body: Mapping[str, Any]) -> None:
    """Raise NotAllowed unless the person may see what the form offers."""
    memo = FormMemo.decoded(payloads.view_memo(body))
    await authorising.must_fill_in(desk, payloads.actor(body), memo.channel)


def _is_own(body: Mapping[str, Any], memo: FormMemo, typed: str) -> bool:
    """Say whether the transitions are a person's own words, which are to stay.

    The id of their block tells what was filled in.
    """
    as_filled = form.triage_form(memo, form.Filled(transitions=typed))
    return bool(typed) and _block(body, form.TRANSITIONS) != _block(
        {"view": as_filled}, form.TRANSITIONS
    )


async def submit(desk: Desk, body: Mapping[str, Any]) -> Taken:
    """Take a form; the same form sent twice changes things once."""
    if payloads.view_values(body) == {}:
        raise UsageError("This form came without its fields; open it again.")
    memo = FormMemo.decoded(payloads.view_memo(body))
    actor = payloads.actor(body)
    receipt = f"view/{actor.team}/{payloads.view_id(body)}"
    if memo.kind is FormKind.OPEN:
        return await _take_report(desk, body, (memo, actor), receipt)
    if memo.kind is FormKind.ANSWERS:
        return Taken(await answering.take(desk, body, (memo, actor), receipt))
    return await _take_words(desk, body, (memo, actor), receipt)


async def _take_report(
    desk: Desk, body: Mapping[str, Any], who: tuple[FormMemo, Actor], receipt: str
) -> Taken:
    memo, actor = who
    values = payloads.view_values(body)
    try:
        report = Report.model_validate(_fields(values))
    except ValidationError as error:
        return Taken(_beside(body, error))
    files = offered(payloads.view_files(body))
    command = Open(report=report, channel=memo.channel, files=files)
    try:
        await authorising.open_incident(desk, actor, command, (Deed.OPEN, receipt))
    except UsageError as error:
        return Taken({_block(body, form.ROOM): str(error)})
    return Taken({})


async def _take_words(
    desk: Desk, body: Mapping[str, Any], who: tuple[FormMemo, Actor], receipt: str
) -> Taken:
    memo, actor = who
    block, words = _block(body, form.WORDS), payloads.view_values(body).get(form.WORDS)
    told = str(visible(words or ""))
    if not told:
        return Taken({block: "Say in a few words why."})
    try:
        await _press(desk, memo, (actor, told), receipt)
    except NotNow as error:
        said = await beside(desk, actor.user, memo.channel, error)
        return Taken({block: said} if said else {})
    except BotError as error:
        return Taken({block: str(error)})
    return Taken({})


async def _press(
    desk: Desk, memo: FormMemo, said: tuple[Actor, str], receipt: str
) -> None:
    if memo.incident is None or memo.ref is None or memo.verb is None:
        raise UsageError("This form cannot be read; press the button again.")
    actor, words = said
    press = Press(step=memo.ref, verb=memo.verb, words=words, plan=memo.plan)
    await authorising.change(desk, actor, memo.incident, (press, receipt))


_NAMES = {
    form.ROOM: "room",
    form.PARTICIPANT: "participant",
    form.PACKET_TYPE: "packet_type",
    form.REQUEST_ID: "request_id",
    form.TRANSITIONS: "transitions",
    form.REPRODUCES: "reproduces",
    form.SEVERITY: "severity",
    form.WORDS: "words",
}


def _fields(values: Mapping[str, str | None]) -> dict[str, str]:
    named = {_NAMES[name]: value for name, value in values.items() if name in _NAMES}
    return {name: value for name, value in named.items() if value}


def _beside(body: Mapping[str, Any], error: ValidationError) -> dict[str, str]:
    """Return what is wrong, by the block under which it is to stand."""
    actions = {name: action for action, name in _NAMES.items()}
    told: dict[str, str] = {}
    for one in error.errors(include_input=False):
        name = str(one["loc"][0]) if one["loc"] else "room"
        told[_block(body, actions.get(name, form.ROOM))] = str(one["msg"])
    return told


def _block(body: Mapping[str, Any], action: str) -> str:
    """Return the id of the block that holds the field."""
    return payloads.view_fields(body).get(action, action)


def _filled(values: Mapping[str, str | None], moves: str) -> form.Filled:
    try:
        reproduces = Reproduces(values.get(form.REPRODUCES) or Reproduces.NOT_TRIED)
        severity = Severity(values.get(form.SEVERITY) or Severity.SEV3)
    except ValueError:
        raise UsageError("This form is of another version; open it again.") from None
    return form.Filled(
        room=values.get(form.ROOM),
        participant=values.get(form.PARTICIPANT),
        packet_type=values.get(form.PACKET_TYPE),
        request_id=values.get(form.REQUEST_ID) or "",
        transitions=moves,
        reproduces=reproduces,
        severity=severity,
        words=values.get(form.WORDS) or "",
    )
