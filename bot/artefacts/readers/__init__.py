"""The readers, in the order in which they are asked whether a file is theirs."""

from bot.artefacts.readers import log
from bot.artefacts.shape import Reader

READERS: tuple[Reader, ...] = (log,)
