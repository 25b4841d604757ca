"""The one place where the bot's parts are made and joined."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import structlog

from bot.actions import ACTIONS
from bot.checks import CHECKS
from bot.clients.diagnostics import DiagnosticsDoor
from bot.clients.livekit import LiveKitRooms, LiveKitServer
from bot.clients.poll import RoomPoll
from bot.clients.tokens import TokenClient
from bot.clients.webhooks import WebhookDoor
from bot.core.actions import Effect
from bot.core.incident.commands import DEFAULT_SETTLE, DEFAULT_VERIFY, Rules
from bot.core.runbook.pages import Library
from bot.engine.act import Actor
from bot.engine.diagnostics import NoRings, Rings
from bot.engine.engine import Engine, Hands
from bot.engine.foreground import Foreground
from bot.engine.look import Looker
from bot.engine.service import Service
from bot.engine.trail import Trail
from bot.engine.watch import Recorded, Watch
from bot.errors import SettingsError
from bot.pages import load_library
from bot.settings import Settings
from bot.store.seal import Keyring, read_keyring
from bot.store.signing import SigningKey, key_in, own_key, own_key_path, read_key
from bot.store.store import Store, open_store
from bot.world import World

log = structlog.get_logger(__name__)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, lower case: nothing that reads like something else."""


@dataclass(frozen=True)
class Bot:
    """The parts that whoever talks to people needs."""

    settings: Settings
    store: Store
    service: Service
    engine: Engine
    watch: Watch
    foreground: Foreground
    world: World
    door: WebhookDoor
    library: Library
    diagnostics_door: DiagnosticsDoor
    rings: Rings | NoRings


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def new_id() -> str:
    """Return a new incident's id: ten characters, 50 random bits."""
    return _spelt(10)


def reference() -> str:
    """Return an id under which an error can be found in the log."""
    return f"ref-{_spelt(8)}"


def _spelt(letters: int) -> str:
    bits = secrets.randbits(5 * letters)
    return "".join(ALPHABET[bits >> 5 * at & 31] for at in range(letters))


@asynccontextmanager
async def build(settings: Settings) -> AsyncIterator[Bot]:
    """Join the parts; raise SettingsError, PageError or StoreError in plain words."""
    library = load_library(settings.runbooks)
    async with (
        open_store(settings.database) as store,
        aiohttp.ClientSession() as session,
    ):
        bot = join(settings, library, store, session)
        await _chain_the_rest(bot.service)
        yield bot


async def _chain_the_rest(service: Service) -> None:
    chained = await service.chain_the_rest()
    if chained:
        log.info("trail.begun", incidents=chained)


def join(
    settings: Settings, library: Library, store: Store, session: aiohttp.ClientSession
) -> Bot:
    """Make the parts over an open store and session."""
    rings = _rings(settings, store)
    world = _world(settings, store, session, rings)
    service = Service(
        store=store,
        rules=rules(settings, library),
        now=now,
        new_id=new_id,
        trail=Trail(signing_key(settings)),
    )
    foreground = Foreground()
    hands = Hands(
        looker=Looker(CHECKS, world, reference), actor=Actor(service, ACTIONS, world)
    )
    poll = RoomPoll(world.rooms, world.transitions, now)
    return Bot(
        settings=settings,
        store=store,
        service=service,
        engine=Engine(service, hands, foreground),
        watch=Watch(service, poll, foreground),
        foreground=foreground,
        world=world,
        door=WebhookDoor(
            settings.livekit_api_key, settings.livekit_api_secret.get_secret_value()
        ),
        library=library,
        diagnostics_door=DiagnosticsDoor(settings.diagnostics_secrets),
        rings=rings,
    )


def rules(settings: Settings, library: Library) -> Rules:
    """Return what the core must know of checks, pages and pace."""
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
    )


def _in_vain(settings: Settings) -> frozenset[str]:
    """Return the checks that could only ever say *unknown* with these settings."""
    keys = settings.data_key or settings.data_key_file
    takes = settings.diagnostics_secrets and keys
    return frozenset() if takes else frozenset({"sync-diagnostics"})


def titles() -> dict[str, str]:
    """Return what each check looks at and each action does, in a few words."""
    checks = {name: check.TITLE for name, check in CHECKS.items()}
    return checks | {name: action.TITLE for name, action in ACTIONS.items()}


def effects() -> dict[str, Effect]:
    """Return how far each action reaches."""
    return {name: action.EFFECT for name, action in ACTIONS.items()}


def _paced(delays: tuple[timedelta, ...], pace: float) -> tuple[timedelta, ...]:
    return tuple(delay / pace for delay in delays)


def keyring(settings: Settings) -> Keyring | None:
    """Return the keys that seal content; raise SettingsError if they are not in order.

    None: no key is set, and nothing that would have to be sealed is kept.
    """
    if settings.data_key is not None:
        return read_keyring(settings.data_key.get_secret_value())
    if settings.data_key_file is None:
        return None
    try:
        return read_keyring(settings.data_key_file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(
            f"TRIAGE_DATA_KEY_FILE ({settings.data_key_file}) cannot be read: {why}."
        ) from None


def signing_key(settings: Settings) -> SigningKey:
    """Return the key that signs the trail; one beside the database if none is set.

    Its public half is told in the log, for whoever checks a trail later. Raises
    SettingsError. Call it while the store is open: its lock lets one process make it.
    """
    if settings.signing_key is not None:
        key, where = read_key(settings.signing_key.get_secret_value()), "environment"
    elif settings.signing_key_file is not None:
        key, where = key_in(settings.signing_key_file), str(settings.signing_key_file)
    else:
        key = own_key(settings.database)
        where = str(own_key_path(settings.database))
    log.info("trail.signed", public_key=key.public_text, key_from=where)
    return key


def _rings(settings: Settings, store: Store) -> Rings | NoRings:
    """Return the rings of diagnostics, or what says which setting they lack."""
    keys = keyring(settings)
    if not settings.diagnostics_secrets:
        return _off("TRIAGE_DIAGNOSTICS_SECRET is not set, so no device can post")
    if keys is None:
        return _off("TRIAGE_DATA_KEY is not set, and nothing is kept unsealed")
    return Rings(store, keys, now)


def _off(why: str) -> NoRings:
    log.info("diagnostics.off", why=why)
    return NoRings(f"This bot takes no diagnostics: {why}.")


def _world(
    settings: Settings,
    store: Store,
    session: aiohttp.ClientSession,
    rings: Rings | NoRings,
) -> World:
    server = LiveKitServer(
        settings.livekit_url,
        settings.livekit_api_key,
        settings.livekit_api_secret.get_secret_value(),
    )
    return World(
        rooms=LiveKitRooms(session, server),
        tokens=TokenClient(
            session,
            now,
            token_url=settings.token_url,
            livekit_url=settings.livekit_url,
        ),
        transitions=Recorded(store),
        diagnostics=rings,
        now=now,
    )
