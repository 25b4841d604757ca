"""Slack's side of a command over HTTP: signed, on keep-alive connections, and lean.

A client that costs more than the server it measures would measure itself, so this one
writes the bytes of a request and reads those of its answer, and nothing else.
"""

import asyncio
import hashlib
import hmac
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

PATH = "/slack/events"
END = b"\r\n\r\n"
OK = b" 200 "


class Unanswered(Exception):  # noqa: N818  named for what is the case
    """A server closed the connection, or said something else than 200."""


@dataclass(frozen=True)
class Sender:
    """Who types the commands, and where."""

    secret: str
    team: str
    user: str
    channels: Sequence[str]
    host: str = "127.0.0.1"

    def requests(self) -> Iterator[bytes]:
        """Yield commands without end, each of its own room and with its own trigger."""
        for number in itertools.count(1):
            yield self._request(number)

    def _request(self, number: int) -> bytes:
        body = urlencode(self._form(number)).encode()
        stamp = int(time.time())
        base = b"v0:%d:%s" % (stamp, body)
        signature = hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: {self.host}\r\n"
            "User-Agent: Slackbot 1.0 (+https://api.slack.com/robots)\r\n"
            "Accept: application/json,*/*\r\nAccept-Encoding: gzip,deflate\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"X-Slack-Request-Timestamp: {stamp}\r\n"
            f"X-Slack-Signature: v0={signature}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _form(self, number: int) -> dict[str, str]:
        channel = self.channels[number % len(self.channels)]
        return {
            "token": "verify",
            "team_id": self.team,
            "team_domain": "rehearsal",
            "channel_id": channel,
            "channel_name": "incidents",
            "user_id": self.user,
            "user_name": "robin",
            "command": "/triage",
            "text": f"room-{number} user:0198b7d0-41c2-7e3a-8f64-{number:012d}",
            "api_app_id": "A0APP",
            "is_enterprise_install": "false",
            "response_url": f"https://hooks.slack.com/commands/{self.team}/{number}",
            "trigger_id": f"{number}.{time.time_ns()}.5f3c",
        }


class Connection(asyncio.Protocol):
    """One keep-alive connection with one request under way at a time."""

    def __init__(self) -> None:
        """Wait to be connected."""
        self._transport: asyncio.Transport | None = None
        self._got = b""
        self._answer: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to write to."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Read on, until the answer is whole."""
        self._got += data
        head, end, body = self._got.partition(END)
        if end and len(body) >= _length(head):
            self._settle(head)

    def connection_lost(self, _: Exception | None) -> None:
        """Tell whoever waits that no answer will come."""
        self._fail("The connection was closed without an answer.")

    async def ask(self, request: bytes) -> float:
        """Send the request; return the seconds until its whole answer was there."""
        if self._transport is None:
            raise Unanswered("There is no connection.")
        self._answer = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        self._transport.write(request)
        await self._answer
        return time.perf_counter() - began

    def close(self) -> None:
        """Close it."""
        if self._transport is not None:
            self._transport.close()

    def _settle(self, head: bytes) -> None:
        self._got = b""
        if OK not in head.partition(b"\r\n")[0]:
            self._fail(f"The server said {head[:80]!r}.")
        elif self._answer is not None and not self._answer.done():
            self._answer.set_result(None)

    def _fail(self, why: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Unanswered(why))


async def connect(port: int, count: int) -> list[Connection]:
    """Open so many connections to a port of loopback."""
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(Connection, "127.0.0.1", port)
        for _ in range(count)
    ]
    return [connection for _, connection in made]


async def one_by_one(port: int, requests: Iterator[bytes], count: int) -> list[float]:
    """Send them one after another on one connection; return the seconds of each."""
    (connection,) = await connect(port, 1)
    try:
        ready = list(itertools.islice(requests, count))
        return [await connection.ask(request) for request in ready]
    finally:
        connection.close()


async def all_at_once(port: int, requests: Iterator[bytes], count: int) -> list[float]:
    """Send all in the same moment, each on a connection that is open already."""
    connections = await connect(port, count)
    ready = list(itertools.islice(requests, count))
    asks: list[Awaitable[float]] = [
        connection.ask(request)
        for connection, request in zip(connections, ready, strict=True)
    ]
    try:
        return list(await asyncio.gather(*asks))
    finally:
        _close(connections)


async def closed_loop(
    port: int, requests: Iterator[bytes], connections: int, seconds: float
) -> tuple[int, float]:
    """Keep each connection busy for so long; return how many and the seconds taken."""
    opened = await connect(port, connections)
    began = time.perf_counter()
    until = began + seconds
    try:
        counts = await asyncio.gather(
            *(
                _busy(one, requests, lambda: time.perf_counter() < until)
                for one in opened
            )
        )
        return sum(counts), time.perf_counter() - began
    finally:
        _close(opened)


async def _busy(
    connection: Connection, requests: Iterator[bytes], goes_on: Callable[[], bool]
) -> int:
    count = 0
    while goes_on():
        await connection.ask(next(requests))
        count += 1
    return count


def _close(connections: Sequence[Connection]) -> None:
    for connection in connections:
        connection.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
