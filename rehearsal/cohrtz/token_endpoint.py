"""The token endpoint of the app's backend: `GET /token?room=…&identity=…`.

It asks for no authentication and parses the query as any web server does, so a name
that the app has put into the URL as it is, with `&` or `#` in it, arrives cut short.
The stale cache of ENDPOINT_EXPIRED keeps tokens, not answers: `Date` is that of now.
"""

import time
from email.utils import formatdate

from aiohttp import web

from rehearsal.cohrtz.claims import Asked, claims_for, faulty, mint
from rehearsal.cohrtz.faults import FaultKind, Faults
from rehearsal.cohrtz.gate import Gate, Place
from rehearsal.cohrtz.journal import Journal
from rehearsal.cohrtz.keyring import Keyring
from rehearsal.cohrtz.recorder import recorder


class TokenEndpoint:
    """Mints a token for whoever asks."""

    def __init__(self, keyring: Keyring, faults: Faults, ttl: int) -> None:
        """Mint with the keyring's secret, tokens that live `ttl` seconds."""
        self._keyring = keyring
        self._faults = faults
        self._ttl = ttl

    def application(self, journal: Journal) -> web.Application:
        """Return the endpoint as an aiohttp application."""
        gate = Gate(Place.ENDPOINT, self._faults)
        app = web.Application(
            middlewares=[recorder(Place.ENDPOINT, journal), gate.middleware()]
        )
        app.router.add_get("/token", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        room, identity = request.query.get("room"), request.query.get("identity")
        if not room or not identity:
            return web.Response(status=400, text="room and identity are required")
        answer = web.json_response(self._body(self.mint(Asked(room, identity))))
        answer.headers["Date"] = formatdate(time.time() + self._skew, usegmt=True)
        answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    def mint(self, asked: Asked) -> str:
        """Return a token as the endpoint would hand it out now, faults and all."""
        now = int(time.time())
        claims = claims_for(asked, self._keyring.api_key, now, self._ttl)
        return mint(faulty(claims, self._faults), self._keyring.endpoint_secret)

    def _body(self, token: str) -> dict[str, str | None]:
        if FaultKind.ENDPOINT_OTHER_SHAPE in self._faults:
            return {"accessToken": token}
        return {"token": None if FaultKind.ENDPOINT_NULL in self._faults else token}

    @property
    def _skew(self) -> float:
        fault = self._faults.get(FaultKind.ENDPOINT_CLOCK_SKEW)
        return fault.seconds if fault else 0.0
