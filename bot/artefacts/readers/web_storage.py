"""What does a web client's storage, rows or packets, written out as JSON, tell?

See bot.cohrtz.databases.web for the three forms.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.artefacts.bounded_json import read_json
from bot.artefacts.shape import Asked
from bot.cohrtz.databases import keys, packets_stored, verdicts, web
from bot.cohrtz.databases.consistency import Platform
from bot.cohrtz.databases.names import INSTALL_ID, KDF_SALT
from bot.cohrtz.databases.preferences import WARNING
from bot.cohrtz.databases.remarks import Question
from bot.cohrtz.databases.survey import survey
from bot.cohrtz.databases.web import WebForm
from bot.core.artefact import Kind, Reading
from bot.core.evidence import Finding, Value, unknown

KIND = Kind.WEB_STORAGE
FACTS = {
    **verdicts.FACTS,
    **keys.FACTS,
    **packets_stored.FACTS,
    "preferences.install_id": "whether the install id is in the storage",
    "preferences.kdf_salt": "whether the salt is in the storage",
}

_BRACES = (b"{", b"[")


def recognises(head: bytes, path: Path) -> bool:
    """Say whether it is a JSON document of one of the three forms."""
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_BRACES):
        return False
    return web.form(read_json(path)) is not None


def read(path: Path, asked: Asked) -> Reading:
    """Read the document once; what is no longer one is a finding."""
    found = read_json(path)
    form = web.form(found)
    if form is None:
        return Reading(
            finding=unknown("It is no JSON document of a form that we know.")
        )
    return Reading(finding=_finding(form, found, asked))


def _finding(form: WebForm, found: Any, asked: Asked) -> Finding:  # noqa: ANN401  JSON
    if form is WebForm.STORAGE:
        return _storage(found, asked)
    if form is WebForm.PACKETS:
        heard = packets_stored.fold(web.packets(found))
        return packets_stored.finding(heard, asked.participant)
    rows = list(web.rows(found))
    are_native = bool(rows) and all(row.modified is not None for row in rows)
    platform = Platform.NATIVE if are_native else Platform.WEB
    told = survey(rows, now=datetime.now(UTC))
    return verdicts.web_dump(told, Question(asked.room, asked.since), platform)


def _storage(found: Any, asked: Asked) -> Finding:  # noqa: ANN401  JSON
    stored = web.stored_keys(found)
    told = keys.finding(keys.fold(stored, room=asked.room, since=asked.since))
    names = frozenset(map(web.plain_name, found))
    facts: dict[str, Value] = {
        "preferences.install_id": INSTALL_ID in names,
        "preferences.kdf_salt": KDF_SALT in names,
    }
    words = f"{told.headline} {WARNING}" if all(facts.values()) else told.headline
    return told.model_copy(update={"headline": words, "facts": {**told.facts, **facts}})
