"""One incident driven through the core as the service drives it, without a store."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.core.actions import Effect
from bot.core.evidence import bad, ok, unknown, witnessed
from bot.core.incident import commands as c
from bot.core.incident.advance import advance, pending
from bot.core.incident.apply import apply, fold, opened
from bot.core.incident.commands import Context, Rules
from bot.core.incident.decide import decide, open_incident
from bot.core.incident.erasing import Erase, erase
from bot.core.incident.events import BOT, Event, body_from_json
from bot.core.incident.press import plan_digest
from bot.core.incident.state import Incident, StepStatus, Verb
from bot.core.locks import Holder, Obstacle
from bot.core.report import Report
from tests.fakes.scripted import CAREFUL, PLAN, REPAIR, ROOM, RULES

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANN, BEN = "U0ANN", "U0BEN"
UP = ok("The endpoint answers.", {"endpoint.up": True})
DOWN = bad("The endpoint answers 500.", {"endpoint.up": False})
TWO = ok("2 people are in the room.", {"room.people": 2})
NOBODY = bad("The room is empty.", {"room.people": 0})
GONE = bad("The participant is not there.")
BACK = ok("The participant is back.")
SILENT = unknown("The server does not answer.")
HELD_BY_BEN = Obstacle(
    holder=Holder(incident="INC-9", by=BEN, since=START, whole_room=True)
)
MOST_FOLLOWS = 20
TWO_OTHERS = {Effect.ONE_PARTICIPANT: 2, Effect.IRREVERSIBLE: 2}
WATCHED = replace(
    RULES, policy=replace(RULES.policy, approvals=RULES.policy.approvals | TWO_OTHERS)
)
"""Rules under which two others must approve what disturbs one participant."""


@dataclass
class Story:
    rules: Rules = RULES
    report: Report = field(
        default_factory=lambda: Report(room=ROOM, participant="alice")
    )
    now: datetime = START
    events: list[Event] = field(default_factory=list)
    state: Incident = field(init=False)

    def __post_init__(self):
        first, *others = open_incident(c.Open(self.report, "C0HELP"), self.context(ANN))
        self.events.append(Event(1, self.now, ANN, first))
        self.state = opened("INC-7", self.events[0])
        self._take(others, ANN)
        self.follow()

    def context(self, by=BOT):
        return Context(by, self.now, self.rules)

    def do(self, command, by=BOT):
        """Let a second pass, the core decide, and what follows follow."""
        self.now += timedelta(seconds=1)
        self._take(decide(self.state, command, self.context(by)), by)
        return self.follow()

    def follow(self):
        for _ in range(MOST_FOLLOWS):
            follows = advance(self.state, self.context())
            if not follows:
                return self
            self._take(follows, BOT)
        raise AssertionError("What follows does not end.")

    def _take(self, bodies, by):
        for body in bodies:
            event = Event(self.state.seq + 1, self.now, by, body)
            self.state = apply(self.state, event)
            self.events.append(event)

    def erases(self, seq, by=ANN, why="It names somebody."):
        """Erase the words of an event, as the service does it."""
        self.now += timedelta(seconds=1)
        erasing = erase(self.events, Erase(seq, by, self.now, why))
        self.events[:] = [
            event._replace(body=erasing.left.get(event.seq, event.body))
            for event in self.events
        ]
        self.state = fold(self.state.id, self.events)
        self._take(erasing.records, by)
        return self

    def folded(self):
        """Return the state that the events give after they were stored and read."""
        return fold(self.state.id, stored(self.events))

    @property
    def step(self):
        return self.state.run.current()

    @property
    def work(self):
        return pending(self.state, self.now, self.rules.settle)

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)
        return self

    def waiting(self):
        """Return, of each look that has not reported, its check and number."""
        return [(k.call.check, k.call.number) for k in self.state.unreported()]

    def sees(self, check, finding, took=0.1):
        """Let the oldest waiting look of this check report."""
        number = next(number for name, number in self.waiting() if name == check)
        return self.tells(number, finding, took)

    def tells(self, number, finding, took=0.1):
        name = self.state.looks[number].call.check
        seen = witnessed(finding, source=name, at=self.now)
        return self.do(c.ReportCheck(number, seen, took))

    def ranked(self, people=TWO):
        return self.sees("endpoint", DOWN).sees("people", people)

    def start(self, page=REPAIR, by=ANN):
        return self.do(c.Start(page), by)

    def press(self, verb, words="So.", by=ANN, plan=PLAN):
        approval = self.step.approval
        shown = approval.digest if approval else None
        seen = plan_digest(plan) if verb is Verb.RUN else shown
        return self.do(c.Press(self.step.ref, verb, words, seen), by)

    def answer(self, by=ANN, words=None, **answers):
        """Confirm the step with these answers."""
        press = c.Press(self.step.ref, Verb.CONFIRM, words, answers=answers)
        return self.do(press, by)

    def stopped(self):
        """Come to a stop whose guard holds."""
        return self.ranked(NOBODY).start(CAREFUL).sees("people", NOBODY)

    def prepared(self, plan=PLAN, why=""):
        return self.do(c.Prepared(self.step.ref, plan, why))

    def blocked(self, obstacle=HELD_BY_BEN, plan=PLAN):
        return self.do(c.Block(self.step.ref, plan, obstacle))

    def intend(self, plan=PLAN):
        return self.do(c.Intend(self.step.ref, plan, {"room": ROOM}))

    def awaiting(self, by=BEN):
        """Come to where two others must approve what somebody asked for."""
        self.rules = WATCHED
        return self.ready().press(Verb.RUN, by=by).intend()

    def finish(self, *, ok=True, detail="It was ended."):
        return self.do(c.Finish(self.step.ref, self.step.attempt, ok, detail))

    def doubt(self):
        return self.do(c.Doubt(self.step.ref, self.step.attempt, "No answer in time."))

    def clear(self, *, happened, detail="The probe looked."):
        return self.do(c.Clear(self.step.ref, self.step.attempt, happened, detail))

    def at_look(self):
        return self.ranked().start().press(Verb.CONFIRM)

    def at_action(self, people=TWO):
        return self.ranked(people).start().press(Verb.CONFIRM).sees("endpoint", UP)

    def ready(self):
        return self.at_action().prepared()

    def running(self):
        return self.ready().press(Verb.RUN).intend()

    def unverified(self):
        story = self.running().finish()
        while story.step.status is StepStatus.VERIFYING:
            story.sees("connected", GONE)
        return story

    def resolved(self, by=ANN):
        return self.do(c.Resolve("Over.", anyway=True), by)


def stored(events):
    """Return events as they are after they were written as JSON and read again."""
    return [
        Event(one.seq, one.at, one.by, body_from_json(one.body.model_dump_json()))
        for one in events
    ]


STATES = {
    StepStatus.WAITING: lambda: Story().at_action(NOBODY),
    StepStatus.OPEN: lambda: Story().ranked().start(),
    StepStatus.LOOKING: lambda: Story().at_look(),
    StepStatus.ATTENTION: lambda: Story().at_look().sees("endpoint", DOWN),
    StepStatus.BARRED: lambda: Story().at_action(NOBODY).sees("people", NOBODY),
    StepStatus.STOPPED: lambda: Story().stopped(),
    StepStatus.PREPARING: lambda: Story().at_action(),
    StepStatus.READY: lambda: Story().ready(),
    StepStatus.UNREADY: lambda: Story().at_action().prepared(None, "Nobody is there."),
    StepStatus.BLOCKED: lambda: Story().at_action().blocked(),
    StepStatus.ASKED: lambda: Story().ready().press(Verb.RUN),
    StepStatus.AWAITING: lambda: Story().awaiting(),
    StepStatus.RUNNING: lambda: Story().running(),
    StepStatus.DOUBT: lambda: Story().running().doubt(),
    StepStatus.UNSURE: lambda: Story().running().doubt().clear(happened=None),
    StepStatus.VERIFYING: lambda: Story().running().finish(),
    StepStatus.UNVERIFIED: lambda: Story().unverified(),
}
"""A way to each status that a step can have while it is its turn."""
