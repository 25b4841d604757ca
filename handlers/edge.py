"""Lets in over HTTP what Slack signed, each request once.

Bolt parses a body before it looks at the signature, answers oddly spelled headers
with 500, and takes the same request twice (facts on Slack, 7.1). So the raw bytes are
checked here, before anything is unpacked or parsed: the size, the age, the signature,
and whether the very same request came before. Slack packs no body, and aiohttp is told
to unpack none (`handlers.listening`): what is packed is refused unread.
"""

import asyncio
import hmac
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import BotError
from bot.store.mac import Mac

log = structlog.get_logger(__name__)

BODY_LIMIT = 1024 * 1024
"""Bytes of a body that are read; Slack's real ones have a few thousand."""

SKEW = 300.0
"""Seconds that a request's own time may differ from Slack's, as Slack advises
(docs.slack.dev/authentication/verifying-requests-from-slack)."""

KEPT = 2 * SKEW
"""Seconds that an answer is kept, by a clock that nobody can turn. A request whose time
is `SKEW` ahead is let in for so long; after that its age alone refuses it, and should
the time be set back meanwhile, that it is no newer than what was forgotten."""

MOST_KEPT = 50_000
"""Answers that are kept; Slack delivers at most 30 000 events in an hour to a
workspace, and what is not signed is never kept."""

MOST_BYTES = 64 * 1024 * 1024
"""Bytes of the answers that are kept: a thousand with a long summary each."""

READ_PATIENCE = 10.0
"""Seconds to wait for the rest of a body whose end has not come yet."""

STAMP_DIGITS = 12

BROKEN = (HttpProcessingError, web.RequestPayloadError, ConnectionError)
"""What aiohttp raises when a body is not in order or breaks off."""

Dispatch = Callable[[bytes], Awaitable[web.Response]]
"""Answers a body that Slack signed."""


@dataclass(frozen=True)
class Answer:
    """An answer that can be given again."""

    status: int
    body: bytes | None
    headers: tuple[tuple[str, str], ...]

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self.body or b"")

    def response(self) -> web.Response:
        """Make a response of it: one can be sent only once."""
        return web.Response(status=self.status, body=self.body, headers=self.headers)


LOST = Answer(503, b"The first one of this request broke off.", ())


class Refusal(BotError):  # noqa: N818  a refusal is an answer, not a fault
    """A request is not let in; the text says why."""

    def __init__(self, status: int, why: str) -> None:
        """Keep the HTTP status to answer with."""
        super().__init__(why)
        self.status = status


class FarOff(Refusal):
    """The request's time is too far from what is held for Slack's."""


@dataclass(frozen=True)
class _Signed:
    body: bytes
    at: int
    """When Slack signed it, as it says; in seconds since 1970."""
    signature: bytes


@dataclass(frozen=True)
class _Known:
    until: float
    at: int
    told: asyncio.Future[Answer]

    @property
    def size(self) -> int:
        return self.told.result().size if self.told.done() else 0


async def _no_doubt() -> None:
    """Leave it at the time that is known."""


class Edge:
    """Verifies Slack's requests and remembers the answers to them."""

    def __init__(
        self,
        signing_secret: str,
        now: Callable[[], float] | None = None,
        steady: Callable[[], float] | None = None,
        doubted: Callable[[], Awaitable[None]] = _no_doubt,
    ) -> None:
        """Take the app's signing secret and the clocks to judge by.

        `now` is Slack's time in seconds since 1970, None: the machine's. `steady`
        counts seconds that nobody can turn, None: the monotonic clock's. `doubted` is
        awaited before a request is refused for its age, and may set `now` right.
        """
        self._mac = Mac(signing_secret.encode())
        self._now = now or time.time
        self._steady = steady or time.monotonic
        self._doubted = doubted
        self._answers: dict[bytes, _Known] = {}
        self._held = 0
        """Bytes of the answers that are kept."""
        self._forgotten = -1
        """The newest time of the requests whose answers were kept to the end."""

    async def answer(self, request: web.Request, dispatch: Dispatch) -> web.Response:
        """Refuse the request, give the first one's answer again, or dispatch it.

        A byte-identical request gets the same answer without anything being run,
        also while the first one is still running. Only an answer of 500 or more is
        forgotten: Slack's redelivery in the same second has the same signature, and
        what failed must be able to run again.
        """
        try:
            signed = await self._verified(request)
        except Refusal as refusal:
            log.warning("request.refused", status=refusal.status, why=str(refusal))
            return web.Response(status=refusal.status, text=str(refusal))
        known = self._answers.get(signed.signature)
        if known is None:
            return await self._first(signed, dispatch)
        log.info("request.repeated")
        return (await asyncio.shield(known.told)).response()

    async def _verified(self, request: web.Request) -> _Signed:
        """Return what Slack signed; raise Refusal."""
        refuse_packed(request)
        headers = request.headers
        stamp = await self._stamped(headers.get("X-Slack-Request-Timestamp", ""))
        given = _ascii(headers.get("X-Slack-Signature", ""))
        body = await read(request, BODY_LIMIT)
        digest = self._mac.of(b"v0:%b:" % stamp, body)
        if not hmac.compare_digest(b"v0=" + digest.hex().encode(), given):
            raise Refusal(401, "The signature is not Slack's for this app.")
        return _Signed(body, int(stamp), digest)

    async def _stamped(self, text: str) -> bytes:
        """Return the request's own time as it was signed; raise Refusal."""
        try:
            stamp = _stamp(text, self._now())
        except FarOff:
            await self._doubted()
            stamp = _stamp(text, self._now())
        if int(stamp) <= self._forgotten:
            raise Refusal(401, "The request is older than what is remembered.")
        return stamp

    async def _first(self, signed: _Signed, dispatch: Dispatch) -> web.Response:
        self._forget_old()
        told: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        until = self._steady() + KEPT
        self._answers[signed.signature] = _Known(until, signed.at, told)
        answer = LOST
        try:
            response = await dispatch(signed.body)
            answer = _kept(response)
        finally:
            told.set_result(answer)
            self._keep_or_not(signed.signature, answer)
        return response

    def _keep_or_not(self, signature: bytes, answer: Answer) -> None:
        if answer.status >= 500:  # noqa: PLR2004  HTTP: the server failed
            self._answers.pop(signature, None)
        elif signature in self._answers:
            self._held += answer.size

    def _forget_old(self) -> None:
        """Forget what is past its time; the oldest stand first."""
        now = self._steady()
        while self._answers:
            oldest = next(iter(self._answers))
            known = self._answers[oldest]
            if known.until > now and len(self._answers) < MOST_KEPT and self._fits():
                return
            del self._answers[oldest]
            self._held -= known.size
            if known.until <= now:
                self._forgotten = max(self._forgotten, known.at)

    def _fits(self) -> bool:
        return self._held < MOST_BYTES


async def read(request: web.Request, limit: int) -> bytes:
    """Return the body as it came; raise Refusal when it is packed, long or broken."""
    refuse_packed(request)
    if (request.content_length or 0) > limit:
        raise _too_long(limit)
    try:
        body = await _in_time(request)
    except TimeoutError:
        raise Refusal(408, "The body did not come.") from None
    except web.HTTPRequestEntityTooLarge:
        raise _too_long(limit) from None
    except BROKEN:
        raise Refusal(400, "The body is broken, or did not come whole.") from None
    if len(body) > limit:
        raise _too_long(limit)
    return body


def refuse_packed(request: web.Request) -> None:
    """Raise Refusal for a body that is packed in any way."""
    if packings(request):
        raise Refusal(415, "Send the body as it is, not packed.")


def packings(request: web.Request) -> frozenset[str]:
    """Return in which ways the body is packed, as its headers say; most often none."""
    told = ",".join(request.headers.getall("Content-Encoding", ())).lower()
    return frozenset(one.strip() for one in told.split(",")) - {"", "identity"}


async def _in_time(request: web.Request) -> bytes:
    if request.content.is_eof():
        return await request.read()
    async with asyncio.timeout(READ_PATIENCE):
        return await request.read()


def _too_long(limit: int) -> Refusal:
    return Refusal(413, f"The body is over {limit} bytes.")


def _stamp(text: str, now: float) -> bytes:
    """Return the request's own time as it was signed, if it is near `now`."""
    good = text.isascii() and text.isdigit() and len(text) <= STAMP_DIGITS
    if not good:
        raise Refusal(401, "The request carries no time as Slack writes it.")
    if abs(now - int(text)) > SKEW:
        raise FarOff(401, "The request's time is too far from Slack's.")
    return text.encode()


def _ascii(signature: str) -> bytes:
    if not signature.isascii():
        raise Refusal(401, "The signature is not in order.")
    return signature.encode()


def _kept(response: web.Response) -> Answer:
    body = response.body
    return Answer(
        status=response.status,
        body=body if isinstance(body, bytes) else None,
        headers=tuple(response.headers.items()),
    )
