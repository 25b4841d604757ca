"""The page's extra panel: how the simulated world is, what can be done to it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web
from livekit.protocol.models import ParticipantInfo

from rehearsal.cohrtz.sessions import Session
from rehearsal.cohrtz.staging import mend
from rehearsal.slack.server import ExtraRoute
from rehearsal.stagehands import House


class Panel:
    """Serves the panel; it shows nothing until a house is up."""

    def __init__(self) -> None:
        """Start without a house."""
        self.house: House | None = None

    def routes(self) -> Sequence[ExtraRoute]:
        """Return the routes for the page's server."""
        return (
            ("GET", "/page-api/extras", self._show),
            ("POST", "/page-api/extras/mend/{name}", self._do(self._mend)),
            ("POST", "/page-api/extras/break", self._do(self._break)),
            ("POST", "/page-api/extras/kill", self._do(self._kill)),
            ("POST", "/page-api/extras/start", self._do(self._start)),
        )

    async def _show(self, _: web.Request) -> web.Response:
        if self.house is None:
            raise web.HTTPNotFound
        house = self.house
        return web.json_response(
            {
                "title": "The simulated world",
                "facts": _facts(house),
                "buttons": _buttons(house),
            }
        )

    def _do(
        self, what: Callable[[House, str], Awaitable[object]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def handle(request: web.Request) -> web.Response:
            if self.house is None:
                raise web.HTTPNotFound
            await what(self.house, request.match_info.get("name", ""))
            return web.json_response({"ok": True})

        return handle

    async def _mend(self, house: House, name: str) -> None:
        try:
            remedy = house.scenario.remedy(name)
        except KeyError:
            raise web.HTTPNotFound from None
        await mend(house.deployment, remedy)

    async def _break(self, house: House, _: str) -> None:
        for fault in house.scenario.faults:
            house.deployment.faults.put(fault)

    async def _kill(self, house: House, _: str) -> None:
        await house.bot.kill()

    async def _start(self, house: House, _: str) -> None:
        async with asyncio.timeout(30):
            await house.bot.start()


def _facts(house: House) -> list[str]:
    scene, deployment = house.scenario, house.deployment
    faults = ", ".join(sorted(str(fault.kind) for fault in deployment.faults.active))
    people = [
        f"{name} ({peer.identity}): {_stands(peer.session(scene.room))}"
        for name, peer in deployment.peers.items()
    ]
    return [
        scene.title,
        f"room {scene.room}",
        *people,
        f"faults: {faults or 'none'}",
        f"the bot {house.bot.stands}",
        *([f"files to drop: {house.files}"] if scene.files else []),
        f"try: /triage {scene.room} {scene.identity}",
    ]


def _stands(session: Session | None) -> str:
    if session is None:
        return "not in the room"
    return ParticipantInfo.State.Name(session.state).lower()


def _buttons(house: House) -> list[dict[str, object]]:
    path = "/page-api/extras"
    life: dict[str, object] = (
        {"label": "Kill the bot (-9)", "path": f"{path}/kill", "confirm": "Kill it?"}
        if house.bot.running
        else {"label": "Start the bot", "path": f"{path}/start"}
    )
    mended: list[dict[str, object]] = [
        {"label": remedy.say, "path": f"{path}/mend/{remedy.name}"}
        for remedy in house.scenario.mend
    ]
    broken: dict[str, object] = {
        "label": "Bring the fault back",
        "path": f"{path}/break",
    }
    return [life, *mended, *([broken] if house.scenario.faults else [])]
