"""The browser page's own requests: acts of a person, answered in JSON."""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any

from aiohttp import web

from rehearsal.slack.acts import forms, posting, pressing
from rehearsal.slack.acts.outcome import Delivery
from rehearsal.slack.acts.pressing import Press, Spot
from rehearsal.slack.errors import SimulationError, UserMistake
from rehearsal.slack.views import OpenView
from rehearsal.slack.workspace import Workspace

Json = dict[str, Any]
Act = Callable[[Workspace, Json], Awaitable[Json]]


def _need(body: Json, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise UserMistake(f"{name} is needed")
    return value


def _shown(delivery: Delivery) -> Json:
    return {"ok": delivery.ok, **asdict(delivery)}


async def command(workspace: Workspace, body: Json) -> Json:
    """Type a slash command: `text` holds the command and its words."""
    name, _, words = _need(body, "text").strip().partition(" ")
    user, channel = _need(body, "user"), _need(body, "channel")
    thread = body.get("thread_ts")
    done = await workspace.command(user, channel, name, words.strip(), thread)
    return _shown(done)


async def message(workspace: Workspace, body: Json) -> Json:
    """Post a message."""
    user, channel = _need(body, "user"), _need(body, "channel")
    text = _need(body, "text")
    if not text.strip():
        raise UserMistake("an empty message cannot be sent")
    posted = posting.post(workspace.stage, user, channel, text, body.get("thread_ts"))
    return {"ok": True, "ts": posted["ts"]}


async def press(workspace: Workspace, body: Json) -> Json:
    """Press or choose in a message; the page has asked its dialog already."""
    where = _spot(workspace, body)
    return _shown(await pressing.in_message(workspace.stage, where, _press(body)))


async def view_press(workspace: Workspace, body: Json) -> Json:
    """Press or choose in a modal."""
    view = _view(workspace, body)
    return _shown(await pressing.in_view(workspace.stage, view, _press(body)))


async def suggest(workspace: Workspace, body: Json) -> Json:
    """Ask for the options of an external select, in a modal or a message."""
    where = _view(workspace, body) if "view_id" in body else _spot(workspace, body)
    asks = (Press(_need(body, "action_id"), body.get("block_id")), _need(body, "typed"))
    user = _need(body, "user")
    options = await pressing.suggest(workspace.stage, user, where, asks)
    return {"options": options}


async def keep(workspace: Workspace, body: Json) -> Json:
    """Keep an input's state."""
    state = body.get("state")
    if not isinstance(state, dict):
        raise UserMistake("state is needed")
    at = (_need(body, "block_id"), _need(body, "action_id"))
    forms.keep(workspace.stage, _view(workspace, body), at, state)
    return {"ok": True}


async def submit(workspace: Workspace, body: Json) -> Json:
    """Submit a modal."""
    done = await forms.submit(workspace.stage, _view(workspace, body))
    if done.outcome == "errors":
        return {"errors": done.errors}
    if not done.ok:
        return {"failed": True, "notice": done.notice}
    return {done.outcome: True}


async def close(workspace: Workspace, body: Json) -> Json:
    """Close a modal."""
    await forms.close(workspace.stage, _view(workspace, body))
    return {"closed": True}


def _press(body: Json) -> Press:
    value = body.get("selected", body.get("value"))
    return Press(_need(body, "action_id"), body.get("block_id"), value, confirm=True)


def _spot(workspace: Workspace, body: Json) -> Spot:
    user, ts = _need(body, "user"), _need(body, "ts")
    return pressing.spot(workspace.stage, user, ts, body.get("channel"))


def _view(workspace: Workspace, body: Json) -> OpenView:
    return forms.seen(workspace.stage, _need(body, "user"), _need(body, "view_id"))


ACTS: dict[str, Act] = {
    "command": command,
    "message": message,
    "press": press,
    "view/press": view_press,
    "view/suggest": suggest,
    "view/input": keep,
    "view/submit": submit,
    "view/close": close,
}


def route(workspace: Workspace, act: Act) -> Callable[[web.Request], Any]:
    """Give the aiohttp handler of one act; a mistake answers 400 with its text."""

    async def handle(request: web.Request) -> web.Response:
        try:
            body = await request.json()
            if not isinstance(body, dict):
                raise UserMistake("a JSON object is needed")
            return web.json_response(await act(workspace, body))
        except (SimulationError, ValueError) as error:
            return web.json_response({"error": str(error)}, status=400)

    return handle


async def view_file(workspace: Workspace, request: web.Request) -> web.Response:
    """Take a file that is chosen in a form: multipart with user and file."""
    form = await request.post()
    upload = form.get("file")
    if not isinstance(upload, web.FileField):
        return web.json_response({"error": "file is needed"}, status=400)
    chosen = (upload.filename, upload.file.read())
    try:
        shown = posting.choose_file(workspace.stage, str(form.get("user")), chosen)
    except SimulationError as error:
        return web.json_response({"error": str(error)}, status=400)
    return web.json_response({"file": shown})


async def file(workspace: Workspace, request: web.Request) -> web.Response:
    """Take a dropped file: multipart with user, channel, thread_ts and file."""
    form = await request.post()
    upload = form.get("file")
    if not isinstance(upload, web.FileField):
        return web.json_response({"error": "file is needed"}, status=400)
    user, channel = str(form.get("user")), str(form.get("channel"))
    thread = str(form.get("thread_ts") or "") or None
    dropped = (upload.filename, upload.file.read())
    try:
        posted = posting.drop_file(workspace.stage, user, channel, dropped, thread)
    except SimulationError as error:
        return web.json_response({"error": str(error)}, status=400)
    return web.json_response({"ok": True, "ts": posted["ts"]})
