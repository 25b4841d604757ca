"""The real Bolt app, edge and store beside a simulated Slack; the world is a fake."""

import asyncio
import itertools
import time
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import aiohttp
from aiohttp.test_utils import TestServer

from bot.actions import ACTIONS
from bot.checks import CHECKS
from bot.clients.webhooks import WebhookDoor
from bot.core.actions import Effect, Plan
from bot.core.evidence import Evidence, Verdict
from bot.core.incident import commands as c
from bot.core.incident.commands import Rules
from bot.core.incident.events import BOT, StepRef
from bot.core.report import Report
from bot.core.requests import OnRequest
from bot.core.runbook.pages import Call, Runbook, Step, StepKind
from bot.engine.authority import Authority
from bot.engine.dry_run import DryRun
from bot.engine.foreground import Foreground
from bot.engine.look import Looker
from bot.engine.planning import Planner
from bot.engine.service import UNRESOLVED, Service
from bot.errors import StoreError, UsageError
from bot.store.store import open_store
from bot.world.looking import only_looks
from handlers import refs, replies
from handlers.asking import FRESH
from handlers.channels import Channels
from handlers.desk import Desk
from handlers.edge import Edge
from handlers.exporting import Exports
from handlers.listeners import Identity, bolt_app
from handlers.notices import Notices
from handlers.people import People
from handlers.render.message import Catalogue, wanted
from handlers.slack import SlackClient, open_slack
from handlers.web import WebParts, application
from rehearsal.slack import (
    Fault,
    Limits,
    Status,
    Workspace,
    WorkspaceSettings,
    serve,
)
from rehearsal.slack.delivery.envelope import Envelope
from rehearsal.slack.delivery.http import encoded, signed
from rehearsal.slack.workspace import Workspace as Place
from tests.fakes.allowed import EVERYTHING
from tests.fakes.world import FakeClock, FakeRooms, FakeTransitions, world

ROBIN, SAM, GALE, ELI, LOU = "U0RESP", "U0SECOND", "U0GUEST", "U0EXT", "U0LEFT"
HERE, SHARED = "C0INC", "C0SHARED"
FAILED = Status(500)
FREE = WorkspaceSettings(limits=Limits(enabled=False), clock_factor=0.0)

ROUTER = Runbook(
    slug="restart-router",
    title="Restart the router",
    for_=("air.noise > 2",),
    sha256="ab" * 32,
    steps=(Step(title="Tell the people."), Step(title="Pull the plug.")),
)
RECONNECT = Runbook(
    slug="reconnect",
    title="Force a reconnect",
    sha256="cd" * 32,
    steps=(
        Step(
            title="Reconnect.",
            kind=StepKind.ACTION,
            call=Call(name="reconnect-participant", params={"room": "{room}"}),
        ),
    ),
)
RULES = Rules(
    library={book.slug: book for book in (ROUTER, RECONNECT)},
    opening=("room-occupied",),
    takes={name: frozenset({"room"}) for name in ("room-occupied", "listen")},
    yields={"room.participants": "room-occupied", "air.noise": "listen"},
    on_request=frozenset({"listen"}),
    policy=EVERYTHING,
    effects={"reconnect-participant": Effect.ONE_PARTICIPANT},
)
CATALOGUE = Catalogue(
    titles={"room-occupied": "Room", "listen": "Noise"},
    library=RULES.library,
    yields=RULES.yields,
    on_request={"listen": OnRequest("Listen (8 s)", "Sends nothing.")},
)


def plan(sid="PA_1"):
    return Plan(target=f"alice {sid}", blast="One.", touches=1, binding={"sid": sid})


@dataclass
class House:
    workspace: Place
    desk: Desk
    rooms: FakeRooms
    recorded: FakeTransitions
    clock: FakeClock
    url: str
    http: aiohttp.ClientSession
    # From a minute on: no delivery of this test was signed in that second.
    _age: itertools.count = field(default_factory=lambda: itertools.count(60))

    @property
    def store(self):
        return self.desk.service.store

    async def type(self, text="", user=ROBIN, channel=HERE):
        """Type /triage; return what the person alone is answered, or None."""
        seen = await self.workspace.command(user, channel, "/triage", text)
        assert seen.ok, seen
        await self.follow()
        return seen.message and seen.message["text"]

    async def follow(self):
        """Let happen what follows by itself: the house has no engine."""
        for head in await self.store.heads(statuses=UNRESOLVED):
            await self.desk.service.follow(head.incident)

    async def incidents(self):
        return await self.store.heads(limit=100)

    async def bodies(self, incident=None):
        incident = incident or (await self.incidents())[0].incident
        return [event.body for event in await self.desk.service.events(incident)]

    async def kinds(self, incident=None):
        return [body.kind for body in await self.bodies(incident)]

    async def open(self, room="blue", channel=HERE):
        report = Report(room=room, participant="alice")
        service = self.desk.service
        incident = await service.open(c.Open(report, channel), by=SAM, receipt=None)
        await self.follow()
        return incident

    async def do(self, incident, command, by=BOT):
        return await self.desk.service.change(incident, command, by=by)

    async def report(self, incident, number, verdict=Verdict.OK):
        evidence = Evidence(verdict=verdict, headline="It was looked at.")
        return await self.do(incident, c.ReportCheck(number, evidence, 0.1))

    async def started(self, book=ROUTER):
        """Open an incident and start a page, as Sam."""
        incident = await self.open()
        await self.do(incident, c.Start(book), by=SAM)
        return incident

    async def ready(self, sid="PA_1"):
        """Bring an action to where Run can be pressed."""
        incident = await self.started(RECONNECT)
        await self.do(incident, c.Prepared(StepRef(1, 1), plan(sid)))
        return incident

    async def draw(self, incident):
        """Post the incident's messages as they are now; return their ts by part."""
        state = await self.desk.service.load(incident)
        events = await self.desk.service.events(incident)
        drawn: dict[str, str] = {}
        for one in wanted(state, events, CATALOGUE):
            told = await self.desk.slack.call(
                "chat.postMessage",
                channel=state.channel,
                text=one.text,
                blocks=one.blocks,
                thread_ts=drawn.get("card") if one.thread else None,
            )
            drawn[one.part] = told["ts"]
        return drawn

    async def press(self, ts, action_id, user=ROBIN):
        """Press a button, and its confirmation if it asks for one."""
        how = {"confirm": True}
        return await self.workspace.press(user, ts, action_id, **how)

    async def form(self, user=ROBIN):
        """Open the form and return the view."""
        assert await self.type(user=user) is None
        return self.workspace.views(user)[-1]

    def view(self, user=ROBIN):
        return self.workspace.views(user)[-1]

    def grow_old(self):
        """Let what Slack said of people and groups be more than a minute old."""
        people = self.desk.people
        for told in (*people._known.values(), *people._groups._known.values()):
            object.__setattr__(told, "told_at", told.told_at - FRESH - 1)

    def last(self):
        """Return the last delivery's payload."""
        return self.workspace.journal.deliveries()[-1].arguments

    async def send(self, payload):
        """Deliver a payload anew, in another second, so with another signature."""
        kind = "slash_commands" if "command" in payload else "interactive"
        body, content_type = encoded(Envelope(kind, payload))
        secret = self.workspace.settings.app.signing_secret
        headers = signed(secret, body, int(time.time()) - next(self._age))
        headers["Content-Type"] = content_type
        async with self.http.post(self.url, data=body, headers=headers) as answer:
            text = await answer.text()
            is_json = answer.content_type == "application/json" and text
            return answer.status, await answer.json() if is_json else text

    async def whispered(self, user=ROBIN, count=1):
        """Wait for what only this person sees; return the newest text."""
        seen = self.workspace.ephemerals
        await self.workspace.wait_for(lambda: len(seen(user)) >= count)
        return seen(user)[-1]["text"]


def keep_nothing(at, monkeypatch, *methods):
    """From now on these methods of the store fail."""

    async def full(*_, **__):
        raise StoreError("The disk is full.")

    for method in methods:
        monkeypatch.setattr(at.store, method, full)


def say_nothing(at, monkeypatch, trouble=FAILED):
    """From now on no notice is kept, and Slack shows none."""
    keep_nothing(at, monkeypatch, "add_notice")
    monkeypatch.setattr(replies, "AGAIN", 0.01)
    monkeypatch.setattr(replies, "PATIENCE", 0.5)
    at.workspace.faults.add(Fault("chat.postEphemeral", trouble, times=99))


def calls(at, method=None):
    return len(at.workspace.journal.calls(method))


def step_button(incident, step=1, run=1, shown=None):
    return refs.StepButton(incident=incident, run=run, step=step, plan=shown).encoded()


class Clock(FakeClock):
    """Moves on a little at each look, so that events have an order."""

    def __call__(self) -> datetime:
        self.at += timedelta(milliseconds=1)
        return self.at


async def unexported(incident):
    raise UsageError("This house exports nothing.")


def _desk(store, slack: SlackClient, clock, rooms, recorded) -> Desk:
    numbers, references = itertools.count(1), itertools.count(1)
    service = Service(
        store=store,
        rules=RULES,
        now=clock,
        new_id=lambda: f"inc{next(numbers)}",
    )
    people = People(slack, FREE.team_id)
    return Desk(
        service=service,
        library=RULES.library,
        titles=CATALOGUE.titles,
        rooms=rooms,
        recorded=recorded,
        watch=None,
        foreground=Foreground(),
        people=people,
        authority=Authority(EVERYTHING, people),
        channels=Channels(slack),
        exports=Exports(slack, unexported),
        slack=slack,
        door=WebhookDoor("key", "a secret of at least thirty-two characters"),
        now=clock,
        reference=lambda: f"ref-{next(references)}",
        dry_run=_dry_run(service, only_looks(world(rooms=rooms, clock=clock))),
        catalogue=CATALOGUE,
    )


def _dry_run(service, looking) -> DryRun:
    looker = Looker(CHECKS, looking, lambda: "ref-look")
    return DryRun(service, looker, Planner(ACTIONS, looking, RULES))


def _web(desk, settings, **more) -> WebParts:
    app = settings.app
    who = Identity(settings.team_id, app.bot_id, app.bot_user_id)

    async def ready():
        return []

    parts = WebParts(
        edge=Edge(app.signing_secret),
        bolt=bolt_app(desk, desk.slack.web, app.signing_secret, who),
        door=desk.door,
        record=None,
        ready=ready,
        foreground=desk.foreground,
    )
    return replace(parts, **more)


def _no_more(_desk):
    return {}


@asynccontextmanager
async def house(
    folder, *, prefetch=True, delivers=True, settings=FREE, web=_no_more, **changes
):
    """Put it all up; `changes` replace parts of the desk, and what `web` gives of it
    those of the HTTP side."""
    workspace, clock = Workspace(settings), Clock()
    rooms, recorded = FakeRooms(), FakeTransitions()
    async with (
        serve(workspace) as server,
        open_store(folder / "t.db") as store,
        open_slack(settings.app.bot_token, server.api_url) as slack,
        aiohttp.ClientSession() as http,
    ):
        desk = replace(_desk(store, slack, clock, rooms, recorded), **changes)
        parts = _web(desk, settings, **web(desk))
        async with TestServer(application(parts)) as served:
            url = str(served.make_url("/slack/events"))
            workspace.connect_http(url)
            if prefetch:
                await desk.people.prefetch()
            at = House(workspace, desk, rooms, recorded, clock, url, http)
            async with _delivering(desk) if delivers else nullcontext():
                yield at


@asynccontextmanager
async def _delivering(desk):
    notices = Notices(
        desk.slack, desk.service.store, desk.service.bells.notices, desk.now
    )
    running = asyncio.create_task(notices.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
