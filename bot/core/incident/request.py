"""A look that a person asks for, since the ranking lacks what it would tell."""

from bot.core.incident import commands as c
from bot.core.incident import must
from bot.core.incident.commands import Context
from bot.core.incident.events import Body, Purpose
from bot.core.incident.looks import (
    RANKED,
    Inputs,
    Want,
    ask,
    last_number,
    reported,
    requestable,
)
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Incident


def request(state: Incident, command: c.Request, context: Context) -> tuple[Body, ...]:
    """Ask for the look; raise NotNow if it is under way, or nothing waits for it."""
    must.be_open(state)
    _must_not_be_under_way(state)
    rules, ranking = context.rules, state.ranking
    offered = ranking and requestable(ranking, rules.yields, rules.on_request)
    if command.check not in (offered or ()):
        raise NotNow("The ranking does not wait for that look now.")
    params = reported(command.check, Inputs(state.report, state.id), rules)
    return (ask([Want(command.check, params, Purpose.REQUEST)], last_number(state)),)


def _must_not_be_under_way(state: Incident) -> None:
    for one in state.unreported(*RANKED):
        reason = "The bot is looking already; the pages are ranked again after it."
        raise NotNow(reason, by=one.asked_by, at=one.asked_at)
