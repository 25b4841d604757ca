"""The readers, in the order in which they are asked whether a file is theirs."""

from bot.artefacts.readers import (
    crdt_database,
    diagnostics,
    headerless,
    log,
    packet_store,
    packets,
    preferences,
    secure_store,
    web_storage,
)
from bot.artefacts.shape import Reader

READERS: tuple[Reader, ...] = (
    secure_store,
    packet_store,
    crdt_database,
    packets,
    diagnostics,
    web_storage,
    preferences,
    log,
    headerless,  # must stay the last: it takes whatever is no text
)
