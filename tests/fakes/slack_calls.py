"""A bot's drawing half, whole and real, beside a simulated Slack over real HTTP."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from structlog.testing import capture_logs

from bot.core.evidence import bad, witnessed
from bot.core.incident.commands import (
    Open,
    Press,
    Reopen,
    ReportCheck,
    Resolve,
    Rules,
    Start,
)
from bot.core.incident.events import StepRef
from bot.core.incident.state import Status, Verb
from bot.core.report import Report
from bot.core.runbook.pages import Runbook, Step
from bot.engine.foreground import Foreground
from bot.engine.service import Service
from bot.store.store import Store, open_store
from handlers.brush import Brush
from handlers.notices import Notices
from handlers.pacing import Pace, Pacing
from handlers.reconcile import Pauses, Reconciler, Studio
from handlers.render.message import Catalogue, Message, Part, parts
from handlers.slack import SlackClient, SlackRejected, open_slack
from rehearsal.slack import Limits, Workspace, WorkspaceSettings, serve

HERE, OPENER = "C0INC", "U0RESP"
BOOK = Runbook(
    slug="token-invalid",
    title="Token invalid",
    for_=("token.status != 'ok'",),
    sha256="ab" * 32,
    steps=tuple(Step(title=f"Do the {n} thing.") for n in ("first", "next", "last")),
)
RULES = Rules(
    library={BOOK.slug: BOOK},
    opening=("token-endpoint",),
    takes={"token-endpoint": frozenset({"room"})},
    yields={"token.status": "token-endpoint"},
)
CATALOGUE = Catalogue(titles={"token-endpoint": "Token answers"}, library=RULES.library)
FREE = WorkspaceSettings(limits=Limits(enabled=False))
FAST = Pace(rate=10_000, burst=1_000)
QUICK = Pauses(rest=5.0, first=0.02, longest=0.05, blocked=0.05, late=0.0)
THREAD = ("checks", "ranking", "step:1:1")


def now() -> datetime:
    return datetime.now(UTC)


def real(line) -> Iterator[Part]:
    """Render as the bot does."""
    return parts(line, CATALOGUE)


def as_parts(render) -> Callable[..., Iterator[Part]]:
    """Render what a test wants shown, anew each time."""
    if render is real:
        return real

    def made(line) -> Iterator[Part]:
        for message in render(line.state, ()):
            yield Part(message.part, (line,), lambda one=message: one)

    return made


def scripted(*parts: str) -> Callable[..., Sequence[Message]]:
    """Render these parts, each saying at which event it stands."""

    def render(state, events) -> Sequence[Message]:
        return [says(part, f"{part} at {state.seq}") for part in parts]

    return render


def says(part: str, text: str, *, urgent: bool = False, blocks=None) -> Message:
    section = {"type": "section", "text": {"type": "plain_text", "text": text}}
    given = [section] if blocks is None else blocks
    return Message(part, part != "card", text, given, urgent)


async def until(holds: Callable[[], Awaitable[bool]], within: float = 30.0) -> None:
    """Ask again and again until it holds."""
    async with asyncio.timeout(within):
        while not await holds():  # noqa: ASYNC110  the store rings no bell for it
            await asyncio.sleep(0.005)


class Ours:
    """Channels of which none is shared, so that nobody is asked about them."""

    async def must_be_ours(self, channel) -> None:
        """Take every channel for one of ours."""


@dataclass
class House:
    """One store, one service, one Slack; reconcilers come and go."""

    slack: SlackClient
    workspace: Workspace
    store: Store
    service: Service
    wanted: Callable[..., Sequence[Message]] = real
    pace: Pace = FAST
    wide: Pace = FAST
    pauses: Pauses = QUICK
    logs: list[dict] = field(default_factory=list)
    channels: object = field(default_factory=Ours)
    foreground: Foreground = field(default_factory=Foreground)

    def reconciler(self, slack=None, store=None) -> Reconciler:
        """Make one as the bot does at its start: nothing is remembered."""
        kept = store or self.store
        service = replace(self.service, store=kept)
        brush = Brush(slack or self.slack, kept, now, self.channels)
        pacing = Pacing(self.pace, self.wide)
        render = self.wanted
        held = self.foreground
        studio = Studio(service, brush, pacing, held, as_parts(render), self.pauses)
        return Reconciler(studio)

    @asynccontextmanager
    async def drawing(self, reconciler=None) -> AsyncIterator[Reconciler]:
        """Draw as long as it lasts."""
        drawer = reconciler or self.reconciler()
        running = asyncio.create_task(drawer.run())
        try:
            yield drawer
        finally:
            await drawer.stop()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def notices(self) -> Notices:
        bell = self.service.bells.notices
        return Notices(self.slack, self.store, bell, now, rest=5.0, pause=0.02)

    @asynccontextmanager
    async def telling(self) -> AsyncIterator[None]:
        """Deliver notices as long as it lasts."""
        running = asyncio.create_task(self.notices().run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def open(self, channel: str = HERE) -> str:
        report = Report(room="blue-whale", participant="alice")
        opening = Open(report, channel)
        with self.foreground.serving():  # nothing is drawn in between
            opened = await self.service.open(opening, by=OPENER, receipt=None)
            await self.service.follow(opened)
        return opened

    async def ranked(self, channel: str = HERE) -> str:
        """Open an incident whose check fails, so that a page is proposed."""
        incident = await self.open(channel)
        seen = bad("It answers 500.", {"token.status": "server-error"})
        evidence = witnessed(seen, source="token-endpoint", at=now())
        command = ReportCheck(1, evidence, took=0.1)
        await self.service.change(incident, command, by="bot")
        return incident

    async def started(self, channel: str = HERE) -> str:
        incident = await self.ranked(channel)
        await self.service.change(incident, Start(BOOK), by=OPENER)
        return incident

    async def confirm(self, incident: str, step: int) -> None:
        press = Press(StepRef(1, step), Verb.CONFIRM)
        await self.service.change(incident, press, by=OPENER)

    async def change(self, incident: str) -> int:
        """Change something; return where the incident stands then."""
        state = await self.service.load(incident)
        over = state.status is Status.RESOLVED
        command = Reopen("Again.") if over else Resolve("Done.", anyway=True)
        return (await self.service.change(incident, command, by=OPENER)).seq

    async def drawn(self, *incidents: str, within: float = 5.0) -> None:
        """Wait until the store says that Slack shows these as they are."""

        async def all_drawn() -> bool:
            return not set(incidents) & set(await self.store.behind(1_000))

        await until(all_drawn, within)

    def parts(self, incident: str, channel: str = HERE) -> list[str]:
        """Give the incident's parts as Slack shows them, by place and age."""
        return [part for part, _ in self.seen(incident, channel)]

    def seen(self, incident: str, channel: str = HERE) -> list[tuple[str, str]]:
        """Give (part, text) of what Slack shows: of the channel, then of threads."""
        mine = [m for m in self.workspace.state.messages.all(channel) if _of(m)]
        mine = [m for m in mine if _of(m)["incident"] == incident]
        mine.sort(key=lambda m: (m.get("thread_ts", m["ts"]) != m["ts"], m["ts"]))
        return [(_of(m)["part"], m["text"]) for m in mine]

    def threads(self, incident: str, channel: str = HERE) -> list[str]:
        """Give the thread of each of the incident's replies."""
        mine = [m for m in self.workspace.state.messages.all(channel) if _of(m)]
        mine = [m for m in mine if _of(m)["incident"] == incident]
        return [m.get("thread_ts") for m in mine if _of(m)["part"] != "card"]

    def told(self, user: str = OPENER) -> list[str]:
        """Give the direct messages that a person got."""
        direct = self.workspace.state.directory.direct(user).id
        return [m["text"] for m in self.workspace.messages(direct)]

    def calls(self, method: str | None = None) -> list:
        return list(self.workspace.journal.calls(method))

    def delete(self, part: str, channel: str = HERE) -> None:
        """Let somebody delete the message of a part."""
        messages = self.workspace.state.messages
        for message in messages.all(channel):
            if _of(message).get("part") == part:
                messages.remove(channel, message["ts"])


def _of(message) -> dict[str, str]:
    return (message.get("metadata") or {}).get("event_payload", {})


@asynccontextmanager
async def house(
    folder: Path, settings: WorkspaceSettings = FREE, **more
) -> AsyncIterator[House]:
    """Open everything, with Slack behind a real port."""
    workspace = Workspace(settings)
    numbers = itertools.count(1)
    with capture_logs() as logs:
        async with (
            open_store(folder / "triage.db") as store,
            serve(workspace) as server,
            client(server.api_url, settings.app.bot_token) as slack,
        ):
            service = Service(store, RULES, now, lambda: f"INC-{next(numbers)}")
            yield House(slack, workspace, store, service, logs=logs, **more)


def client(
    api_url: str, token: str = "xoxb-simulated", seconds: float = 5.0
) -> AbstractAsyncContextManager[SlackClient]:
    """Open a client with a time-out of the test's own."""
    return open_slack(token, api_url, aiohttp.ClientTimeout(total=seconds))


class Refusing:
    """Slack, refusing what a rule says: what only the real one would."""

    def __init__(self, slack, rule) -> None:
        self._slack, self._rule, self.tried = slack, rule, []

    async def call(self, method, **arguments):
        self.tried.append((method, arguments))
        code = self._rule(method, arguments)
        if code:
            raise SlackRejected(code)
        return await self._slack.call(method, **arguments)
