"""Webhooks as the LiveKit server signs, queues, retries and drops them.

One queue per room name, one webhook at a time, in order. What has waited for more than
30 s is dropped. Connection errors, 429 and 5xx (but 501) are tried again up to four
times, 1, 2, 4 and 8 s apart; any other answer counts as sent.
"""

import asyncio
import base64
import hashlib
import time
from datetime import timedelta

import aiohttp
from google.protobuf.json_format import MessageToJson
from livekit.api import AccessToken
from livekit.protocol.webhook import WebhookEvent

from rehearsal.cohrtz.faults import FaultKind, Faults
from rehearsal.cohrtz.journal import Entry, Journal
from rehearsal.cohrtz.keyring import Keyring
from rehearsal.cohrtz.pace import Pace
from rehearsal.cohrtz.rooms import Happening
from rehearsal.cohrtz.sessions import sid

RETRY_WAITS = (1.0, 2.0, 4.0, 8.0)
"""Seconds before each further try."""
MAX_AGE = 30.0
"""Seconds in the queue after which a webhook is dropped."""
REORDER_WAIT = 2.0
"""Seconds that WEBHOOK_REORDER holds a webhook back for the next to overtake it."""

REORDER_LEAST = 0.25
"""Real seconds that it does so at least, however fast the world runs."""
TIMEOUT = aiohttp.ClientTimeout(total=10)
TOKEN_LIFE = timedelta(minutes=5)
CONTENT_TYPE = "application/webhook+json"


class WebhookSender:
    """Sends what happens in the rooms to one URL."""

    def __init__(
        self, keyring: Keyring, faults: Faults, journal: Journal, pace: Pace
    ) -> None:
        """Make a sender without URL: until one is set nothing is sent."""
        self._keyring = keyring
        self._faults = faults
        self._journal = journal
        self._pace = pace
        self._queues: dict[str, asyncio.Queue[tuple[float, WebhookEvent]]] = {}
        self._workers: list[asyncio.Task[None]] = []
        self.url: str | None = None

    def send(self, happening: Happening) -> None:
        """Queue the webhook of a happening."""
        if self.url is None:
            return
        queue = self._queues.get(happening.room.name) or self._begin(happening)
        queue.put_nowait((time.monotonic(), _event(happening)))

    async def stop(self) -> None:
        """Stop sending; what still waits is lost."""
        for worker in self._workers:
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        self._workers.clear()
        self._queues.clear()

    def _begin(self, happening: Happening) -> asyncio.Queue[tuple[float, WebhookEvent]]:
        queue: asyncio.Queue[tuple[float, WebhookEvent]] = asyncio.Queue()
        self._queues[happening.room.name] = queue
        self._workers.append(asyncio.create_task(self._work(queue)))
        return queue

    async def _work(self, queue: asyncio.Queue[tuple[float, WebhookEvent]]) -> None:
        async with aiohttp.ClientSession(timeout=TIMEOUT) as http:
            while True:
                for queued_at, event in await self._next(queue):
                    await self._deliver(http, queued_at, event)

    @property
    def _reorder_wait(self) -> float:
        return max(self._pace.seconds(REORDER_WAIT), REORDER_LEAST)

    async def _next(
        self, queue: asyncio.Queue[tuple[float, WebhookEvent]]
    ) -> list[tuple[float, WebhookEvent]]:
        first = await queue.get()
        if not self._faults.meets(FaultKind.WEBHOOK_REORDER):
            return [first]
        try:
            async with asyncio.timeout(self._reorder_wait):
                return [await queue.get(), first]
        except TimeoutError:
            return [first]

    async def _deliver(
        self, http: aiohttp.ClientSession, queued_at: float, event: WebhookEvent
    ) -> None:
        delay = self._faults.get(FaultKind.WEBHOOK_DELAY)
        late = delay is not None and self._faults.meets(delay.kind)
        await asyncio.sleep(delay.seconds if delay and late else 0)
        if self._faults.meets(FaultKind.WEBHOOK_DROP):
            return self._record(event, "lost")
        if time.monotonic() - queued_at > self._pace.seconds(MAX_AGE):
            return self._record(event, "dropped: too old")
        times = 2 if self._faults.meets(FaultKind.WEBHOOK_DUPLICATE) else 1
        for _ in range(times):
            self._record(event, await self._try_to_post(http, event))
        return None

    async def _try_to_post(
        self, http: aiohttp.ClientSession, event: WebhookEvent
    ) -> str:
        outcome = await self._post(http, event)
        for wait in RETRY_WAITS:
            if not _again(outcome):
                break
            await self._pace.sleep(wait)
            outcome = await self._post(http, event)
        return outcome

    async def _post(self, http: aiohttp.ClientSession, event: WebhookEvent) -> str:
        body = MessageToJson(event, indent=None).encode()
        headers = {"Authorization": self._sign(body), "Content-Type": CONTENT_TYPE}
        try:
            async with http.post(self.url or "", data=body, headers=headers) as answer:
                return str(answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            return f"no answer: {type(error).__name__}"

    def _sign(self, body: bytes) -> str:
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        token = AccessToken(self._keyring.api_key, self._keyring.server_secret)
        return token.with_ttl(TOKEN_LIFE).with_sha256(digest).to_jwt()

    def _record(self, event: WebhookEvent, outcome: str) -> None:
        self._journal.add(
            Entry(
                place="webhook",
                method="EVENT",
                path=event.event,
                outcome=outcome,
                room=event.room.name,
                identity=event.participant.identity,
            )
        )


def _event(happening: Happening) -> WebhookEvent:
    return WebhookEvent(
        event=happening.event,
        id=sid("EV"),
        created_at=int(time.time()),
        room=happening.room,
        participant=happening.participant,
    )


def _again(outcome: str) -> bool:
    return (
        outcome == "429"
        or (outcome.startswith("5") and outcome != "501")
        or (outcome.startswith("no answer"))
    )
