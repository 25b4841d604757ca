"""Where the machine is taken out of the bot and the rehearsal, and nothing else is.

Replaced are: dialling and holding ports, SQLite's threads, and what would start a
process: the reader of files (it reads in its place) and the room probe's child (it
listens in its place; where no story needs it, its SDK is not installed). Starting is
spared what is the same for all seeds: pages are read once, and the collector is left
alone.
"""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from aiohttp import connector, web_app
from jwt.algorithms import HMACAlgorithm

from bot import app as bot_app
from bot import policies
from bot.artefacts import intake
from bot.artefacts.intake import Intake
from bot.core.bundle import Bundle
from bot.core.policy_text import PolicyRead, read_policy
from bot.core.runbook.pages import Library
from bot.engine import key_watch, release_watch
from bot.pages import load_library
from bot.probe import conversation, room_probe
from bot.store import archive, migrate, opening, room, sqlite
from handlers import export as handlers_export
from handlers import serve
from handlers.export import exported
from handlers.exporting import Exports
from handlers.slack import SlackClient
from rehearsal.cohrtz import deployment, door, signalling
from tests.simulation.disk import InlineLink
from tests.simulation.network import Dialled, Network
from tests.simulation.probing import Prober
from tests.simulation.reader import Reader

HASTY = "PRAGMA synchronous = OFF"
"""It is the bot that dies here and not the machine: what was committed is there."""

SHORT = 40 * room.FRAME
"""How long the database's log is made beforehand: five megabytes would take longer than
most that happens."""

SELDOM = 1e5
"""Seconds between two looks for what no story has: keys that change, a release."""

Seam = tuple[object, str, object]
"""Whose attribute is replaced, its name, and by what."""

_load = cache(load_library)
_migrations = cache(migrate.migrations)
_prepare_key = HMACAlgorithm.prepare_key


@cache
def _prepared(key: str | bytes) -> bytes:
    return _prepare_key(HMACAlgorithm(HMACAlgorithm.SHA256), key)


def _prepare_once(_: HMACAlgorithm, key: str | bytes) -> bytes:
    """Look at a key once: whether it is of another kind is asked at each token."""
    return _prepared(key)


class _NoConversation(deployment.Apps):
    """The apps' packets to one another, which nobody hears without the room probe."""

    def admit(self, *_: Any) -> None:
        """Let them be silent: what they say takes a fifth of a simulation's time."""


def _exports(bot: bot_app.Bot, slack: SlackClient) -> Exports:
    """Read what is exported here, and not in a thread with a loop of its own."""

    async def export(incident: str) -> Bundle:
        return await exported(bot.settings, incident, bot_app.now())

    return Exports(slack, export, bot.settings.slack_api_url)


@cache
def _read_policy(text: str) -> PolicyRead:
    return read_policy(text, {policies.ROLLBACK: policies.Thresholds})


def _policy(text: str, _: object) -> PolicyRead:
    return _read_policy(text)


def _library(where: Path | None) -> Library:
    return _load(where)


async def _dial(addr_infos: list[Any], **_: Any) -> Dialled:
    host, port, *_ = addr_infos[0][4]
    return Dialled((host, port))


def _holder(network: Network) -> type:
    class Holder:
        """In place of the socket that keeps a port while its door is shut."""

        def __init__(self) -> None:
            self._address = ("", 0)

        def setsockopt(self, *_: Any) -> None: ...

        def bind(self, address: tuple[str, int]) -> None:
            self._address = (address[0], address[1] or network.free_port())

        def getsockname(self) -> tuple[str, int]:
            return self._address

        def close(self) -> None: ...

    return Holder


async def _nothing_to_confine(_: Intake) -> dict[str, bool]:
    return {}


def _listening(prober: Prober | None) -> Iterator[Seam]:
    """Yield what is replaced so that rooms can be listened to, or cannot."""
    yield room_probe, "is_installed", lambda: prober is not None
    if prober is None:
        yield deployment, "Apps", _NoConversation
        return
    starting = {**vars(asyncio), "create_subprocess_exec": prober.begin}
    yield conversation, "asyncio", SimpleNamespace(**starting)
    yield signalling, "load_links", prober.load_links


def _machine(network: Network) -> Iterator[Seam]:
    """Yield what is replaced of sockets."""
    eyeballs = {**vars(connector.aiohappyeyeballs), "start_connection": _dial}
    holding = {"socket": _holder(network), "SOL_SOCKET": 0, "SO_REUSEADDR": 0}
    yield HMACAlgorithm, "prepare_key", _prepare_once
    yield connector, "aiohappyeyeballs", SimpleNamespace(**eyeballs)
    yield door, "socket", SimpleNamespace(**holding)


def _store() -> Iterator[Seam]:
    """Yield what is replaced of the disk and its threads."""
    yield sqlite, "Link", InlineLink
    yield archive, "Link", InlineLink
    yield sqlite, "WRITER_PRAGMAS", (*sqlite.WRITER_PRAGMAS, HASTY)
    yield opening, "migrations", _migrations
    yield room, "LENGTH", SHORT


def _bot(reader: Reader | None) -> Iterator[Seam]:
    """Yield what the bot is spared, and its processes and threads."""
    yield release_watch, "EVERY", SELDOM
    yield key_watch, "EVERY", SELDOM
    for who in (bot_app, handlers_export):
        yield who, "load_library", _library
    yield policies, "read_policy", _policy
    yield Intake, "probe", _nothing_to_confine
    yield intake, "confined", reader
    yield serve, "_spare_the_collector", lambda: None
    yield serve, "_exports", _exports


@contextmanager
def in_memory(
    network: Network, reader: Reader | None = None, prober: Prober | None = None
) -> Iterator[None]:
    """Let everything that is put up within talk over the network in memory.

    Files are read by the `reader`, if there is one, and rooms are listened to by the
    `prober`.
    """
    with ExitStack() as stack:
        for owner, name, instead in (
            *_machine(network),
            *_store(),
            *_bot(reader),
            *_listening(prober),
        ):
            stack.enter_context(patch.object(owner, name, instead))
        # It keeps whole servers, which would outlive their simulation.
        stack.callback(web_app._cached_build_middleware.cache_clear)
        yield
