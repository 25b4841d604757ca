"""What people did, and how they were answered as far as Slack showed it at once."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rehearsal.slack import Workspace
from rehearsal.slack.acts.outcome import Delivery


@dataclass
class Deed:
    """One thing that somebody did, from its beginning to what Slack showed of it."""

    user: str
    what: str
    began: float
    opens: str = ""
    """The words by which the incident that it opens is known; empty: it opens none."""
    ended: float = 0.0
    outcome: str = "cut off"
    ok: bool = False
    """The bot took it, as far as Slack knows."""
    done: bool = True
    """False: Slack's own client did not let the person do it."""
    told: str = ""
    """What the bot answered at once."""
    reply: str = ""
    """When, as Slack names that message; empty: it answered by none."""
    saw: bool = False
    """A form came up, or one was changed."""

    def came_to(self, told: Delivery) -> None:
        self.outcome, self.ok = told.outcome, told.ok
        self.told = str(told.message or told.errors or "")
        self.reply = str((told.message or {}).get("ts", ""))

    def undone(self, why: str) -> None:
        self.outcome, self.done = why, False


class Deeds:
    """All of them, in the order in which they began."""

    def __init__(self, workspace: Workspace, now: Callable[[], float]) -> None:
        self._workspace = workspace
        self._now = now
        self._numbers = itertools.count(1)
        self.all: list[Deed] = []

    def next(self) -> str:
        """Return words that nobody used before."""
        return f"deed-{next(self._numbers)}-"

    def next_version(self) -> str:
        """Return a version that nobody spoke of before, and of which none is a part."""
        return f"1.{next(self._numbers)}.0"

    @contextmanager
    def noted(self, user: str, what: str, opens: str = "") -> Iterator[Deed]:
        """Keep what somebody does within."""
        deed = Deed(user, what, self._now(), opens)
        self.all.append(deed)
        before = self._views(user)
        try:
            yield deed
        finally:
            deed.ended = self._now()
            deed.saw = self._views(user) != before

    def _views(self, user: str) -> list[str]:
        return [view.id for view in self._workspace.views(user)]
