"""Open modals in their stacks, and home tabs."""

from dataclasses import dataclass, field, replace
from typing import Any

from rehearsal.slack.clock import Ids
from rehearsal.slack.elements import Values, normalised, values
from rehearsal.slack.errors import SlackError
from rehearsal.slack.hub import Delta, Hub
from rehearsal.slack.settings import WorkspaceSettings

Json = dict[str, Any]

STACK = 3  # views in one stack (docs.slack.dev/surfaces/modals, read 2026)


@dataclass(frozen=True)
class OpenView:
    """A view that a person has before them.

    `view` is as Slack stores it, `values` what the person put in, `errors` what
    stands under its blocks.
    """

    user: str
    view: Json
    values: Values = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Give the view's id."""
        return str(self.view["id"])

    @property
    def root(self) -> str:
        """Give the id of the lowest view of its stack."""
        return str(self.view["root_view_id"])

    def stated(self) -> Json:
        """Give the view as payloads carry it, with its state."""
        return {**self.view, "state": {"values": self.values}}

    def as_page(self) -> Json:
        """Give the view as the browser page reads it."""
        return {
            "id": self.id,
            "view": self.view,
            "values": self.values,
            "errors": self.errors,
        }


class Views:
    """Opens, changes and closes views, and tells the hub."""

    def __init__(self, settings: WorkspaceSettings, ids: Ids, hub: Hub) -> None:
        """Begin with nothing open."""
        self._settings = settings
        self._ids = ids
        self._hub = hub
        self._open: dict[str, OpenView] = {}
        self._homes: dict[str, OpenView] = {}

    def of(self, user: str) -> list[OpenView]:
        """Give the open modals of a person, the lowest first."""
        return [v for v in self._open.values() if v.user == user]

    def get(self, view_id: str) -> OpenView | None:
        """Give an open modal or a home tab by its id."""
        homes = {v.id: v for v in self._homes.values()}
        return self._open.get(view_id) or homes.get(view_id)

    def home(self, user: str) -> OpenView | None:
        """Give the home tab that a person sees."""
        return self._homes.get(user)

    def open(self, user: str, view: Json, below: OpenView | None = None) -> OpenView:
        """Open a modal, on top of `below` if given; `push_limit_reached` else."""
        if below is not None and len(self.stack(below)) >= STACK:
            raise SlackError("push_limit_reached")
        made = self._made(user, view, self._ids.mint("V"), below)
        return self._keep(made)

    def publish(self, user: str, view: Json) -> OpenView:
        """Show a home tab; it keeps its id."""
        was = self._homes.get(user)
        view_id = was.id if was else self._ids.mint("V")
        self._homes[user] = self._made(user, view, view_id, None)
        self._hub.touch()
        return self._homes[user]

    def update(self, was: OpenView, view: Json) -> OpenView:
        """Change a view in place; what a person put in stays where it fits."""
        stored = self._stored(view, was.id, was.root, was.view["previous_view_id"])
        kept = values(stored["blocks"], was.values)
        made = replace(was, view=stored, values=kept, errors={})
        if stored["type"] == "home":
            self._homes[was.user] = made
            self._hub.touch()
            return made
        return self._keep(made)

    def put(self, view: OpenView) -> OpenView:
        """Keep changed values or errors of a view."""
        if view.view["type"] == "home":
            self._homes[view.user] = view
            self._hub.touch()
            return view
        return self._keep(view)

    def close(self, view: OpenView) -> None:
        """Close one view; the one below shows again."""
        if self._open.pop(view.id, None) is not None:
            body = {"type": "view_closed", "id": view.id}
            self._hub.publish(Delta(body, frozenset({view.user})))

    def stack(self, view: OpenView) -> list[OpenView]:
        """Give the whole stack of a view, the lowest first."""
        return [v for v in self._open.values() if v.root == view.root]

    def by_external(self, external_id: str) -> OpenView | None:
        """Give an open view by the app's own id for it."""
        every = (*self._open.values(), *self._homes.values())
        found = [v for v in every if v.view["external_id"] == external_id]
        return found[0] if found and external_id else None

    def _keep(self, view: OpenView) -> OpenView:
        self._open[view.id] = view
        body = {"type": "view", "view": view.as_page()}
        self._hub.publish(Delta(body, frozenset({view.user})))
        return view

    def _made(
        self, user: str, view: Json, view_id: str, below: OpenView | None
    ) -> OpenView:
        external = view.get("external_id")
        taken = self.by_external(external) if external else None
        if taken is not None and taken.id != view_id:
            raise SlackError("duplicate_external_id")
        root = below.root if below else view_id
        stored = self._stored(view, view_id, root, below.id if below else None)
        return OpenView(user, stored, values(stored["blocks"], {}))

    def _stored(self, view: Json, view_id: str, root: str, below: str | None) -> Json:
        app = self._settings.app
        return {
            "callback_id": "",
            "private_metadata": "",
            "external_id": "",
            "title": {"type": "plain_text", "text": "", "emoji": True},
            "submit": None,
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
            **{key: value for key, value in view.items() if key in VIEW_KEYS},
            "id": view_id,
            "team_id": self._settings.team_id,
            "blocks": normalised(view.get("blocks", ()), self._ids),
            "state": {"values": {}},
            "hash": f"{self._ids.ts()}.{self._ids.short()}",
            "previous_view_id": below,
            "root_view_id": root,
            "app_id": app.id,
            "app_installed_team_id": self._settings.team_id,
            "bot_id": app.bot_id,
        }


VIEW_KEYS = frozenset(
    {
        "type",
        "callback_id",
        "private_metadata",
        "external_id",
        "title",
        "submit",
        "close",
        "clear_on_close",
        "notify_on_close",
        "submit_disabled",
    }
)  # fmt: skip -- one list, two lines
