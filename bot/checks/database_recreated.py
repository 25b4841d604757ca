"""Did the app make the corrupt database file anew?"""

from collections.abc import Sequence

from pydantic import BaseModel

from bot.cohrtz.whence import WHENCE, most, of_kind, told
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Finding, bad, ok, unknown
from bot.world import World

TITLE = "Corrupt database was made anew"
FACTS = {
    "recovery.recreated": "whether the app deleted the file and began an empty one",
    "recovery.needs_restart": "whether only a restart of the app opens the database",
}
TIMEOUT = 5.0
ON_OPEN = False


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident whose files are read."""

    room: str
    incident: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Look in logs and database copies for the one path that makes a file anew."""
    held = await world.artefacts.of(params.incident or "")
    logs, copies = of_kind(held, Kind.LOG), of_kind(held, Kind.CRDT_DATABASE)
    if most(logs, "log.database_open_repeats"):
        words = "The second open failed too, and the app keeps that failure: only a "
        facts = {"recovery.recreated": False, "recovery.needs_restart": True}
        return bad(f"{words}restart of the app opens the database.", facts)
    if most(logs, "log.database_recreated") or any(map(_is_new, copies)):
        words = "The app deleted the file and began an empty one. The original is gone"
        facts = {"recovery.recreated": True, "recovery.needs_restart": False}
        return ok(f"{words} but for a backup of the system.", facts)
    return _not_seen(logs, copies)


def _is_new(copy: Artefact) -> bool:
    facts = told(copy)
    names = ("database.fresh_node", "database.born_after_incident")
    return all(facts.get(name) is True for name in names)


def _not_seen(logs: Sequence[Artefact], copies: Sequence[Artefact]) -> Finding:
    if most(logs, "log.sqlite_malformed"):
        words = "The log shows error 11 (malformed), which the app does not handle"
        return bad(f"{words}: nothing was made anew.", {"recovery.recreated": False})
    kind = Kind.LOG if not logs else Kind.CRDT_DATABASE
    read = f"{len(logs)} logs and {len(copies)} copies of the database"
    return unknown(f"Not seen in {read}. {WHENCE[kind].words}")
