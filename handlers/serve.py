"""`triage serve`: the bot and its handlers joined, run until SIGTERM."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import structlog
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp

from bot import app as bot_app
from bot.app import Bot
from bot.errors import SettingsError
from bot.settings import Settings
from handlers.brush import Brush
from handlers.desk import Desk
from handlers.diagnostics import DiagnosticsRoute
from handlers.edge import Edge
from handlers.listeners import Identity, bolt_app
from handlers.notices import Notices
from handlers.pacing import WIDE, Pace, Pacing
from handlers.people import People
from handlers.reconcile import Pauses, Reconciler, Studio
from handlers.render.message import Catalogue, wanted
from handlers.slack import SlackClient, SlackTrouble, open_slack
from handlers.socket import Sockets
from handlers.web import WebParts, application

log = structlog.get_logger(__name__)

GRACE = 3.0
"""Seconds that what acts on the world gets to finish; the whole end takes under 5."""

PRUNE = 3600.0
YOUNG = 20_000
"""New objects after which the collector looks at them; Python's own is 700."""

RETRY = 2.0


@dataclass(frozen=True)
class Tempo:
    """How fast to write to Slack, and how long to rest; a test may hurry."""

    channel: Pace = field(default_factory=Pace)
    workspace: Pace = WIDE
    pauses: Pauses = field(default_factory=Pauses)
    retry: float = RETRY
    """Seconds until Slack is asked again who we are."""


@dataclass(frozen=True)
class Loops:
    """What runs beside the requests."""

    bot: Bot
    reconciler: Reconciler
    notices: Notices
    sockets: Sockets | None
    desk: Desk

    async def run(self) -> None:
        """Run all until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_kept_up("engine", self.bot.engine.run))
            tasks.create_task(_kept_up("watch", self.bot.watch.run))
            tasks.create_task(_kept_up("reconciler", self.reconciler.run))
            tasks.create_task(_kept_up("notices", self.notices.run))
            tasks.create_task(_kept_up("people", self.desk.people.prefetch))
            tasks.create_task(_kept_up("prune", self._prune))
            tasks.create_task(_kept_up("keys", self.bot.keys.run))
            if self.sockets:
                tasks.create_task(_kept_up("sockets", self.sockets.run))

    async def stop(self) -> None:
        """Take nothing new, let what acts finish, cancel what can be done again."""
        async with asyncio.TaskGroup() as ends:
            if self.sockets:
                ends.create_task(self.sockets.close())
            ends.create_task(self.bot.engine.stop(GRACE))
            ends.create_task(self.reconciler.stop())

    async def _prune(self) -> None:
        while True:
            await self.bot.store.prune(self.desk.now())
            await asyncio.sleep(PRUNE)


async def serve(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    stop, started = _stop_signal(), asyncio.Event()
    living = asyncio.create_task(_live(settings, stop, started))
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({living, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if not (started.is_set() or living.done()):
        # It still waits for Slack: nothing was begun that would have to be finished.
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
        return 0
    return await living


async def _live(settings: Settings, stop: asyncio.Event, started: asyncio.Event) -> int:
    async with serving(settings) as (loops, port):
        _spare_the_collector()
        started.set()
        log.info("bot.started", transport=settings.transport, port=port)
        running = asyncio.create_task(loops.run())
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        await loops.stop()
        running.cancel()
        ended = await asyncio.gather(running, return_exceptions=True)
        log.info("bot.stopped")
    failed = [one for one in ended if isinstance(one, Exception)]
    for error in failed:
        log.error("bot.failed", exc_info=error)
    return 1 if failed else 0


def _spare_the_collector() -> None:
    """Keep the garbage collector from going through all that was imported.

    It would, again and again, while the short-lived objects of requests are made, and
    that shows in how long a person waits for an answer.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)


@asynccontextmanager
async def serving(
    settings: Settings, tempo: Tempo | None = None
) -> AsyncIterator[tuple[Loops, int]]:
    """Open everything and listen; close it all at the end.

    As long as Slack does not say who we are, only health and webhooks are served.
    """
    tempo = tempo or Tempo()
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(bot_app.build(settings))
        token = settings.slack_bot_token.get_secret_value()
        slack = await stack.enter_async_context(
            open_slack(token, settings.slack_api_url)
        )
        identity = await _known(settings, bot, slack, tempo.retry)
        desk = _desk(bot, slack, identity)
        secret = _secret(settings)
        bolt = bolt_app(desk, slack.web, secret, identity)
        sockets = _sockets(settings, bolt, slack, bot)
        loops = _loops(bot, desk, sockets, tempo)
        parts = WebParts(
            edge=Edge(secret) if settings.transport == "http" else None,
            bolt=bolt,
            door=bot.door,
            record=bot.watch.record,
            ready=lambda: _why_not_ready(bot, slack, sockets),
            foreground=bot.foreground,
            diagnostics=DiagnosticsRoute(bot.diagnostics_door, bot.rings),
        )
        port = await _listen(stack, settings, parts)
        yield loops, port


async def _known(
    settings: Settings, bot: Bot, slack: SlackClient, retry: float
) -> Identity:
    """Ask Slack who we are; while it does not answer, say so to whoever asks us."""
    first = await _identity(slack)
    if first is not None:
        return first
    async with AsyncExitStack() as stack:
        parts = WebParts(
            edge=None,
            bolt=None,
            door=bot.door,
            record=bot.watch.record,
            ready=lambda: _why_not_ready(bot, slack, None),
            foreground=bot.foreground,
            diagnostics=DiagnosticsRoute(bot.diagnostics_door, bot.rings),
        )
        await _listen(stack, settings, parts)
        while True:
            await asyncio.sleep(retry)
            identity = await _identity(slack)
            if identity is not None:
                return identity


async def _identity(slack: SlackClient) -> Identity | None:
    """Ask Slack who we are; None if it does not answer, SettingsError if it refuses."""
    try:
        told = await slack.call("auth.test")
    except SlackTrouble as error:
        if _is_final(error):
            raise SettingsError(
                f"Slack does not take TRIAGE_SLACK_BOT_TOKEN: {error} Copy the token "
                "from «OAuth & Permissions» of the Slack app, installed there."
            ) from None
        log.warning("slack.unanswered", why=str(error))
        return None
    return Identity(
        team=str(told.get("team_id", "")),
        bot_id=str(told.get("bot_id", "")),
        bot_user=str(told.get("user_id", "")),
    )


_FINAL = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked"}
    | {"token_expired", "missing_scope"}
)


def _is_final(error: SlackTrouble) -> bool:
    return getattr(error, "code", "") in _FINAL


def _desk(bot: Bot, slack: SlackClient, identity: Identity) -> Desk:
    return Desk(
        service=bot.service,
        library=bot.library,
        titles=bot_app.titles(),
        rooms=bot.world.rooms,
        recorded=bot.world.transitions,
        watch=bot.watch,
        foreground=bot.foreground,
        people=People(slack, identity.team),
        slack=slack,
        door=bot.door,
        now=bot_app.now,
        reference=bot_app.reference,
    )


def _loops(bot: Bot, desk: Desk, sockets: Sockets | None, tempo: Tempo) -> Loops:
    catalogue = Catalogue(
        titles=desk.titles,
        library=bot.library,
        effects=bot_app.effects(),
        yields=bot.service.rules.yields,
    )
    studio = Studio(
        service=bot.service,
        brush=Brush(desk.slack, bot.store, bot_app.now),
        pacing=Pacing(tempo.channel, tempo.workspace),
        foreground=bot.foreground,
        wanted=lambda state, events: wanted(state, events, catalogue),
        pauses=tempo.pauses,
    )
    notices = Notices(desk.slack, bot.store, bot.service.bells.notices, bot_app.now)
    return Loops(bot, Reconciler(studio), notices, sockets, desk)


def _sockets(
    settings: Settings, bolt: AsyncApp, slack: SlackClient, bot: Bot
) -> Sockets | None:
    if settings.transport != "socket" or settings.slack_app_token is None:
        return None
    token = settings.slack_app_token.get_secret_value()
    return Sockets(bolt, token, slack.web, bot.foreground)


def _secret(settings: Settings) -> str:
    """Return the signing secret; Socket Mode needs none, and Bolt asks for one."""
    if settings.slack_signing_secret is None:
        return "unused in Socket Mode"
    return settings.slack_signing_secret.get_secret_value()


async def _listen(stack: AsyncExitStack, settings: Settings, parts: WebParts) -> int:
    runner = web.AppRunner(
        application(parts), access_log=None, handle_signals=False, shutdown_timeout=1.0
    )
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    where = settings.http_host, settings.http_port
    try:
        await web.TCPSite(runner, *where).start()
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {where[0]}, port {where[1]} ({error.strerror}). Set "
            "TRIAGE_HTTP_HOST or TRIAGE_HTTP_PORT to another, or end what has it."
        ) from None
    return int(runner.addresses[0][1])


async def _why_not_ready(
    bot: Bot, slack: SlackClient, sockets: Sockets | None
) -> Sequence[str]:
    reasons = [await bot.store.ready() or "", slack.trouble]
    if sockets:
        reasons.append(sockets.trouble())
    return [reason for reason in reasons if reason]


async def _kept_up(name: str, run: Callable[[], Awaitable[None]]) -> None:
    """Run a loop to its end; when it fails, say so, rest and run it again."""
    while True:
        try:
            return await run()
        except Exception:
            log.exception("loop.failed", loop=name)
            await asyncio.sleep(RETRY)


def _stop_signal() -> asyncio.Event:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    return stop
