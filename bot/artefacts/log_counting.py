"""Counting a log, apart from what does it.

That works on arrays, and the library for them takes memory and a quarter of a second to
load. The running bot never reads a log itself: its confined child does. So the module
is loaded by name when the first log is counted.
"""

import importlib
from collections.abc import Callable
from typing import BinaryIO, cast

from bot.cohrtz.logs.tally import Tally

MODULE = "bot.artefacts.log_stream"


def count_log(stream: BinaryIO) -> Tally:
    """Read the whole stream and count what the app printed."""
    module = importlib.import_module(MODULE)
    return cast("Callable[[BinaryIO], Tally]", module.count_log)(stream)
