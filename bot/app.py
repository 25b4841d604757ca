"""The one place where the bot's parts are made and joined."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import aiohttp
import structlog

from bot.actions import ACTIONS
from bot.artefacts.intake import Intake
from bot.artefacts.scratch import Scratch
from bot.artefacts.source import NoSource, Source
from bot.checks import CHECKS, ON_REQUEST
from bot.clients.diagnostics import DiagnosticsDoor
from bot.clients.livekit import LiveKitRooms, LiveKitServer
from bot.clients.poll import RoomPoll
from bot.clients.tokens import TokenClient
from bot.clients.webhooks import WebhookDoor
from bot.cohrtz.opposites import OPPOSITES
from bot.core.actions import Effect
from bot.core.incident.commands import DEFAULT_SETTLE, DEFAULT_VERIFY, Rules
from bot.core.policy import Policy
from bot.core.requests import OnRequest
from bot.core.rollback import Thresholds
from bot.core.runbook.pages import Library
from bot.engine.act import Actor
from bot.engine.artefacts import Kept
from bot.engine.authority import Authority, NobodyKnown, Standings
from bot.engine.diagnostics import NoRings, Rings
from bot.engine.dry_run import DryRun
from bot.engine.engine import Engine, Hands
from bot.engine.filing import Filer
from bot.engine.foreground import Foreground
from bot.engine.ids import Ids, spelt
from bot.engine.key_watch import KeyWatch
from bot.engine.look import Looker
from bot.engine.planning import Planner
from bot.engine.recovery import Recovery
from bot.engine.release_watch import ReleaseWatch
from bot.engine.service import Service
from bot.engine.trail import Trail
from bot.engine.watch import Recorded, Watch
from bot.keys import key_source, signing_key
from bot.pages import load_library
from bot.policies import PolicyFile, read_policy_file, say_what_it_means
from bot.probe.room_probe import ProbeServer, RoomProbe, say_whether_installed
from bot.settings import Settings
from bot.store.store import Store, open_store
from bot.world import World
from bot.world.looking import only_looks

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Bot:
    """The parts that whoever talks to people needs."""

    settings: Settings
    store: Store
    service: Service
    engine: Engine
    watch: Watch
    releases: ReleaseWatch
    recovery: Recovery
    thresholds: Thresholds
    authority: Authority
    foreground: Foreground
    world: World
    door: WebhookDoor
    library: Library
    diagnostics_door: DiagnosticsDoor
    rings: Rings | NoRings
    intake: Intake
    keys: KeyWatch
    dry_run: DryRun


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def reference() -> str:
    """Return an id under which an error can be found in the log."""
    return f"ref-{spelt(8)}"


@asynccontextmanager
async def build(
    settings: Settings,
    source: Source | None = None,
    standings: Standings | None = None,
) -> AsyncIterator[Bot]:
    """Join the parts; raise SettingsError, PageError or StoreError in plain words.

    `source` is where the files come from that people hand over; `standings` knows who
    people are: without it nobody is known, and nothing that disturbs is run.
    """
    library, policy = load_library(settings.runbooks), read_policy_file(settings.policy)
    say_what_it_means(policy.policy)
    say_whether_installed()
    async with (
        open_store(settings.database, key_source(settings)) as store,
        aiohttp.ClientSession() as session,
    ):
        known = standings or NobodyKnown()
        outside = Outside(store, session, source or NoSource(), known, policy)
        bot = join(settings, library, outside)
        await asyncio.to_thread(bot.intake.scratch.sweep)
        await _chain_the_rest(bot.service)
        yield bot


async def _chain_the_rest(service: Service) -> None:
    chained = await service.chain_the_rest()
    if chained:
        log.info("trail.begun", incidents=chained)


@dataclass(frozen=True)
class Outside:
    """What is open while the bot runs, and who may do what with it."""

    store: Store
    session: aiohttp.ClientSession
    source: Source
    standings: Standings = field(default_factory=NobodyKnown)
    """Who knows who somebody is."""
    policy: PolicyFile = field(default_factory=PolicyFile)


def join(settings: Settings, library: Library, outside: Outside) -> Bot:
    """Make the parts over what is open."""
    store = outside.store
    rings, policy = _rings(settings, store), outside.policy
    service = Service(
        store=store,
        rules=rules(settings, library, policy.policy),
        now=now,
        new_id=Ids().new,
        trail=Trail(signing_key(settings)),
    )
    world = _world(settings, service, outside.session, rings)
    intake = Intake(now, reference, scratch=Scratch.of(settings.database))
    foreground = Foreground()
    thresholds = policy.thresholds
    authority = Authority(policy.policy, outside.standings)
    poll = RoomPoll(world.rooms, world.transitions, now)
    hands = Hands(
        looker=Looker(CHECKS, world, reference),
        actor=Actor(service, ACTIONS, world, authority),
        filer=Filer(service, intake, outside.source),
    )
    return Bot(
        settings=settings,
        store=store,
        service=service,
        engine=Engine(service, hands, foreground),
        watch=Watch(service, poll, foreground),
        releases=ReleaseWatch(service, thresholds, foreground, settings.pace),
        recovery=Recovery(service, thresholds, foreground, authority, settings.pace),
        thresholds=thresholds,
        authority=authority,
        foreground=foreground,
        world=world,
        door=_door(settings),
        library=library,
        diagnostics_door=DiagnosticsDoor(settings.diagnostics_secrets),
        rings=rings,
        intake=intake,
        keys=KeyWatch(store.rotation, key_source(settings), foreground),
        dry_run=_dry_run(service, only_looks(world)),
    )


def _door(settings: Settings) -> WebhookDoor:
    secret = settings.livekit_api_secret.get_secret_value()
    return WebhookDoor(settings.livekit_api_key, secret)


def _dry_run(service: Service, looking: World) -> DryRun:
    """Return what walks through runbooks and can touch nothing."""
    return DryRun(
        service,
        Looker(CHECKS, looking, reference),
        Planner(ACTIONS, looking, service.rules),
    )


def rules(settings: Settings, library: Library, policy: Policy | None = None) -> Rules:
    """Return what the core must know of checks, pages, people and pace."""
    return Rules(
        library=library,
        opening=tuple(
            name
            for name, check in CHECKS.items()
            if check.ON_OPEN and name not in _in_vain(settings)
        ),
        takes={
            name: frozenset(check.Params.model_fields) for name, check in CHECKS.items()
        },
        yields={fact: name for name, check in CHECKS.items() for fact in check.FACTS},
        verify=_paced(DEFAULT_VERIFY, settings.pace),
        settle=_paced(DEFAULT_SETTLE, settings.pace),
        opposites=OPPOSITES,
        on_request=frozenset(ON_REQUEST),
        policy=policy or Policy(),
        effects=effects(),
        pace=settings.pace,
    )


def _in_vain(settings: Settings) -> frozenset[str]:
    """Return the checks that could only ever say *unknown* with these settings."""
    takes = settings.diagnostics_secrets
    return frozenset() if takes else frozenset({"sync-diagnostics"})


def titles() -> dict[str, str]:
    """Return what each check looks at and each action does, in a few words."""
    checks = {name: check.TITLE for name, check in CHECKS.items()}
    return checks | {name: action.TITLE for name, action in ACTIONS.items()}


def effects() -> dict[str, Effect]:
    """Return how far each action reaches."""
    return {name: action.EFFECT for name, action in ACTIONS.items()}


def on_request() -> dict[str, OnRequest]:
    """Return the checks that the ranking offers to a person."""
    return dict(ON_REQUEST)


def _paced(delays: tuple[timedelta, ...], pace: float) -> tuple[timedelta, ...]:
    return tuple(delay / pace for delay in delays)


def _rings(settings: Settings, store: Store) -> Rings | NoRings:
    """Return the rings of diagnostics, or what says which setting they lack."""
    if not settings.diagnostics_secrets:
        return _off("TRIAGE_DIAGNOSTICS_SECRET is not set, so no device can post")
    return Rings(store, now)


def _off(why: str) -> NoRings:
    log.info("diagnostics.off", why=why)
    return NoRings(f"This bot takes no diagnostics: {why}.")


def _world(
    settings: Settings,
    service: Service,
    session: aiohttp.ClientSession,
    rings: Rings | NoRings,
) -> World:
    server = LiveKitServer(
        settings.livekit_url,
        settings.livekit_api_key,
        settings.livekit_api_secret.get_secret_value(),
    )
    rooms = LiveKitRooms(session, server)
    return World(
        rooms=rooms,
        tokens=TokenClient(
            session,
            now,
            token_url=settings.token_url,
            livekit_url=settings.livekit_url,
        ),
        transitions=Recorded(service.store),
        diagnostics=rings,
        probe=RoomProbe(rooms, _probe_server(settings)),
        now=now,
        artefacts=Kept(service),
        pace=settings.pace,
    )


def _probe_server(settings: Settings) -> ProbeServer:
    return ProbeServer(
        settings.livekit_url,
        settings.livekit_api_key,
        settings.livekit_api_secret.get_secret_value(),
    )
