"""Writes every HTTP request into the journal, without its token."""

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from rehearsal.cohrtz.journal import Entry, Journal

ROOM = web.RequestKey("cohrtz.room", str)
IDENTITY = web.RequestKey("cohrtz.identity", str)
LOST = web.RequestKey("cohrtz.lost", str)

BROKEN = "connection broken"
"""What the journal says of a request whose connection was cut; nothing was done."""

ANSWER_LOST = "answer lost"
"""What the journal says of a request that was done and whose answer did not go out."""


def recorder(place: str, journal: Journal) -> Middleware:
    """Return the middleware that records what is asked at `place`."""

    @web.middleware
    async def record(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as refusal:
            journal.add(_entry(place, request, str(refusal.status)))
            raise
        journal.add(_entry(place, request, _outcome(request, response)))
        return response

    return record


def about(request: web.Request, room: str, identity: str = "") -> None:
    """Note whom and which room the request is about, for the journal."""
    request[ROOM] = room
    request[IDENTITY] = identity


def lost(request: web.Request) -> None:
    """Note that the request was done and its answer is lost."""
    request[LOST] = ANSWER_LOST


def _outcome(request: web.Request, response: web.StreamResponse) -> str:
    if LOST in request:
        return request[LOST]
    transport = request.transport
    cut = transport is None or transport.is_closing()
    return BROKEN if cut else str(response.status)


def _entry(place: str, request: web.Request, outcome: str) -> Entry:
    return Entry(
        place=place,
        method=request.method,
        path=request.path,
        outcome=outcome,
        room=request.get(ROOM, request.query.get("room", "")),
        identity=request.get(IDENTITY, request.query.get("identity", "")),
    )
