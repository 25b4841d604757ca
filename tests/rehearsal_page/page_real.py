"""The real simulated workspace with a small real Bolt app, in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from slack_bolt.async_app import AsyncApp

from rehearsal.slack import WorkspaceSettings
from tests.rehearsal_page.page_card import CONFIRM, PLAN, TABLE
from tests.rehearsal_page.page_world import (
    button,
    field,
    modal,
    option,
    plain,
    section,
)
from tests.rehearsal_slack.bolt_line import Connected, bolt

CHANNEL = "C0INC"
FORM = modal(
    field("room", "Room", {"type": "plain_text_input", "action_id": "name"}),
    field(
        "peer",
        "Participant",
        {"type": "external_select", "action_id": "peer", "min_query_length": 1},
    ),
    field(
        "severity",
        "Severity",
        {
            "type": "radio_buttons",
            "action_id": "level",
            "options": [option("High", "high"), option("Low", "low")],
            "initial_option": option("Low", "low"),
        },
    ),
)
PEERS = ("peer-1", "peer-4", "tablet")


def card(state: dict[str, Any]) -> list[dict[str, Any]]:
    """The card of what was submitted."""
    room, peer, level = state["room"]["name"], state["peer"]["peer"], state["severity"]
    row = [
        button("Run", "run", "1", style="danger", confirm=CONFIRM),
        button("Open summary", "summary", "1"),
    ]
    said = (
        f"*Room* {room['value']}, *peer* {peer['selected_option']['value']}, "
        f"*severity* {level['level']['selected_option']['value']}"
    )
    return [
        {"type": "header", "text": plain(":rotating_light: An incident")},
        section(said),
        TABLE,
        PLAN,
        {"type": "actions", "block_id": "row", "elements": row},
    ]


def teach(app: AsyncApp) -> None:
    """Give the app its command, form, suggestions and buttons."""

    @app.command("/triage")
    async def opens(ack: Any, body: Any, client: Any) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=FORM)
        await ack()

    @app.options("peer")
    async def suggests(ack: Any, body: Any) -> None:
        found = [option(peer, peer) for peer in PEERS if body["value"] in peer]
        await ack(options=found)

    @app.view("report")
    async def submitted(ack: Any, body: Any, view: Any, client: Any) -> None:
        state = view["state"]["values"]
        if state["room"]["name"]["value"] == "rom-7":
            await ack(
                response_action="errors", errors={"room": "There is no such room."}
            )
            return
        await ack()
        blocks = card(state)
        posted = await client.chat_postMessage(
            channel=CHANNEL, text="card", blocks=blocks
        )
        step = {"channel": CHANNEL, "thread_ts": posted["ts"]}
        await client.chat_postMessage(text="Step 1: *look* at the room", **step)
        who = {"channel": CHANNEL, "user": body["user"]["id"]}
        await client.chat_postEphemeral(text="Your report is open.", **who)

    @app.action("run")
    async def runs(ack: Any, body: Any, client: Any) -> None:
        await ack()
        place = {"channel": CHANNEL, "ts": body["container"]["message_ts"]}
        ran = section(f"<@{body['user']['id']}> ran it :white_check_mark:")
        await client.chat_update(text="ran", blocks=[ran], **place)

    @app.event("file_shared")
    async def shared(ack: Any) -> None:
        await ack()


@contextmanager
def workspace() -> Iterator[Connected]:
    """Serve it while the context lasts."""
    stop, ready = threading.Event(), threading.Event()
    found: list[Connected] = []

    async def live() -> None:
        async with bolt(WorkspaceSettings(clock_factor=0.0)) as connected:
            teach(connected.app)
            found.append(connected)
            ready.set()
            await asyncio.to_thread(stop.wait)

    thread = threading.Thread(target=lambda: asyncio.run(live()), daemon=True)
    thread.start()
    assert ready.wait(10), "the workspace did not start"
    try:
        yield found[0]
    finally:
        stop.set()
        thread.join(10)
