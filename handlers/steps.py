"""Presses of buttons: decode, authorise, let the service commit. Nothing is posted."""

from dataclasses import replace

from bot.core.incident.commands import (
    Command,
    Press,
    Reopen,
    Request,
    Resolve,
    Start,
)
from bot.core.incident.press import NEEDS_WORDS
from bot.core.incident.state import Incident, Verb
from bot.core.runbook.pages import Ask, AskKind, Step
from bot.errors import UsageError
from handlers import answering, authorising, commands, forms, refs
from handlers.desk import Desk
from handlers.payloads import Pressed


async def press(desk: Desk, told: Pressed) -> None:
    """Do what the button says; raise BotError with what to tell the person."""
    incident, command = _meant(desk, told)
    state = await _must_be_here(desk, incident, told.channel)
    await authorising.must_press(desk, told.actor, state, command)
    if isinstance(command, Press) and command.verb in NEEDS_WORDS:
        await authorising.must_be_possible(desk, told.actor, state, command)
        await forms.ask_words(desk, told, command.verb)
        return
    step = _asking(state, command)
    if step and isinstance(command, Press):
        fitting = {ask.name: _fitting(ask) for ask in step.asks}
        sure = replace(command, answers=fitting)
        await authorising.must_be_possible(desk, told.actor, state, sure)
        await answering.ask(desk, told, step)
        return
    asked = command, told.receipt
    await authorising.change(desk, told.actor, incident, asked)


def _meant(desk: Desk, told: Pressed) -> tuple[str, Command]:
    """Return the incident and the command that the button stands for."""
    if _is(told, refs.START):
        start = refs.StartButton.decoded(told.value)
        return start.incident, Start(commands.chosen(desk, start.slug))
    if _is(told, refs.REQUEST):
        wish = refs.RequestButton.decoded(told.value)
        return wish.incident, Request(wish.check)
    whole = _OF_INCIDENT.get(told.action_id)
    if whole is not None:
        return refs.IncidentButton.decoded(told.value).incident, whole
    button, verb = refs.StepButton.decoded(told.value), refs.verb_of(told.action_id)
    return button.incident, Press(step=button.ref, verb=verb, plan=button.plan)


def _is(told: Pressed, action: str) -> bool:
    """Say whether it is that button; of several in one message each has a number."""
    return told.action_id == action or told.action_id.startswith(f"{action}:")


_OF_INCIDENT: dict[str, Command] = {
    refs.RESOLVE: Resolve(),
    refs.RESOLVE_ANYWAY: Resolve(anyway=True),
    refs.REOPEN: Reopen(),
}


def _asking(state: Incident, command: Command) -> Step | None:
    """Return the step if it asks something of whoever confirms it."""
    if not isinstance(command, Press) or command.verb is not Verb.CONFIRM:
        return None
    found = state.step(command.step)
    return found.step if found and found.step.asks else None


_FITS = {AskKind.LINK: "https://x", AskKind.NUMBER: "0", AskKind.NAME: "x"}


def _fitting(ask: Ask) -> str:
    """Return an answer that would be taken, to see whether any would be now."""
    return ask.choices[0] if ask.choices else _FITS[ask.kind]


async def _must_be_here(desk: Desk, incident: str, channel: str) -> Incident:
    state = await desk.service.load(incident)
    if state.channel != channel:
        raise UsageError("That incident belongs to another channel.")
    return state
