"""views.*: forms and home tabs that the app shows."""

from typing import Any

from rehearsal.slack.errors import SlackError
from rehearsal.slack.state import State
from rehearsal.slack.validation import require_view
from rehearsal.slack.views import OpenView
from rehearsal.slack.web_api.method import Call, Method, Methods

Json = dict[str, Any]


def _view(call: Call, *types: str) -> Json:
    view = call.arguments.get("view")
    if not isinstance(view, dict) or view.get("type") not in types:
        said = f"[ERROR] must be a view of type {' or '.join(types)}"
        raise SlackError("invalid_arguments", response_metadata={"messages": [said]})
    require_view(view)
    return view


def _answer(view: OpenView) -> Json:
    return {"ok": True, "view": view.stated()}


def open_view(state: State, call: Call) -> Json:
    """Open a modal before the person who just acted."""
    trigger_id = call.text("trigger_id", "")
    trigger = state.triggers.check(trigger_id)
    view = _view(call, "modal")
    state.triggers.spend(trigger_id)
    return _answer(state.views.open(trigger.user, view))


def push(state: State, call: Call) -> Json:
    """Put a modal on top of the one in which a person just acted."""
    trigger_id = call.text("trigger_id", "")
    trigger = state.triggers.check(trigger_id)
    below = state.views.get(trigger.view_id or "")
    if below is None:
        raise SlackError("not_found")
    view = _view(call, "modal")
    state.triggers.spend(trigger_id)
    return _answer(state.views.open(trigger.user, view, below))


def update(state: State, call: Call) -> Json:
    """Change an open view; a stale hash is a `hash_conflict`."""
    arguments = call.arguments
    if arguments.get("external_id"):
        found = state.views.by_external(arguments["external_id"])
    else:
        found = state.views.get(call.text("view_id"))
    if found is None:
        raise SlackError("not_found")
    if arguments.get("hash") and arguments["hash"] != found.view["hash"]:
        raise SlackError("hash_conflict")
    return _answer(state.views.update(found, _view(call, found.view["type"])))


def publish(state: State, call: Call) -> Json:
    """Show a person their home tab of the app."""
    user = state.directory.person(call.text("user_id", "")).id
    was = state.views.home(user)
    asked = call.arguments.get("hash")
    if asked and (was is None or asked != was.view["hash"]):
        raise SlackError("hash_conflict")
    return _answer(state.views.publish(user, _view(call, "home")))


# Tiers: docs.slack.dev/reference/methods, each method's page, read 2026.
METHODS: Methods = {
    "views.open": Method(open_view, (), 4),
    "views.push": Method(push, (), 4),
    "views.update": Method(update, (), 4),
    "views.publish": Method(publish, (), 4),
}
