"""Names, keys and small callers that the tests of the simulated deployment share."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import aiohttp
import jwt
from aiohttp import web
from livekit import api

from rehearsal.cohrtz import Deployment, DeploymentSettings, PeerSettings, serve

KEY = "APIrehearsal"
SECRET = "a-secret-for-tests-of-32-letters!"
ROOM = "0199f3c2-7a41-7c5e-9b1d-3f2a6c8e4d10"
ALICE = "user:0198b7d0-41c2-7e3a-8f64-2b9d0c51aa01"
BOB = "user:0198b7d3-9f10-7b44-a2c7-6e18d4f3bb02"
FAST = 100.0
ACTIVE = api.ParticipantInfo.ACTIVE
JOINED = api.ParticipantInfo.JOINED
PEOPLE = {
    "alice": PeerSettings(identity=ALICE, rooms=(ROOM,)),
    "bob": PeerSettings(identity=BOB, rooms=(ROOM,)),
}


def deployment(speed=FAST, peers=None, **settings):
    return Deployment(
        DeploymentSettings(
            api_key=KEY,
            api_secret=SECRET,
            speed=speed,
            peers=PEOPLE if peers is None else peers,
            **settings,
        )
    )


class World:
    """A served deployment with an HTTP session and the real API client."""

    def __init__(self, deployment, server, http, livekit):
        self.deployment = deployment
        self.server = server
        self.http = http
        self.livekit = livekit
        self.faults = deployment.faults

    async def ask(self, room=ROOM, identity=ALICE):
        params = {"room": room, "identity": identity}
        async with self.http.get(self.server.token_url, params=params) as answer:
            return answer.status, answer.headers, await answer.text()

    async def fetch(self, room=ROOM, identity=ALICE):
        return await self.deployment.network.fetch_token(room, identity)

    async def validate(self, token, path="/rtc/validate"):
        url = self.server.livekit_http_url + path
        headers = {"Authorization": f"Bearer {token}"}
        async with self.http.get(url, headers=headers) as answer:
            return answer.status, await answer.text()

    def session(self, name, room=ROOM):
        return self.deployment.peers[name].session(room)

    async def until_state(self, name, state, room=ROOM):
        await self.deployment.wait_for(
            lambda: (s := self.session(name, room)) is not None and s.state == state
        )

    async def remove(self, identity, room=ROOM):
        asked = api.RoomParticipantIdentity(room=room, identity=identity)
        async with asyncio.timeout(5):
            await self.livekit.room.remove_participant(asked)


@asynccontextmanager
async def living(deployment, secret=SECRET):
    async with (
        serve(deployment) as server,
        aiohttp.ClientSession() as http,
        api.LiveKitAPI(server.livekit_url, KEY, secret, failover=False) as livekit,
    ):
        yield World(deployment, server, http, livekit)


def claims_of(token):
    return jwt.decode(token, options={"verify_signature": False})


def token_for(identity=ALICE, room=ROOM, *, secret=SECRET, key=KEY, ttl=600, **grants):
    wanted = {"room_join": True, "room": room, **grants}
    token = api.AccessToken(key, secret).with_identity(identity)
    token = token.with_ttl(timedelta(seconds=ttl))
    return token.with_grants(api.VideoGrants(**wanted)).to_jwt()


class Hook:
    """Receives webhooks as the bot does, and answers with the statuses it is given."""

    def __init__(self):
        self.statuses = []
        self.tries = 0
        self.refused = False
        self.events = []
        self.receiver = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))

    async def receive(self, request):
        self.tries += 1
        status = self.statuses.pop(0) if self.statuses else 200
        body = (await request.read()).decode()
        try:
            event = self.receiver.receive(body, request.headers["Authorization"])
        except jwt.InvalidSignatureError:
            self.refused = True
            return web.Response(status=401)
        assert request.content_type == "application/webhook+json"
        if status == 200:
            self.events.append(event)
        return web.Response(status=status)

    @property
    def told(self):
        return [(event.event, event.participant.identity) for event in self.events]


@asynccontextmanager
async def listening(hook):
    app = web.Application()
    app.router.add_post("/webhook", hook.receive)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http://{host}:{port}/webhook"
    finally:
        await runner.cleanup()
