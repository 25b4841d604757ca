"""What a batch of events claims of a target, and what it lets go."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.actions import Effect
from bot.core.incident.commands import Rules
from bot.core.incident.events import (
    ActionFinished,
    ActionIntended,
    ActionSettled,
    Body,
    Event,
)
from bot.core.locks import Target, most_of, reach_of
from bot.store.rows import ActRow


@dataclass(frozen=True)
class Beginning:
    """An act that begins, or would."""

    incident: str
    by: str
    at: datetime
    seq: int = 0
    """The event that is its intent; 0: it is only asked whether it could begin."""


def claimed(incident: str, events: Iterable[Event], rules: Rules) -> ActRow | None:
    """Return what the batch intends to act on, if it intends to act."""
    for event in events:
        body = event.body
        if isinstance(body, ActionIntended) and body.holds is not None:
            begins = Beginning(incident, body.asked_by, event.at, event.seq)
            return act_row(begins, body.holds, rules.effect(body.action), rules)
    return None


def act_row(
    begins: Beginning, target: Target, effect: Effect, rules: Rules
) -> ActRow | None:
    """Return the row of an act on that target; None for one that only looks."""
    reach = reach_of(effect)
    if reach is None:
        return None
    return ActRow(
        incident=begins.incident,
        seq=begins.seq,
        room=target.room,
        participant=target.participant,
        reach=reach,
        by=begins.by,
        at=begins.at,
        most=most_of(reach, rules.policy.caps),
    )


def settles(events: Iterable[Event]) -> bool:
    """Say whether the batch settles the incident's act: it is certain what came of it.

    A doubt, and a doubt that no probe can clear, keep the target until somebody says.
    """
    return any(_is_certain(event.body) for event in events)


def _is_certain(body: Body) -> bool:
    if isinstance(body, ActionSettled):
        return body.happened is not None
    return isinstance(body, ActionFinished)
