"""What the browser page shows, and the socket that keeps it up to date."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import WSMsgType, web

from rehearsal.slack.hub import Delta
from rehearsal.slack.settings import Channel, Person
from rehearsal.slack.workspace import Workspace

Json = dict[str, Any]

LOOK_EVERY = 1.0  # seconds between looks whether the app is up


def whole(workspace: Workspace, user: str) -> Json:
    """Give everything that a person sees, as the page's first message."""
    state = workspace.state
    mine = state.directory.of(user)
    return {
        "type": "state",
        "team": {"id": state.settings.team_id, "name": state.settings.team_name},
        "commands": list(state.settings.app.commands),
        "users": [_person(p) for p in state.directory.people.values()],
        "channels": [_channel(c) for c in mine],
        "messages": {c.id: state.messages.all(c.id) for c in mine},
        "ephemerals": state.messages.ephemerals(user),
        "views": [v.as_page() for v in state.views.of(user)],
        "notices": state.notices.get(user, []),
    }


def _person(person: Person) -> Json:
    return {
        "id": person.id,
        "name": person.name,
        "real_name": person.real_name,
        "title": person.title,
        "is_bot": person.is_bot,
        "is_guest": person.is_guest,
        "is_external": person.is_stranger,
        "deleted": person.deleted,
        "color": person.color,
    }


def _channel(channel: Channel) -> Json:
    return {
        "id": channel.id,
        "name": channel.name,
        "topic": channel.topic,
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "is_ext_shared": channel.is_ext_shared,
    }


async def page_socket(workspace: Workspace, request: web.Request) -> web.StreamResponse:
    """Send a page its state, then every change that concerns its person."""
    user = request.query.get("user") or _first_person(workspace)
    if user not in workspace.state.directory.people:
        return web.json_response({"error": f"there is no user {user}"}, status=400)
    socket = web.WebSocketResponse(heartbeat=20)
    await socket.prepare(request)
    changes: asyncio.Queue[Json] = asyncio.Queue()
    changes.put_nowait(whole(workspace, user))
    changes.put_nowait(workspace.courier.presence())
    leave = workspace.state.hub.subscribe(_queued(workspace, user, changes))
    work = [
        asyncio.create_task(_send(socket, changes)),
        asyncio.create_task(_watch(workspace)),
    ]
    try:
        await _until_closed(socket)
    finally:
        leave()
        for task in work:
            task.cancel()
        await asyncio.gather(*work, return_exceptions=True)
    return socket


def _first_person(workspace: Workspace) -> str:
    """Give the first person who can do everything, for a page that names nobody."""
    people = workspace.state.directory.people.values()
    able = (p.id for p in people if not (p.is_bot or p.deleted or _is_outer(p)))
    return next(able, "")


def _is_outer(person: Person) -> bool:
    return person.is_guest or person.is_stranger


def _queued(
    workspace: Workspace, user: str, changes: "asyncio.Queue[Json]"
) -> Callable[[Delta], None]:
    known = {channel.id for channel in workspace.state.directory.of(user)}

    def keep(delta: Delta) -> None:
        if not delta.concerns(user):
            return
        channel = delta.body.get("channel")
        if channel is None or channel in known:
            changes.put_nowait(delta.body)
            return
        # The person came into this channel after the page was opened.
        known.add(channel)
        changes.put_nowait(whole(workspace, user))

    return keep


async def _watch(workspace: Workspace) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        await workspace.courier.look()


async def _send(socket: web.WebSocketResponse, changes: "asyncio.Queue[Json]") -> None:
    while True:
        await socket.send_json(await changes.get())


async def _until_closed(socket: web.WebSocketResponse) -> None:
    async for message in socket:
        if message.type is WSMsgType.ERROR:
            return
