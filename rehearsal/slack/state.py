"""All that one simulated workspace remembers, joined in one place."""

from collections.abc import Callable
from typing import Any

from rehearsal.slack.clock import Clock, Ids
from rehearsal.slack.directory import Directory
from rehearsal.slack.faults import Faults
from rehearsal.slack.files import Files
from rehearsal.slack.hub import Delta, Hub
from rehearsal.slack.journal import Journal
from rehearsal.slack.messages import Messages
from rehearsal.slack.rates import Rates
from rehearsal.slack.settings import WorkspaceSettings
from rehearsal.slack.tickets import Hooks, Triggers
from rehearsal.slack.views import Views

Json = dict[str, Any]
Announce = Callable[[Json, str | None], None]


def _nobody_listens(_event: Json, _channel: str | None) -> None:
    """Drop an event: nothing is connected yet."""


class State:
    """The workspace's memory; mutable, used from one event loop only."""

    def __init__(self, settings: WorkspaceSettings) -> None:
        """Make an empty workspace with the people and channels of the settings."""
        self.settings = settings
        self.clock = Clock()
        self.ids = Ids(self.clock)
        self.hub = Hub()
        self.faults = Faults()
        self.journal = Journal(self.hub, self.clock, settings.journal_size)
        self.rates = Rates(settings.limits, self.clock.now)
        self.directory = Directory(settings, self.ids)
        self.messages = Messages(self.ids, self.hub, self.members)
        self.views = Views(settings, self.ids, self.hub)
        self.files = Files(settings, self.ids, self.clock)
        self.triggers = Triggers(self.ids, self.clock, settings.trigger_life)
        self.hooks = Hooks(self.ids, self.clock)
        self.base_url = ""
        self.announce: Announce = _nobody_listens
        self.notices: dict[str, list[Json]] = {}
        self.touched: dict[tuple[str, str], dict[str, dict[str, Json]]] = {}
        self.offered: dict[tuple[str, str, str], list[Json]] = {}

    def members(self, channel: str) -> frozenset[str]:
        """Give the members of a channel."""
        return frozenset(self.directory.channels[channel].members)

    def notice(self, user: str, text: str, kind: str = "error") -> str:
        """Show a person what Slack itself tells them."""
        shown = {"text": text, "kind": kind}
        self.notices.setdefault(user, []).append(shown)
        self.hub.publish(Delta({"type": "notice", **shown}, frozenset({user})))
        return text
