"""May the participant's app make a vault key, and is it alone in the room?"""

from pydantic import BaseModel

from bot.cohrtz.databases.vault import is_alone, is_authority
from bot.cohrtz.vault_words import ALONE, AUTHORITY
from bot.cohrtz.whence import of_kind, yes_or_no
from bot.core.artefact import Kind
from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.errors import WorldError
from bot.world import World

TITLE = "Authority over the vault key"
FACTS = {
    "vault.authority": "whether the app takes itself for the vault's authority",
    "vault.alone": "whether nobody else is visible in the room",
}
TIMEOUT = 8.0
ON_OPEN = False


class Params(BaseModel, extra="forbid", frozen=True):
    """The room, the participant, and the incident whose files may tell of the host."""

    room: str
    identity: str | None = None
    incident: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Compute it as the app does: host, or smallest visible identity."""
    if not params.identity:
        return unknown("Whose authority to look at: no participant was given.")
    try:
        people = await world.rooms.participants(params.room)
    except WorldError as error:
        return unknown(f"Who is in the room is not known: {error}")
    visible = [one.identity for one in people if not one.hidden]
    if params.identity not in visible:
        return unknown("The participant is not in the room, so nothing can be told.")
    stores = of_kind(await world.artefacts.of(params.incident or ""), Kind.SECURE_STORE)
    host = yes_or_no(stores, "keys.host")
    return _finding(
        is_authority(params.identity, visible, is_host=host),
        alone=is_alone(params.identity, visible),
    )


def _finding(authority: bool | None, *, alone: bool) -> Finding:  # noqa: FBT001  a fact
    facts: dict[str, Value] = {"vault.alone": alone}
    if authority is not None:
        facts["vault.authority"] = authority
    if alone:
        return bad(f"{ALONE} {AUTHORITY[authority]}", facts)
    return (unknown if authority is None else ok)(AUTHORITY[authority], facts)
