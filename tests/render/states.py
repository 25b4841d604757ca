"""Builders of incidents by real commands: what the service does, without a store."""

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.core.actions import Effect, Plan
from bot.core.evidence import Evidence, Finding, bad, ok, unknown, witnessed
from bot.core.incident import commands as c
from bot.core.incident.advance import advance
from bot.core.incident.apply import apply, opened
from bot.core.incident.commands import Context, Rules
from bot.core.incident.decide import decide, open_incident
from bot.core.incident.events import BOT, Body, Event, StepRef
from bot.core.incident.press import plan_digest
from bot.core.incident.state import Incident, Verb
from bot.core.policy import Deed
from bot.core.report import Report, Severity
from bot.core.runbook.pages import Call, Runbook, Step, StepKind
from bot.core.transitions import Move, Transition
from handlers.render.message import Catalogue, Message, wanted
from tests.fakes.allowed import EVERYTHING

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ANN, BEN = "U0ANN", "U0BEN"

TOKEN_PAGE = Runbook(
    slug="token-invalid",
    title="Token invalid or expired",
    for_=("token.status != 'ok'",),
    against=("room.participants > 5",),
    sha256="ab" * 32,
    steps=(
        Step(
            title="Tell the people in the room.",
            body="Say **when** you start, see [the rota](https://example.org/r).",
            line=9,
        ),
        Step(
            title="Verify that the token endpoint answers.",
            kind=StepKind.CHECK,
            call=Call(name="token-endpoint", params={"room": "{room}"}),
            line=12,
        ),
        Step(
            title="Force a reconnect.",
            kind=StepKind.ACTION,
            call=Call(name="reconnect-participant", params={"room": "{room}"}),
            verify="participant-connected",
            line=16,
        ),
        Step(title="Watch it for a while.", when="room.participants > 0", line=20),
    ),
)
KEY_PAGE = Runbook(
    slug="group-key",
    title="Missing group key",
    for_=("keys.group == false",),
    sha256="cd" * 32,
    steps=(Step(title="Ask a second peer to open the room."),),
)
RULES = Rules(
    library={TOKEN_PAGE.slug: TOKEN_PAGE, KEY_PAGE.slug: KEY_PAGE},
    opening=("token-endpoint", "room-occupied"),
    takes={
        "token-endpoint": frozenset({"room", "identity"}),
        "room-occupied": frozenset({"room"}),
        "participant-connected": frozenset({"room", "not_sid"}),
    },
    yields={
        "token.status": "token-endpoint",
        "room.participants": "room-occupied",
        "keys.group": "group-key-seen",
    },
    verify=(timedelta(seconds=2), timedelta(seconds=5)),
    policy=EVERYTHING,
    effects={"reconnect-participant": Effect.ONE_PARTICIPANT},
)
TWO_OTHERS = {Effect.ONE_PARTICIPANT: 2}
WATCHED = replace(
    RULES,
    policy=replace(
        EVERYTHING,
        groups={"leads": frozenset({"S1"})},
        may=EVERYTHING.may | {Deed.APPROVE: frozenset({"leads"})},
        approvals=EVERYTHING.approvals | TWO_OTHERS,
    ),
)
"""Rules under which two leads must approve what disturbs one participant."""
CATALOGUE = Catalogue(
    titles={
        "token-endpoint": "Token endpoint answers",
        "room-occupied": "Room is occupied",
        "participant-connected": "Participant is connected",
        "reconnect-participant": "Reconnect the participant",
        "group-key-seen": "Group key was seen",
    },
    library=RULES.library,
    effects={"reconnect-participant": Effect.ONE_PARTICIPANT},
    yields=RULES.yields,
)
PLAN = Plan(
    target="alice's session PA_1 in room blue-whale",
    blast="One participant is offline for up to 30 s.",
    touches=1,
    binding={"room": "blue-whale", "sid": "PA_1"},
    baseline={"not_sid": "PA_1"},
)
REPORT = Report(room="blue-whale", participant="alice", severity=Severity.SEV2)

TOKEN_OK = ok("The token endpoint answers.", {"token.status": "ok"})
TOKEN_BAD = bad(
    "The token endpoint answers 500.",
    {"token.status": "server-error", "token.http_status": 500},
)
ROOM_OK = ok("2 participants are in the room.", {"room.participants": 2})
ROOM_EMPTY = bad("The room is empty.", {"room.participants": 0})
NO_ANSWER = unknown("LiveKit does not answer.")


@dataclass
class Story:
    """One incident, driven as the service drives it; a second passes each time."""

    report: Report = REPORT
    rules: Rules = RULES
    by: str = ANN
    id: str = "INC-7"
    now: datetime = START
    events: list[Event] = field(default_factory=list)
    state: Incident = field(init=False)

    def __post_init__(self):
        bodies = open_incident(
            c.Open(self.report, "C0HELP"), Context(self.by, self.now, self.rules)
        )
        first = Event(1, self.now, self.by, bodies[0])
        self.events.append(first)
        self.state = opened(self.id, first)
        self._take(bodies[1:], self.by)
        self.follow()

    def do(self, command, by=BOT):
        """Let the core decide, and what follows follow; NotNow is raised."""
        self.now += timedelta(seconds=1)
        self._take(decide(self.state, command, self._context(by)), by)
        self.follow()
        return self

    def follow(self):
        while follows := advance(self.state, self._context(BOT)):
            self._take(follows, BOT)

    def _context(self, by):
        return Context(by, self.now, self.rules)

    def _take(self, bodies: Sequence[Body], by: str):
        for body in bodies:
            event = Event(self.state.seq + 1, self.now, by, body)
            self.state = apply(self.state, event)
            self.events.append(event)

    def reports(self, check: str, finding: Finding, reference: str | None = None):
        """Let the oldest waiting look of this check report."""
        waiting = [k for k in self.state.unreported() if k.call.check == check]
        seen = witnessed(finding, source=check, at=self.now)
        seen = seen.model_copy(update={"reference": reference})
        return self.tells(waiting[0].call.number, seen)

    def tells(self, number: int, evidence: Evidence):
        return self.do(c.ReportCheck(number, evidence, took=0.2))

    def start(self, page=TOKEN_PAGE, by=ANN):
        return self.do(c.Start(page), by)

    def press(self, verb: Verb, words=None, by=ANN, run=None):
        step = self.state.run.current()
        return self.do(c.Press(step.ref, verb, words, seen_by(step, verb)), by)

    def here(self) -> StepRef:
        """Return the step whose turn it is."""
        return self.state.run.current().ref

    def prepared(self, plan=PLAN, why=""):
        return self.do(c.Prepared(self.here(), plan, why))

    def intended(self, plan=PLAN):
        return self.do(c.Intend(self.here(), plan))

    def ranked(self):
        """See a bad token endpoint and an occupied room: the token page is proposed."""
        self.reports("token-endpoint", TOKEN_BAD)
        return self.reports("room-occupied", ROOM_OK)

    def at_action(self):
        """Come to the third step, whose action is ready to be run."""
        self.ranked().start().press(Verb.CONFIRM)
        return self.reports("token-endpoint", TOKEN_OK).prepared()

    def running(self):
        self.at_action().press(Verb.RUN)
        return self.intended()

    def awaiting(self, rules=WATCHED):
        """Come to where two others must approve what Ann asked for."""
        self.rules = rules
        return self.running()

    def resolved(self, by=ANN, words="Restarted the token service."):
        return self.do(c.Resolve(words, anyway=True), by)

    def messages(self, catalogue=CATALOGUE) -> tuple[Message, ...]:
        return wanted(self.state, self.events, catalogue)

    def message(self, part: str, catalogue=CATALOGUE) -> Message:
        return next(one for one in self.messages(catalogue) if one.part == part)


def seen_by(step, verb: Verb) -> str | None:
    """Return what the button of the verb shows."""
    if verb is Verb.RUN and step.plan:
        return plan_digest(step.plan)
    return step.approval.digest if step.approval else None


def moved(number: int, move: Move = Move.JOINED, reason: str = "") -> Transition:
    """Return a transition of alice's, a minute after the one before it."""
    return Transition(
        id=f"EV_{number}",
        room="blue-whale",
        identity="alice",
        sid=f"PA_{number}",
        move=move,
        reason=reason,
        at=START + timedelta(minutes=number),
        source="webhook",
    )


def told(message: Message) -> str:
    """Return a message as a person reads it: buttons in [], small print after ~."""
    lines = [line for block in message.blocks for line in _lines(block)]
    return "\n".join([f"({_clock(message.text)})", *map(_clock, lines)])


def page(message: Message) -> str:
    """Return it as `told`, its lines wrapped, for a snapshot."""
    return wrapped(told(message))


def wrapped(text: str) -> str:
    """Wrap each line at 80 characters, the rest of it set in."""
    lines = text.split("\n")
    return "\n".join("\n  ".join(textwrap.wrap(line, 80)) for line in lines)


def _clock(text: str) -> str:
    """Show a date as Slack would to a reader in UTC, without the day."""
    return re.sub(r"<!date\^[^|]*\|[^T]*T([\d:]+)Z>", r"\1", text)


def _lines(block):
    kind = block["type"]
    if kind == "actions":
        yield " ".join(f"[{one['text']['text']}]" for one in block["elements"])
        return
    if kind == "header":
        yield f"# {block['text']['text']}"
        return
    texts = [block["text"]] if "text" in block else []
    texts += block.get("fields", []) + block.get("elements", [])
    mark = "~ " if kind == "context" else ""
    for text in texts:
        yield f"{mark}{text['text']}"
    if "accessory" in block:
        yield f"[{block['accessory']['text']['text']}]"


def buttons(message: Message) -> dict[str, dict]:
    """Return a message's buttons by their label."""
    rows = [e for k in message.blocks for e in k.get("elements", [])]
    rows += [k["accessory"] for k in message.blocks if "accessory" in k]
    return {one["text"]["text"]: one for one in rows if one["type"] == "button"}
