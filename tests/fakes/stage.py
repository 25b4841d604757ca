"""A bot's world on a simulated deployment that is being served."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiohttp import web

from bot.checks import CHECKS
from bot.clients.livekit import LiveKitRooms, LiveKitServer
from bot.clients.poll import RoomPoll
from bot.clients.tokens import TokenClient
from bot.clients.webhooks import WebhookDoor
from bot.probe.room_probe import ProbeServer, RoomProbe
from bot.world import World
from rehearsal.cohrtz import Deployment, DeploymentSettings, PeerSettings, serve
from tests.fakes.tokens import API_KEY, API_SECRET
from tests.fakes.wire import serving, session
from tests.fakes.world import (
    ALICE,
    BOB,
    ROOM,
    FakeArtefacts,
    FakeDiagnostics,
    FakeTransitions,
)

SPEED = 50.0
"""Faster, and a loaded machine drops webhooks as too old to be told."""
PEOPLE = {
    "alice": PeerSettings(identity=ALICE, rooms=(ROOM,)),
    "bob": PeerSettings(identity=BOB, rooms=(ROOM,)),
}


def now():
    return datetime.now(UTC)


class Stage:
    """What the tests do to the deployment, and how the bot looks at it."""

    def __init__(self, deployment, server, http, rings=None):
        self.deployment = deployment
        self.faults = deployment.faults
        self.transitions = FakeTransitions()
        self.rings = rings or FakeDiagnostics()
        self.door = WebhookDoor(API_KEY, API_SECRET)
        self.server, self.http = server, http
        self.wait_at_most(5.0)
        self.poll = RoomPoll(self.world.rooms, self.transitions, now)

    def wait_at_most(self, seconds):
        url = self.server.livekit_url
        livekit = LiveKitServer(url, API_KEY, API_SECRET)
        rooms = LiveKitRooms(self.http, livekit, seconds=seconds)
        tokens = TokenClient(
            self.http,
            now,
            token_url=self.server.token_url,
            livekit_url=url,
            seconds=seconds,
        )
        self.world = World(
            rooms=rooms,
            tokens=tokens,
            transitions=self.transitions,
            artefacts=FakeArtefacts(),
            diagnostics=self.rings,
            probe=RoomProbe(rooms, ProbeServer(url, API_KEY, API_SECRET)),
            now=now,
        )

    def break_it(self, fault, **how):
        self.faults.set(fault, **how)
        if fault.endswith("hanging"):
            self.wait_at_most(0.1)

    async def hear(self, request):
        authorization = request.headers["Authorization"]
        told = self.door.receive(await request.read(), authorization)
        if told is not None:
            self.transitions.record.append(told)
        return web.Response()

    async def look(self, name, *, room=ROOM, identity=ALICE, **asked):
        check = CHECKS[name]
        params = check.Params(room=room, identity=identity, **asked)
        return await check.run(params, self.world)

    async def until(self, predicate):
        await self.deployment.wait_for(predicate)

    async def told(self, count):
        await self.until(lambda: len(self.transitions.record) >= count)


@asynccontextmanager
async def staging(people=PEOPLE, rings=None, speed=SPEED):
    """Serve a deployment with these people, whose apps are closed."""
    settings = DeploymentSettings(
        api_key=API_KEY, api_secret=API_SECRET, speed=speed, peers=people
    )
    deployment = Deployment(settings)
    async with serve(deployment) as server, session() as http:
        stage = Stage(deployment, server, http, rings)
        async with serving(stage.hear) as url:
            deployment.set_webhook_url(url)
            yield stage
            deployment.set_webhook_url(None)
            await deployment.webhooks.stop()
