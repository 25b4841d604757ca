"""What a person may ask the bot to look at, beyond what every incident looks at."""

from typing import NamedTuple


class OnRequest(NamedTuple):
    """How a check is offered that runs when a person asks for it."""

    button: str
    """What the button says, in three to six words."""
    words: str
    """What the look does to the room, and for how long."""
