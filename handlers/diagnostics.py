"""POST /diagnostics/v1/rooms/{room}: a device's sync diagnostics, as JSON Lines.

The secret is looked at before the body, the body is read and unpacked no further than
its limit and is never logged. Every answer is JSON and says why (docs/diagnostics.md).
"""

import asyncio
import zlib
from dataclasses import dataclass
from typing import Final

import structlog
from aiohttp import web

from bot.clients.diagnostics import DiagnosticsDoor, NotAdmitted, TooOften
from bot.cohrtz.diagnostics import BatchTooLarge, LineRefused, read_batch
from bot.engine.diagnostics import NoRings, Rings
from bot.errors import BotError
from handlers.edge import BROKEN, READ_PATIENCE, Refusal, packings

log = structlog.get_logger(__name__)

ROOM_PATH: Final = "/diagnostics/v1/rooms/{room}"
BODY_LIMIT: Final = 512 * 1024
"""Bytes of a batch, after unpacking; 500 events have some 150 KB."""
GZIP: Final = 16 + zlib.MAX_WBITS
"""How zlib calls gzip's form, and no other."""
STATUS: Final[tuple[tuple[type[BotError], int], ...]] = (
    (TooOften, 429),
    (NotAdmitted, 401),
    (BatchTooLarge, 413),
    (LineRefused, 400),
)
UNSAVED: Final = 500
"""What is left is the store's: it may work the next time."""


@dataclass(frozen=True)
class DiagnosticsRoute:
    """The handler of the route, over the door and the rings."""

    door: DiagnosticsDoor
    rings: Rings | NoRings

    async def take(self, request: web.Request) -> web.Response:
        """Take a batch, or refuse it whole."""
        try:
            return await self._taken(request)
        except BotError as error:
            return _refusal(error)

    async def _taken(self, request: web.Request) -> web.Response:
        if isinstance(self.rings, NoRings):
            raise Refusal(503, self.rings.why)
        room = request.match_info["room"]
        self.door.admit(room, request.headers.get("Authorization", ""))
        body = await _read(request)
        events = read_batch(body, room)
        batch, new = await self.rings.keep(room, body, events)
        log.info("diagnostics.taken", events=len(events), new=new)
        told = {"batch": batch, "events": len(events), "repeated": not new}
        return web.json_response(told, status=202)


async def _read(request: web.Request) -> bytes:
    """Return the body, unpacked; raise Refusal, at the latest at its limit."""
    packed = packings(request)
    if packed - {"gzip"}:
        raise Refusal(415, "The body may be packed with gzip, or not at all.")
    if (request.content_length or 0) > BODY_LIMIT:
        raise Refusal(413, f"The body is over {BODY_LIMIT} bytes.")
    try:
        async with asyncio.timeout(READ_PATIENCE):
            body = await _in_pieces(request)
    except TimeoutError:
        raise Refusal(400, "The body did not come.") from None
    except BROKEN:
        raise Refusal(400, "The body is broken, or did not come whole.") from None
    return _unpacked(body) if packed else body


async def _in_pieces(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise Refusal(413, f"The body is over {BODY_LIMIT} bytes.")
    return bytes(body)


def _unpacked(packed: bytes) -> bytes:
    unpacking = zlib.decompressobj(GZIP)
    try:
        body = unpacking.decompress(packed, BODY_LIMIT + 1)
    except zlib.error:
        raise Refusal(400, "The body cannot be unpacked.") from None
    if len(body) > BODY_LIMIT:
        raise Refusal(413, f"The body is over {BODY_LIMIT} bytes unpacked.")
    if not unpacking.eof or unpacking.unused_data:
        raise Refusal(400, "The body is not one whole gzip file.")
    return body


def _refusal(error: BotError) -> web.Response:
    """Say why, in words of ours: neither the room nor the body is in them."""
    status, why, headers = _status(error), str(error), {}
    if status == UNSAVED:
        log.error("diagnostics.unsaved", why=why)
        why = "It could not be saved. Send it again later."
    else:
        log.warning("diagnostics.refused", status=status, why=why)
    if isinstance(error, TooOften):
        headers["Retry-After"] = str(error.wait)
    if isinstance(error, NotAdmitted):
        headers["WWW-Authenticate"] = "Bearer"
    return web.json_response({"reason": why}, status=status, headers=headers)


def _status(error: BotError) -> int:
    if isinstance(error, Refusal):
        return error.status
    return next((code for kind, code in STATUS if isinstance(error, kind)), UNSAVED)
