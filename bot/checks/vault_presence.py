"""Was the vault's key on this device before, and is it there now?"""

from pydantic import BaseModel

from bot.cohrtz.databases.vault import WORDS, VaultKey
from bot.cohrtz.whence import WHENCE, of_kind, told
from bot.core.artefact import Kind
from bot.core.evidence import Finding, Value, bad, ok, unknown
from bot.world import World

TITLE = "Vault key on the device"
FACTS = {
    "vault.key": "healthy, legacy, missing-after-initialised or never-initialised",
    "vault.host": "whether the device made the group that it used last",
}
TIMEOUT = 5.0
ON_OPEN = False


class Params(BaseModel, extra="forbid", frozen=True):
    """The incident whose files are read; the newest secure store counts."""

    room: str
    incident: str | None = None


async def run(params: Params, world: World) -> Finding:
    """Read the presence of the key and of its marker; nothing is decrypted."""
    held = await world.artefacts.of(params.incident or "")
    stores = of_kind(held, Kind.SECURE_STORE, Kind.WEB_STORAGE)
    if not stores:
        words = "What the device has of the vault's key is not known."
        return unknown(f"{words} {WHENCE[Kind.SECURE_STORE].words}")
    facts = told(stores[-1])
    host: dict[str, Value] = {}
    if "keys.host" in facts:
        host["vault.host"] = facts["keys.host"]
    if facts.get("keys.vault") not in set(VaultKey):
        return unknown("The secure store does not tell of this room's vault key.", host)
    return _finding(VaultKey(str(facts["keys.vault"])), host)


def _finding(key: VaultKey, host: dict[str, Value]) -> Finding:
    facts = host | {"vault.key": key.value}
    say = bad if key is VaultKey.MISSING else ok
    return say(WORDS[key], facts)
