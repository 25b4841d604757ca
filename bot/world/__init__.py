"""What checks and actions may touch: a Protocol for each kind of thing outside."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.world.artefacts import Artefacts
from bot.world.diagnostics import Diagnostics
from bot.world.probe import Probe
from bot.world.rooms import Rooms
from bot.world.tokens import Tokens
from bot.world.transitions import Transitions


@dataclass(frozen=True)
class World:
    """Everything that a check or an action may reach, and the clock."""

    rooms: Rooms
    tokens: Tokens
    transitions: Transitions
    artefacts: Artefacts
    diagnostics: Diagnostics
    probe: Probe
    now: Callable[[], datetime]
    pace: float = 1.0
    """How many times faster than in life the app's timers run: 1 but in a rehearsal."""
