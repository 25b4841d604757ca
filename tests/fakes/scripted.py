"""Checks, actions and pages that do what a test tells them to."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from pydantic import BaseModel

from bot.core.actions import Effect, Outcome, Plan, Settlement
from bot.core.evidence import Finding, ok
from bot.core.incident.commands import Rules
from bot.core.runbook.pages import Ask, AskKind, Call, Runbook, Step, StepKind
from tests.fakes.allowed import EVERYTHING

ROOM = "blue-whale"
PLAN = Plan(
    target="session PA_1 in room blue-whale",
    blast="One participant is offline for up to 30 s.",
    touches=1,
    binding={"room": ROOM, "sid": "PA_1"},
    baseline={"not_sid": "PA_1"},
)
OTHER_PLAN = PLAN.model_copy(update={"binding": {"room": ROOM, "sid": "PA_2"}})

TALK = Step(title="Tell the people in the room.")
LOOK = Step(
    title="Look at the endpoint.",
    kind=StepKind.CHECK,
    call=Call(name="endpoint", params={"room": "{room}"}),
)
KICK = Step(
    title="End the session.",
    kind=StepKind.ACTION,
    call=Call(name="kick", params={"room": "{room}"}),
    when="room.people > 0",
    verify="connected",
)
KICK_BLINDLY = KICK.model_copy(update={"when": None, "verify": None})
NEVER_TOLD = Step(title="Wait for a sign.", when="sign.seen == true")

HALT = Step(title="Stop.", kind=StepKind.STOP, when="room.people == 0")
SEEN = Ask(
    name="seen", question="Is it there?", kind=AskKind.CHOICE, choices=("yes", "no")
)
COUNT = Ask(name="count", question="How many?", kind=AskKind.NUMBER)
BUILD = Ask(name="build", question="Which build?", kind=AskKind.NAME)
TRACE = Ask(name="trace", question="Where is it?", kind=AskKind.LINK)
TELL = Step(title="Say what you see.", asks=(SEEN, COUNT))
STILL = Step(title="Only if it is not there.", only_if="told.seen != 'yes'")
VOUCH = Step(title="Two people vouch.", kind=StepKind.ATTEST, asks=(BUILD, SEEN))


def page(slug: str, *steps: Step, **more: object) -> Runbook:
    """Make a page of these steps."""
    return Runbook(
        slug=slug, title=f"The {slug} page", steps=steps, sha256="ab" * 32, **more
    )


REPAIR = page("repair", TALK, LOOK, KICK, NEVER_TOLD, for_=("endpoint.up == false",))
BLIND = page("blind", KICK_BLINDLY, TALK)
CALM = page("calm", TALK, TALK)
EMPTY = page("empty")
CAREFUL = page("careful", HALT, TELL, STILL, VOUCH)

RULES = Rules(
    library={one.slug: one for one in (REPAIR, BLIND, CALM, EMPTY, CAREFUL)},
    opening=("endpoint", "people"),
    takes={
        "endpoint": frozenset({"room", "identity"}),
        "people": frozenset({"room"}),
        "connected": frozenset({"room", "not_sid"}),
    },
    yields={"endpoint.up": "endpoint", "room.people": "people"},
    verify=(timedelta(seconds=2), timedelta(seconds=5)),
    settle=(timedelta(0), timedelta(seconds=3)),
    policy=EVERYTHING,
    effects={"kick": Effect.ONE_PARTICIPANT},
)
FACTS: Mapping[str, tuple[str, ...]] = {
    "endpoint": ("endpoint.up",),
    "people": ("room.people",),
    "connected": (),
}


class AnyParams(BaseModel, extra="allow", frozen=True):
    """Whatever a page asks."""

    room: str


@dataclass
class ScriptedCheck:
    """Looks as its script says; counts how many look at once."""

    script: Callable[[], object] = lambda: ok("Fine.")
    TITLE: str = "Look at something"
    FACTS: Mapping[str, str] = field(default_factory=dict)
    TIMEOUT: float = 5.0
    ON_OPEN: bool = True
    Params: type[BaseModel] = AnyParams
    asked: list[object] = field(default_factory=list)
    at_once: int = 0
    most: int = 0

    async def run(self, params, world) -> Finding:
        self.asked.append(params)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            answer = self.script()
            return await answer if asyncio.iscoroutine(answer) else answer
        finally:
            self.at_once -= 1


@dataclass
class ScriptedAction:
    """Acts as its script says, and counts what really happened."""

    planned: Callable[[], object] = lambda: PLAN
    acting: Callable[[], object] = lambda: Outcome(ok=True, detail="It was ended.")
    settling: Callable[[], object] = lambda: Settlement(
        happened=True, detail="It is gone."
    )
    TITLE: str = "End the session"
    EFFECT: Effect = Effect.ONE_PARTICIPANT
    TIMEOUT: float = 5.0
    Params: type[BaseModel] = AnyParams
    acts: list[Plan] = field(default_factory=list)
    settles: int = 0

    async def plan(self, params, world) -> Plan:
        plan = await _answer(self.planned)
        elsewhere = {**plan.binding, "room": params.room}
        return plan.model_copy(update={"binding": elsewhere})

    async def act(self, plan, world) -> Outcome:
        self.acts.append(plan)
        return await _answer(self.acting)

    async def settle(self, plan, world) -> Settlement:
        self.settles += 1
        return await _answer(self.settling)


async def _answer(script):
    answer = script()
    return await answer if asyncio.iscoroutine(answer) else answer


async def hang() -> None:
    """Never answer."""
    await asyncio.Event().wait()


def failing(error: BaseException) -> Callable[[], object]:
    """Return a script that raises."""

    def script() -> object:
        raise error

    return script
