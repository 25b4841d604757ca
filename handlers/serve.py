"""`triage serve`: the bot and its handlers joined, run until SIGTERM."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace

import structlog
from slack_bolt.app.async_app import AsyncApp

from bot import app as bot_app
from bot.app import Bot
from bot.core.bundle import Bundle
from bot.errors import SOFTWARE
from bot.settings import Settings
from handlers.brush import Brush
from handlers.channels import Channels
from handlers.clock import Doubt
from handlers.crowd import Crowd, Limits
from handlers.desk import Desk
from handlers.diagnostics import DiagnosticsRoute
from handlers.edge import Edge
from handlers.export import exported
from handlers.exporting import Exports
from handlers.introducing import known
from handlers.listeners import bolt_app
from handlers.listening import listen, why_not_ready
from handlers.notices import Notices
from handlers.pacing import WIDE, Pace, Pacing
from handlers.people import People
from handlers.reconcile import Pauses, Reconciler, Studio
from handlers.render.message import Catalogue, parts
from handlers.slack import SlackClient, open_slack
from handlers.slack_files import SlackFiles
from handlers.socket import Sockets
from handlers.web import WebParts

log = structlog.get_logger(__name__)

GRACE = 3.0
"""Seconds that what acts on the world gets to finish; the whole end takes under 5."""

PRUNE = 3600.0
YOUNG = 10_000
"""New objects after which the collector looks at them: at 20 000 that took up to 15 ms
of a press, at 4 000 a twentieth of all. Python's own number is 700."""

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
            tasks.create_task(_kept_up("releases", self.bot.releases.run))
            tasks.create_task(_kept_up("recovery", self.bot.recovery.run))
            tasks.create_task(_kept_up("reconciler", self.reconciler.run))
            tasks.create_task(_kept_up("notices", self.notices.run))
            tasks.create_task(_kept_up("people", self.desk.people.prefetch))
            tasks.create_task(_kept_up("channels", self.desk.channels.prefetch))
            tasks.create_task(_kept_up("room", self.bot.store.room.make))
            tasks.create_task(_kept_up("prune", self._prune))
            tasks.create_task(_kept_up("confinement", self._confine))
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
            ends.create_task(self.desk.errands.stop())
            ends.create_task(self.desk.exports.stop())

    async def _confine(self) -> None:
        """Say in the log what confines those who read files, before any is read."""
        await self.bot.intake.probe()

    async def _prune(self) -> None:
        while True:
            await self.bot.store.prune(self.desk.slack.clock.earlier())
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
    return SOFTWARE if failed else 0


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
        token = settings.slack_bot_token.get_secret_value()
        slack = await stack.enter_async_context(
            open_slack(token, settings.slack_api_url)
        )
        source = SlackFiles(slack, token, settings.slack_api_url)
        people = People(slack)
        bot = await stack.enter_async_context(bot_app.build(settings, source, people))
        identity = await known(settings, bot, slack, tempo.retry)
        people.work_for(identity.team)
        desk = replace(_desk(bot, slack, people), crowd=_crowd(settings))
        secret = _secret(settings)
        bolt = bolt_app(desk, slack.web, secret, identity)
        sockets = _sockets(settings, bolt, slack, bot)
        loops = _loops(bot, desk, sockets, tempo)
        parts = WebParts(
            edge=_edge(settings, slack),
            bolt=bolt,
            door=bot.door,
            record=bot.watch.record,
            ready=lambda: why_not_ready(bot, slack, sockets),
            foreground=bot.foreground,
            diagnostics=DiagnosticsRoute(bot.diagnostics_door, bot.rings),
        )
        port = await listen(stack, settings, parts)
        yield loops, port


def _desk(bot: Bot, slack: SlackClient, people: People) -> Desk:
    return Desk(
        service=bot.service,
        library=bot.library,
        titles=bot_app.titles(),
        rooms=bot.world.rooms,
        recorded=bot.world.transitions,
        watch=bot.watch,
        foreground=bot.foreground,
        people=people,
        authority=bot.authority,
        channels=Channels(slack),
        exports=_exports(bot, slack),
        slack=slack,
        door=bot.door,
        now=bot_app.now,
        reference=bot_app.reference,
        dry_run=bot.dry_run,
        catalogue=Catalogue(
            titles=bot_app.titles(),
            library=bot.library,
            effects=bot_app.effects(),
            yields=bot.service.rules.yields,
            on_request=bot_app.on_request(),
        ),
        thresholds=bot.thresholds,
    )


def _edge(settings: Settings, slack: SlackClient) -> Edge | None:
    """Return what lets Slack's requests in, by Slack's own time; None over sockets."""
    if settings.transport != "http":
        return None
    doubt = Doubt(lambda: slack.call("auth.test"))
    return Edge(_secret(settings), slack.clock.seconds, doubted=doubt)


def _crowd(settings: Settings) -> Crowd:
    return Crowd(Limits(settings.limit_person, settings.limit_workspace))


def _exports(bot: Bot, slack: SlackClient) -> Exports:
    async def export(incident: str) -> Bundle:
        # In a thread, and a loop of its own: it draws the incident's whole past.
        drawing = exported(bot.settings, incident, bot_app.now())
        return await asyncio.to_thread(asyncio.run, drawing)

    return Exports(slack, export, bot.settings.slack_api_url)


def _loops(bot: Bot, desk: Desk, sockets: Sockets | None, tempo: Tempo) -> Loops:
    studio = Studio(
        service=bot.service,
        brush=Brush(desk.slack, bot.store, desk.slack.clock.now, desk.channels),
        pacing=Pacing(tempo.channel, tempo.workspace),
        foreground=bot.foreground,
        wanted=lambda line: parts(line, desk.catalogue),
        pauses=tempo.pauses,
    )
    clock = desk.slack.clock
    notices = Notices(desk.slack, bot.store, bot.service.bells.notices, clock.earlier)
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
