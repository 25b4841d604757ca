"""What must hold of acts whose answer was lost: nobody may know that they were done.

Such an act is written down as doubted. What then becomes of the doubt is told by the
step: its probe settles it, or a person is asked; see `timelines`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from bot.core.incident import events as e
from rehearsal.cohrtz.journal import Entry
from rehearsal.cohrtz.recorder import ANSWER_LOST
from tests.simulation.kept import Told
from tests.simulation.timelines import CHANGES, changes, method_of

Act = tuple[str, str, str]
"""The action, its room and whom it was about; empty: everybody there."""


def wrong_doubts(incidents: Iterable[Told], journal: Iterable[Entry]) -> Iterator[str]:
    """Say of which acts it is told as certain what nobody can have told the bot."""
    lost = Counter(_act(entry) for entry in changes(journal) if _is_lost(entry))
    doubted: Counter[Act] = Counter()
    for told in incidents:
        doubted.update(_doubted([event.body for event in told.events]))
    for act, times in lost.items():
        if doubted[act] < times:
            yield f"{times} answers to {act} were lost, {doubted[act]} were doubted"


def _is_lost(entry: Entry) -> bool:
    """Say whether its answer was lost; at the door it is not told whom it is about."""
    return entry.outcome == ANSWER_LOST and bool(entry.room)


def _act(entry: Entry) -> Act:
    return CHANGES[method_of(entry)], entry.room, entry.identity


def _doubted(bodies: Iterable[e.Body]) -> Iterator[Act]:
    """Yield each act of an incident that was ever in doubt, once."""
    intended: dict[tuple[e.StepRef, int], Act] = {}
    for body in bodies:
        if isinstance(body, e.ActionIntended):
            told = body.plan.binding
            about = (str(told.get("room", "")), str(told.get("identity", "")))
            intended[body.step, body.attempt] = (body.action, *about)
        if isinstance(body, e.ActionDoubted):
            act = intended.pop((body.step, body.attempt), None)
            if act is not None:
                yield act
