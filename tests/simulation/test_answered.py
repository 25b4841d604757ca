"""A deed is answered by what came of it, in time, and not by what came of another."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from bot.core.incident import events as e
from bot.core.incident.events import Event
from rehearsal.slack import Workspace, WorkspaceSettings
from tests.simulation.answered import LATE, unanswered
from tests.simulation.clock import EPOCH, Clock
from tests.simulation.deeds import Deed

ANN = "U0RESP"


def deed(at=10.0, **other):
    begun = EPOCH + at
    return Deed(ANN, f"press {at}", begun, ended=begun + 1.0, ok=True, **other)


def wrote(*times, by=ANN):
    body = e.Resolved(words="It is over.")
    events = [
        Event(seq, datetime.fromtimestamp(EPOCH + at, UTC), by, body)
        for seq, at in enumerate(times, 1)
    ]
    return SimpleNamespace(events=events)


class Whispers(Workspace):
    """A workspace in which so much was said to everybody alone."""

    def __init__(self, *times):
        super().__init__(WorkspaceSettings())
        self.times = times

    def ephemerals(self, _):
        return [{"ts": f"{EPOCH + at:.6f}"} for at in self.times]


def left(*deeds, events=(), said=()):
    told = unanswered(Whispers(*said), deeds, [wrote(*events)], Clock())
    return [one.split("'")[1] for one in told]


def test_what_was_written_while_it_was_done_answers_it():
    assert left(deed(), events=[10.5]) == []
    assert left(deed(), events=[12.0]) == ["press 10.0"]


def test_an_event_answers_one_deed_and_no_other():
    assert left(deed(10.0), deed(10.2), events=[10.5, 10.6]) == []
    assert left(deed(10.0), deed(10.2), events=[10.5]) == ["press 10.2"]
    assert left(deed(10.0), deed(10.8), events=[10.9, 10.5]) == []


@pytest.mark.parametrize(
    ("after", "unheard"), [(5.0, []), (LATE + 2.0, ["press 10.0"])]
)
def test_what_is_said_long_after_is_no_answer(after, unheard):
    assert left(deed(), said=[10.0 + after]) == unheard


def test_the_reply_to_another_deed_is_no_answer():
    asked = deed(20.0, told="No incident is open.", reply=f"{EPOCH + 20.5:.6f}")
    assert left(deed(), asked, said=[20.5]) == ["press 10.0"]
    assert left(deed(), asked, said=[20.5, 21.5]) == []
