"""Brings envelopes to the app: faults, the journal, redelivery of events."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from rehearsal.slack.delivery.background import Background
from rehearsal.slack.delivery.envelope import Answer, Envelope, Line
from rehearsal.slack.delivery.http import HttpLine
from rehearsal.slack.delivery.socket import SocketLine
from rehearsal.slack.faults import (
    DropAfter,
    DropBefore,
    Duplicate,
    Effect,
    Reorder,
    SocketLoss,
    Status,
    has,
    seconds_of_delay,
)
from rehearsal.slack.hub import Delta
from rehearsal.slack.journal import Entry
from rehearsal.slack.payloads import event_callback
from rehearsal.slack.state import State

Json = dict[str, Any]

# Seconds before each redelivery of an event (docs.slack.dev/apis/events-api, read 2026)
REDELIVERIES = (0.0, 60.0, 300.0)
REORDER_PATIENCE = 1.0  # seconds to hold a delivery back for the next one


class Courier:
    """Delivers over the workspace's transport and remembers whether the app is up."""

    def __init__(self, state: State) -> None:
        """Announce this state's events from now on."""
        self._state = state
        self.http = HttpLine(state.settings)
        self.socket = SocketLine(state.settings, self.tell_presence)
        self.background = Background()
        self.under_way = 0
        self._passed = asyncio.Event()
        self._reached = True
        self._was_up: bool | None = None
        state.announce = self.announce

    @property
    def up(self) -> bool:
        """Tell whether the app can be reached, as far as Slack knows."""
        if self._state.settings.transport == "socket":
            return self.socket.count > 0
        return self.http.url is not None and self._reached

    def announce(self, event: Json, channel: str | None) -> None:
        """Send an event to the app if it subscribed, in the background.

        Without a URL there is nothing to subscribe with, so nothing is sent.
        """
        if self._state.settings.transport == "http" and self.http.url is None:
            return
        if subscribed(self._state, event, channel):
            payload = event_callback(self._state, event, channel)
            self.background.start(self._event(Envelope("events_api", payload)))

    async def deliver(self, envelope: Envelope) -> Answer:
        """Deliver once, under the faults that strike; the journal notes it."""
        kinds = (f"delivery.{envelope.kind}", f"delivery.{envelope.name}")
        effects = self._state.faults.take("delivery", *kinds, "socket")
        began, start = self._state.clock.now(), time.monotonic()
        with self._counted():
            answer = await self._under(envelope, effects)
        took = time.monotonic() - start
        if answer.ok and took > self._state.settings.answer_within:
            # It was on its way for so long that Slack had given up.
            answer = Answer(reason="http_timeout")
        answer = replace(answer, took=took)
        self._note(envelope, answer, began)
        return answer

    async def _event(self, envelope: Envelope) -> None:
        answer = await self.deliver(envelope)
        for attempt, wait in enumerate(REDELIVERIES, start=1):
            if answer.ok or answer.no_retry:
                return
            await asyncio.sleep(wait * self._state.settings.clock_factor)
            again = replace(envelope, retry=attempt, reason=answer.reason)
            answer = await self.deliver(again)

    async def _under(self, envelope: Envelope, effects: tuple[Effect, ...]) -> Answer:
        await asyncio.sleep(seconds_of_delay(effects))
        if has(effects, Reorder):
            await self._hold_back()
        if has(effects, DropBefore):
            return Answer(reason="connection_failed")
        for effect in effects:
            if isinstance(effect, Status):
                return Answer(status=effect.code, reason="http_error")
        return await self._reach(envelope, effects)

    async def _reach(self, envelope: Envelope, effects: tuple[Effect, ...]) -> Answer:
        sends = [self._line().send(envelope)]
        if has(effects, Duplicate):
            sends.append(self._line().send(envelope))
        if has(effects, SocketLoss):
            self.background.start(self._cut_soon())
        answers = await asyncio.gather(*sends)
        self._passed.set()
        if has(effects, DropAfter):
            return Answer(reason="http_timeout")
        return answers[0]

    async def _cut_soon(self) -> None:
        await asyncio.sleep(0)
        self.socket.cut()

    async def _hold_back(self) -> None:
        self._passed.clear()
        try:
            async with asyncio.timeout(REORDER_PATIENCE):
                await self._passed.wait()
        except TimeoutError:
            return

    def _line(self) -> Line:
        socket = self._state.settings.transport == "socket"
        return self.socket if socket else self.http

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1

    def _note(self, envelope: Envelope, answer: Answer, began: float) -> None:
        self._reached = answer.reason != "connection_failed"
        self.tell_presence()
        entry = Entry(
            "delivery",
            envelope.name,
            envelope.payload,
            outcome="ok" if answer.ok else answer.reason,
            status=answer.status,
            answer=answer.body,
            began=began,
            retry=envelope.retry,
        )
        self._state.journal.record(entry)

    async def look(self) -> None:
        """See whether the app listens; a real workspace learns it by delivering."""
        if self._state.settings.transport == "http":
            self._reached = await self.http.knock()
        self.tell_presence()

    def connect(self, url: str) -> None:
        """Deliver to this URL from now on."""
        self.http.url = url
        self._reached = True
        self.tell_presence()

    def tell_presence(self) -> None:
        """Tell the pages when the app came up or went down."""
        if self.up is not self._was_up:
            self._was_up = self.up
            self._state.hub.publish(Delta(self.presence()))
        self._state.hub.touch()

    def presence(self) -> Json:
        """Give the app's presence as the browser page reads it."""
        return {"type": "presence", "app": "up" if self.up else "down"}


def subscribed(state: State, event: Json, channel: str | None) -> bool:
    """Tell whether the app asked for this event and may see where it happened."""
    wanted = state.settings.app.events
    if channel is not None:
        found = state.directory.channels[channel]
        if not state.directory.bot_in(found):
            return False
        kind = "im" if found.is_im else "groups" if found.is_private else "channels"
        if event["type"] == "message":
            return f"message.{kind}" in wanted
    return event["type"] in wanted
