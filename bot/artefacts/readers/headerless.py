"""Is this binary file a database that lost its header, an encrypted one, or empty?

The last reader to be asked: what no other knows and what is no text may be a database,
for its bytes say neither yes nor no.
"""

from pathlib import Path

from bot.artefacts.shape import Asked
from bot.cohrtz.databases import verdicts
from bot.cohrtz.databases.binary import is_binary, is_known, starts_with_zeros
from bot.core.artefact import Kind, Reading

KIND = Kind.CRDT_DATABASE
FACTS = {
    name: meaning
    for name, meaning in verdicts.FACTS.items()
    if name in {"database.header", "database.integrity", "database.size"}
}
SEEN = 4096
"""Bytes by which a file is judged to be no text."""


def recognises(head: bytes, path: Path) -> bool:  # noqa: ARG001  one shape for all readers
    """Say whether it is empty, or binary and of no known form."""
    return not head or (is_binary(head[:SEEN]) and not is_known(head))


def read(path: Path, asked: Asked) -> Reading:  # noqa: ARG001  one shape for all readers
    """Look at the first bytes and the size; there is nothing else to read."""
    size = path.stat().st_size
    if not size:
        return Reading(finding=verdicts.empty_file())
    with path.open("rb") as file:
        zeros = starts_with_zeros(file.read(SEEN))
    return Reading(finding=verdicts.headerless_file(size, starts_with_zeros=zeros))
