"""How much people may ask at once; what is over it is refused in friendly words.

A request is weighed before anything of it is kept or asked for. So what is refused has
changed nothing, and what was taken is never dropped: it is stored before it is
answered, and everything that follows from it is done, however many come after it.
What is refused without a word is not acknowledged: Slack says so or delivers it again.
"""

import asyncio
from dataclasses import dataclass

from bot.clients.allowance import Allowance, Rate
from bot.errors import StoreError, UsageError

TYPING = 0.2
"""What a letter in a select costs of a request: it is answered from memory."""

HEARD = Rate(1, 0.1)
"""How often somebody is told so who has to be written to: once in ten seconds."""


class TooMuch(UsageError):  # noqa: N818  named for what is the case
    """Somebody asks for too much; nothing of it was done, and the text says so."""

    def __init__(self, who: str, wait: int, *, heard: bool) -> None:
        """Keep whether they were told a moment ago."""
        super().__init__(
            f"{who} for more than I can take at once, so nothing of this was done. "
            f"Everything before it is kept and goes on. Try again in {wait} s."
        )
        self.who = who
        self.heard = heard


class Shed(StoreError):  # noqa: N818  named for what is the case
    """What is over the limit was let fall without a word, so it is not acknowledged.

    Slack delivers an event again then, and tells a person that their press failed.
    """

    def __init__(self) -> None:
        """Say what was done; the text may go into a log."""
        super().__init__("It is over the limit, so it was let fall unacknowledged.")


@dataclass(frozen=True)
class Limits:
    """Requests a minute, of each person and of all together; all may come at once."""

    person: float = 120
    workspace: float = 3_000
    """What one core answers in time (`make bench`)."""


class Crowd:
    """Weighs what people ask for, each alone and all together."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Take the limits; time is the event loop's."""
        limits = limits or Limits()
        self._each = Allowance(Rate.per_minute(limits.person), _now)
        self._all = Allowance(Rate.per_minute(limits.workspace), _now)
        self._heard = Allowance(HEARD, _now)

    def admit(self, user: str, cost: float = 1.0) -> None:
        """Let a request in; raise TooMuch if this person or all ask for too much."""
        wait = self._each.take(user, cost)
        if wait:
            raise self._refusal(user, "You ask", wait)
        wait = self._all.take("", cost)
        if wait:
            raise self._refusal(user, "Everybody together asks", wait)

    def admit_or_shed(self, user: str) -> None:
        """Let a request in; raise TooMuch, or Shed if that was heard a moment ago."""
        try:
            self.admit(user)
        except TooMuch as error:
            if error.heard:
                raise Shed from error
            raise

    def _refusal(self, user: str, who: str, wait: int) -> TooMuch:
        return TooMuch(who, wait, heard=bool(self._heard.take(user)))


def _now() -> float:
    return asyncio.get_running_loop().time()
