"""The simulated Slack workspace, as a test or a rehearsal holds it."""

from collections.abc import Callable
from typing import Any, TypedDict, Unpack

from rehearsal.slack.acts import commanding, forms, posting, pressing, shortcuts
from rehearsal.slack.acts.outcome import Delivery, Stage
from rehearsal.slack.acts.pressing import Press, Spot
from rehearsal.slack.delivery.courier import Courier
from rehearsal.slack.faults import Faults
from rehearsal.slack.journal import Journal
from rehearsal.slack.settings import Channel, WorkspaceSettings
from rehearsal.slack.state import State
from rehearsal.slack.views import OpenView
from rehearsal.slack.web_api.router import WebApi

Json = dict[str, Any]

QUIET = 0.05  # seconds without anything new, after which a workspace is settled


class ChooseOptions(TypedDict, total=False):
    """How an element is pressed, beside its action_id.

    `value` is what is chosen (a button's own value is checked), `confirm` answers
    the confirm dialog, `block_id` says where when that is in doubt.
    """

    value: Any
    block_id: str | None
    confirm: bool


class PressOptions(ChooseOptions, total=False):
    """How an element of a message is pressed; `channel` is the message's."""

    channel: str | None


class Workspace:
    """A workspace and its people; `serve` puts it on a port.

    Every act raises UserMistake for what Slack's own client would not let a person
    do, and returns a Delivery with what they see.
    """

    def __init__(self, settings: WorkspaceSettings | None = None) -> None:
        """Make a workspace; without settings a small default one."""
        self.settings = settings or WorkspaceSettings()
        self.state = State(self.settings)
        self.courier = Courier(self.state)
        self.api = WebApi(self.state, self._socket_url)
        self._stage = Stage(self.state, self.courier)

    @property
    def api_url(self) -> str:
        """Give the base URL of the Web API while the workspace is served."""
        return f"{self.state.base_url}/api/"

    @property
    def journal(self) -> Journal:
        """Give every call and every delivery, in order."""
        return self.state.journal

    @property
    def faults(self) -> Faults:
        """Give the faults, to add and to clear."""
        return self.state.faults

    @property
    def channels(self) -> dict[str, Channel]:
        """Give the channels by id."""
        return self.state.directory.channels

    def connect_http(self, events_url: str) -> None:
        """Say where Slack delivers: one URL, like Bolt's /slack/events."""
        self.courier.connect(events_url)

    def advance(self, seconds: float) -> None:
        """Let the workspace's time jump, so that triggers and limits expire."""
        self.state.clock.advance(seconds)

    async def command(
        self,
        user: str,
        channel: str,
        command: str,
        text: str = "",
        thread_ts: str | None = None,
    ) -> Delivery:
        """Type a slash command; Slack refuses one that is typed in a thread."""
        words, thread = (command, text), thread_ts is not None
        return await commanding.command(
            self._stage, user, channel, words, thread=thread
        )

    async def press(
        self,
        user: str,
        message_ts: str,
        action_id: str,
        **how: Unpack[PressOptions],
    ) -> Delivery:
        """Press a button or choose from a menu in a message as it is now."""
        where = pressing.spot(self._stage, user, message_ts, how.get("channel"))
        return await pressing.in_message(self._stage, where, _press(action_id, how))

    async def choose(
        self,
        user: str,
        view_id: str,
        action_id: str,
        **how: Unpack[ChooseOptions],
    ) -> Delivery:
        """Press a button, or choose, in a view; the app hears of it as in Slack."""
        view = forms.seen(self._stage, user, view_id)
        return await pressing.in_view(self._stage, view, _press(action_id, how))

    async def suggest(
        self, user: str, view_id: str, action_id: str, typed: str
    ) -> list[Json]:
        """Type into an external select of a view and give what it offers."""
        view = forms.seen(self._stage, user, view_id)
        asks = (Press(action_id), typed)
        return await pressing.suggest(self._stage, user, view, asks)

    async def suggest_in(
        self, user: str, message_ts: str, action_id: str, typed: str
    ) -> list[Json]:
        """Type into an external select of a message and give what it offers."""
        where = pressing.spot(self._stage, user, message_ts, None)
        asks = (Press(action_id), typed)
        return await pressing.suggest(self._stage, user, where, asks)

    def fill(
        self, view_id: str, block_id: str, value: object, action_id: str | None = None
    ) -> OpenView:
        """Type or choose in an input of an open view, without telling the app."""
        view = forms.seen(self._stage, None, view_id)
        return forms.fill(self._stage, view, (block_id, action_id), value)

    async def submit(self, view_id: str) -> Delivery:
        """Submit an open modal."""
        view = forms.seen(self._stage, None, view_id)
        return await forms.submit(self._stage, view)

    async def close(self, view_id: str, *, every: bool = False) -> Delivery:
        """Close an open modal, or its whole stack."""
        view = forms.seen(self._stage, None, view_id)
        return await forms.close(self._stage, view, every=every)

    async def post(
        self, user: str, channel: str, text: str, thread_ts: str | None = None
    ) -> Json:
        """Post a message as a person."""
        return posting.post(self._stage, user, channel, text, thread_ts)

    async def drop_file(
        self,
        user: str,
        channel: str,
        name: str,
        content: bytes,
        thread_ts: str | None = None,
    ) -> Json:
        """Drop a file into a channel or a thread and give its message."""
        file = (name, content)
        return posting.drop_file(self._stage, user, channel, file, thread_ts)

    async def choose_file(self, user: str, name: str, content: bytes) -> Json:
        """Upload a file for a form's file field; `fill` the field with a list of it."""
        return posting.choose_file(self._stage, user, (name, content))

    async def shortcut(self, user: str, callback_id: str) -> Delivery:
        """Start a global shortcut."""
        return await shortcuts.from_anywhere(self._stage, user, callback_id)

    async def message_shortcut(
        self, user: str, message_ts: str, callback_id: str
    ) -> Delivery:
        """Start a shortcut from a message's menu."""
        where = pressing.spot(self._stage, user, message_ts, None)
        return await shortcuts.from_message(self._stage, where, callback_id)

    async def open_home(self, user: str) -> None:
        """Open the app's home tab; `home` gives what it shows."""
        shortcuts.open_home(self._stage, user)

    def home(self, user: str) -> OpenView | None:
        """Give the home tab that a person sees."""
        return self.state.views.home(user)

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Json]:
        """Give what a channel shows, or a thread, the oldest first."""
        if thread_ts is not None:
            return self.state.messages.thread(channel, thread_ts)
        return self.state.messages.top(channel)

    def message(self, ts: str) -> Json | None:
        """Give a message by its ts."""
        found = self.state.messages.find(ts)
        return found[1] if found else None

    def ephemerals(self, user: str) -> list[Json]:
        """Give the ephemeral messages that a person sees."""
        return self.state.messages.ephemerals(user)

    def views(self, user: str) -> list[OpenView]:
        """Give the open modals of a person, the lowest first."""
        return self.state.views.of(user)

    def notices(self, user: str) -> list[str]:
        """Give what Slack itself told a person."""
        return [str(n["text"]) for n in self.state.notices.get(user, ())]

    def spot(self, user: str, message_ts: str, channel: str | None = None) -> Spot:
        """Give a message as a person sees it."""
        return pressing.spot(self._stage, user, message_ts, channel)

    async def wait_for(
        self,
        predicate: Callable[[], object],
        timeout: float = 5.0,  # noqa: ASYNC109 -- the caller's patience is part of the question
    ) -> None:
        """Wait until a predicate without arguments holds, else TimeoutError."""
        await self.state.hub.wait_for(predicate, timeout)

    @property
    def stage(self) -> Stage:
        """Give what the acts work on, for the page's own requests."""
        return self._stage

    async def settled(self, timeout: float = 10.0) -> None:  # noqa: ASYNC109 -- the caller's patience is part of the question
        """Wait until nothing is under way and nothing came for a moment."""
        now = self.state.clock.now
        seen = {"count": -1, "since": now()}

        def quiet() -> bool:
            busy = self.courier.under_way or self.api.under_way
            if (
                busy
                or len(self.courier.background)
                or seen["count"] != len(self.journal)
            ):
                seen.update(count=len(self.journal), since=now())
                return False
            return now() - seen["since"] >= QUIET

        await self.wait_for(quiet, timeout)

    def _socket_url(self) -> str:
        base = self.state.base_url.replace("http", "ws", 1)
        return f"{base}/link/?ticket={self.courier.socket.ticket()}"


def _press(action_id: str, how: ChooseOptions) -> Press:
    confirm = how.get("confirm", False)
    return Press(action_id, how.get("block_id"), how.get("value"), confirm)
