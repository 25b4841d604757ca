"""One incident told in hostile words, in the real bot beside a simulated Slack."""

import asyncio
from dataclasses import dataclass

from pydantic import ValidationError
from structlog.testing import capture_logs
from yarl import URL

from bot.clients.diagnostics import DiagnosticsDoor
from bot.core.actions import Plan
from bot.core.evidence import Evidence, Fact, Verdict
from bot.core.incident import commands as c
from bot.core.incident.events import StepRef
from bot.core.report import Report
from bot.core.runbook.pages import Ask, AskKind, Runbook, Step
from bot.engine.diagnostics import Rings
from bot.engine.watch import Watch
from bot.store.rows import Drawing
from bot.world.transitions import Move
from handlers.diagnostics import DiagnosticsRoute
from tests.fuzz import mutations
from tests.fuzz.said import Heard, judge
from tests.fuzz.soundness import must
from tests.handlers.desk_house import HERE, LOU, RECONNECT, ROUTER, SAM, House

MASTER = b"the master of all rooms' secrets"
ASKS = (
    Ask(name="seen", question="There?", kind=AskKind.CHOICE, choices=("yes", "no")),
    Ask(name="count", question="How many?", kind=AskKind.NUMBER),
    Ask(name="trace", question="Where?", kind=AskKind.LINK),
    Ask(name="build", question="Which build?", kind=AskKind.NAME),
)
ASKING = Runbook(
    slug="asking",
    title="Ask",
    sha256="ef" * 32,
    steps=(Step(title="Look.", asks=ASKS), Step(title="Go.")),
)
CALLING = 0.2
"""How often somebody is mentioned whom the bot knows."""
LOOKS, REST = 4_000, 0.002
"""So often is looked whether the notices are delivered; seconds in between."""


def routes(desk):
    """Give the bot its own ways for webhooks and diagnostics, over the same store."""
    rings = Rings(desk.service.store, desk.now)
    door = DiagnosticsDoor([MASTER], clock=lambda: 0.0)
    return {
        "record": Watch(desk.service, None, desk.foreground).record,
        "diagnostics": DiagnosticsRoute(door, rings),
    }


def hostile(rng, most=8):
    """Return hostile words; some call one who never does anything here."""
    words = mutations.words(rng, most) or "x"
    return words + f" <@{LOU}>" if rng.random() < CALLING else words


def sendable(text):
    """Return it without halves of characters, which neither a form nor protobuf has."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True)
class Scene:
    """An incident in the house, its messages drawn."""

    at: House
    incident: str
    card: str
    """The ts of its card."""
    buttons: tuple[tuple[str, str, str], ...]
    """Each button in Slack: the message's ts, the action id, the value."""

    async def send(self, payload):
        """Deliver a payload of Slack's as Slack does."""
        return await self._heard(self.at.send(payload))

    async def post(self, path, body, bearer):
        """Post a body to another route, as LiveKit or a client does."""
        return await self._heard(self._posted(path, body, bearer))

    async def _posted(self, path, body, bearer):
        url = URL(self.at.url).origin().join(URL(path, encoded=True))
        headers = {"Authorization": bearer}
        async with self.at.http.post(url, data=body, headers=headers) as told:
            return told.status, await told.text()

    async def _heard(self, sending):
        before = len(self.at.workspace.journal.calls())
        with capture_logs() as logs:
            status, body = await sending
            await self._delivered()
        calls = self.at.workspace.journal.calls()[before:]
        heard = Heard(status, body, tuple(logs), calls)
        judge(heard)
        return heard

    async def _delivered(self):
        for _ in range(LOOKS):
            if not await self.at.store.notices(self.at.clock(), 1):
                return
            await asyncio.sleep(REST)
        must(False, "a notice is never delivered")  # noqa: FBT003  it never holds


async def staged(at, rng):
    """Open an incident in hostile words, walk it some way, and draw it."""
    incident = await at.desk.service.open(
        c.Open(_report(rng), HERE), by=SAM, receipt=None
    )
    await at.follow()
    await at.do(incident, c.ReportCheck(1, _evidence(rng, at.clock()), 0.1))
    await _walked(at, rng, incident)
    identity = sendable(hostile(rng))
    at.rooms.put(identity, room="blue")
    at.rooms.put("alice", room=sendable(hostile(rng)))
    at.recorded.put(Move.LEFT, "PA_1", at.clock(), identity=identity, room="blue")
    return await drawn(at, incident)


async def _walked(at, rng, incident):
    book = rng.choice((None, ROUTER, RECONNECT, ASKING, ASKING))
    if book is not None:
        await at.do(incident, c.Start(book), by=SAM)
    if book is RECONNECT:
        plan = Plan(
            target=sendable(hostile(rng)),
            blast=sendable(hostile(rng)),
            touches=1,
            binding={"sid": "PA_1"},
        )
        await at.do(incident, c.Prepared(StepRef(1, 1), plan))


def _report(rng):
    told = {one: sendable(hostile(rng)) for one in ("room", "participant", "words")}
    try:
        return Report.model_validate(told)
    except ValidationError:
        return Report(room="blue", participant="alice")


def _evidence(rng, at):
    value, headline = sendable(hostile(rng)), sendable(hostile(rng, 20))
    fact = Fact(name="room.participants", value=value, observed_at=at, source="livekit")
    verdict = rng.choice(tuple(Verdict))
    return Evidence(verdict=verdict, headline=headline, facts=(fact,))


async def drawn(at, incident):
    """Draw the incident's messages and return it with all its buttons."""
    parts = await at.draw(incident)
    card = parts["card"]
    kept = Drawing(incident, "card", HERE, card, None, "x", "drawn", None, at.clock())
    await at.store.keep_drawing(kept)
    found = [one for part in at.workspace.messages(HERE) for one in _buttons(part)]
    return Scene(at, incident, card, tuple(found))


def _buttons(message):
    """Return every button of a message, wherever it stands in it."""
    return [
        (message["ts"], one["action_id"], one.get("value", ""))
        for block in message.get("blocks") or ()
        for one in (*block.get("elements", ()), block.get("accessory") or {})
        if one.get("type") == "button"
    ]
