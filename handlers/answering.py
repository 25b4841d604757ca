"""What a step asks of whoever confirms it: the form, and its answers taken."""

from collections.abc import Mapping
from typing import Any

from bot.core.incident.commands import Press
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Verb
from bot.core.runbook.asks import answered
from bot.core.runbook.pages import Ask, Step, StepKind
from bot.errors import BotError, UsageError
from handlers import authorising, payloads
from handlers.desk import Desk
from handlers.payloads import Actor
from handlers.refs import FormKind, FormMemo, StepButton
from handlers.render import form
from handlers.replies import beside
from handlers.views import show


async def ask(desk: Desk, told: payloads.Pressed, step: Step) -> None:
    """Open the form with a field for each thing that the step asks."""
    button = StepButton.decoded(told.value)
    memo = FormMemo(
        kind=FormKind.ANSWERS,
        channel=told.channel,
        incident=button.incident,
        run=button.run,
        step=button.step,
        verb=Verb.CONFIRM,
    )
    attested = step.kind is StepKind.ATTEST
    view = form.answers_form(memo, step.asks, attested=attested)
    await show(desk, told.trigger, view, "Press the button again.")


async def take(
    desk: Desk, body: Mapping[str, Any], who: tuple[FormMemo, Actor], receipt: str
) -> Mapping[str, str]:
    """Take the answers; return what is wrong, by the block under which it stands."""
    memo, actor = who
    asks = await _asks(desk, memo)
    values = payloads.view_values(body)
    typed = {one.name: values.get(form.field_of(one)) or "" for one in asks}
    wrong = answered(asks, typed).wrong
    if wrong:
        return {_block(body, one): wrong[one.name] for one in asks if one.name in wrong}
    try:
        await _confirm(desk, memo, (actor, typed), receipt)
    except NotNow as error:
        said = await beside(desk, actor.user, memo.channel, error)
        return {_block(body, asks[0]): said} if said else {}
    except BotError as error:
        return {_block(body, asks[0]): str(error)}
    return {}


async def _asks(desk: Desk, memo: FormMemo) -> tuple[Ask, ...]:
    if memo.incident is None or memo.ref is None:
        raise _unreadable()
    state = await desk.service.load(memo.incident)
    step = state.step(memo.ref)
    if step is None or not step.step.asks:
        raise _unreadable()
    return step.step.asks


async def _confirm(
    desk: Desk, memo: FormMemo, said: tuple[Actor, Mapping[str, str]], receipt: str
) -> None:
    if memo.incident is None or memo.ref is None:
        raise _unreadable()
    actor, typed = said
    press = Press(step=memo.ref, verb=Verb.CONFIRM, answers=typed)
    await authorising.change(desk, actor, memo.incident, (press, receipt))


def _block(body: Mapping[str, Any], one: Ask) -> str:
    return payloads.view_fields(body).get(form.field_of(one), form.field_of(one))


def _unreadable() -> UsageError:
    return UsageError("This form cannot be read; press the button again.")
