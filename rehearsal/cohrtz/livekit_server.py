"""The simulated LiveKit server: RoomService, `/rtc`, `/rtc/validate`, health.

A token is judged by the same code whether it comes with an API call, to be validated,
or from a peer that joins.
"""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from rehearsal.cohrtz.data_plane import DataPlane
from rehearsal.cohrtz.faults import FaultKind, Faults
from rehearsal.cohrtz.gate import Gate, Obstacle, Place
from rehearsal.cohrtz.journal import Journal
from rehearsal.cohrtz.keyring import Keyring
from rehearsal.cohrtz.recorder import about, recorder
from rehearsal.cohrtz.room_service import RoomService
from rehearsal.cohrtz.rooms import Ended, Rooms
from rehearsal.cohrtz.sessions import Session, session_for
from rehearsal.cohrtz.signalling import Signalling
from rehearsal.cohrtz.twirp import TwirpError, read_into, response
from rehearsal.cohrtz.verifier import (
    BEARER,
    Grants,
    TokenRefused,
    bearer_token,
    joining,
    verify,
)

MAX_BODY = 10 * 1024 * 1024
"""Bytes of a request's body that the server reads; more is answered with 413."""
PARAMETER = "access_token"
ECHO = "invalid token: "


class JoinFailed(Exception):  # noqa: N818  named for what is the case
    """A peer did not get in; the text says why and holds no token."""


class LiveKitServer:
    """Serves the rooms over HTTP and lets peers in."""

    def __init__(
        self, rooms: Rooms, plane: DataPlane, keyring: Keyring, faults: Faults
    ) -> None:
        """Serve these rooms to bearers of tokens that the keyring accepts."""
        self._rooms = rooms
        self._signalling = Signalling(rooms, plane)
        self._keyring = keyring
        self._faults = faults
        self._gate = Gate(Place.LIVEKIT, faults)
        self._methods = RoomService(rooms, plane).methods

    def application(self, journal: Journal) -> web.Application:
        """Return the server as an aiohttp application."""
        middlewares = [recorder(Place.LIVEKIT, journal), self._gate.middleware()]
        middlewares.append(self._refuse_tokens())
        app = web.Application(middlewares=middlewares, client_max_size=MAX_BODY)
        app.router.add_get("/", _healthy)
        app.router.add_get("/rtc", self._signal)
        for path in ("/rtc/validate", "/rtc/v1/validate"):
            app.router.add_get(path, self._validate)
        service = "/twirp/livekit.RoomService/{method}"
        app.router.add_route("*", service, self._call)
        return app

    async def join(self, token: str, ended: Ended, *, stuck: bool = False) -> Session:
        """Let the token's bearer in; JoinFailed if a fault or the verifier objects."""
        obstacle = await self._gate.obstacle() or self._gate.bad_gateway()
        if obstacle:
            raise JoinFailed(_words(obstacle))
        try:
            grants = joining(self._verified(token))
        except TokenRefused as refusal:
            raise JoinFailed(f"{refusal.status} {refusal.text}") from refusal
        return self._rooms.join(session_for(grants), ended, stuck=stuck)

    async def _validate(self, request: web.Request) -> web.Response:
        grants = joining(self._bearer(request))
        about(request, str(grants.video.get("room", "")), grants.identity)
        headers = {"Access-Control-Allow-Origin": "*"}
        return web.Response(text="success", headers=headers)

    async def _signal(self, request: web.Request) -> web.StreamResponse:
        return await self._signalling.serve(request, joining(self._bearer(request)))

    async def _call(self, request: web.Request) -> web.Response:
        grants = self._bearer(request)
        try:
            return await self._answer(request, grants)
        except TwirpError as error:
            return error.response()

    async def _answer(
        self, request: web.Request, grants: Grants | None
    ) -> web.Response:
        method = self._methods.get(request.match_info["method"])
        if request.method != "POST" or method is None:
            raise TwirpError("bad_route", f'no handler for path "{request.path}"')
        asked = method.request()
        read_into(asked, request.content_type, await request.read())
        about(request, getattr(asked, "room", ""), getattr(asked, "identity", ""))
        return response(method.call(grants, asked), request.content_type)

    def _bearer(self, request: web.Request) -> Grants | None:
        header = request.headers.get("Authorization")
        token = bearer_token(header, request.query.get(PARAMETER, ""))
        return self._verified(token) if token else None

    def _verified(self, token: str) -> Grants:
        return verify(token, self._keyring.api_key, self._keyring.accepted)

    def _refuse_tokens(self) -> Middleware:
        @web.middleware
        async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
            try:
                return await handler(request)
            except TokenRefused as refusal:
                return self._refusal(request, refusal)

        return refuse

    def _refusal(self, request: web.Request, refusal: TokenRefused) -> web.Response:
        text = refusal.text
        if FaultKind.LIVEKIT_ECHOES in self._faults:
            header = request.headers.get("Authorization", "")
            token = header.removeprefix(BEARER) or request.query.get(PARAMETER, "")
            text = text.replace(
                "invalid authorization token:", f"{ECHO}{token}, error:"
            )
        return web.Response(status=refusal.status, text=text)


async def _healthy(_: web.Request) -> web.Response:
    return web.Response(text="OK")


def _words(obstacle: Obstacle) -> str:
    if obstacle.status is None:
        return "the connection to the LiveKit server was refused or reset"
    return f"the LiveKit server answered {obstacle.status} and no session"
