"""The readers, in the order in which they are asked whether a file is theirs."""

from bot.artefacts.readers import diagnostics
from bot.artefacts.shape import Reader

READERS: tuple[Reader, ...] = (diagnostics,)
