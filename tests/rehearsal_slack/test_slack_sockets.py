"""Socket Mode: tickets, several sockets, losses, refreshes, redelivery."""

import asyncio
from contextlib import asynccontextmanager

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from rehearsal.slack import Fault, SocketLoss, Workspace, WorkspaceSettings, serve
from tests.rehearsal_slack.bolt_line import bolt, calls, over_socket

SOCKET = WorkspaceSettings(transport="socket", clock_factor=0.0, answer_within=1.0)


async def socket_url(client) -> str:
    opened = await client.apps_connections_open(app_token=SOCKET.app.app_token)
    return opened["url"]


@asynccontextmanager
async def raw_socket(slack):
    """Connect to a workspace by hand and read its hello."""
    async with (
        calls(slack) as client,
        aiohttp.ClientSession() as session,
        session.ws_connect(await socket_url(client)) as socket,
    ):
        await socket.receive_json()
        yield socket


async def test_a_ticket_connects_once_and_hello_counts() -> None:
    slack = Workspace(SOCKET)
    async with calls(slack) as client, aiohttp.ClientSession() as session:
        url = await socket_url(client)
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(url)
            assert slack.courier.up
        await slack.wait_for(lambda: not slack.courier.up)
    assert hello["type"] == "hello"
    assert hello["num_connections"] == 1
    assert hello["debug_info"]["approximate_connection_time"] > 0


async def test_a_bot_token_opens_no_socket() -> None:
    async with calls(Workspace(SOCKET)) as client:
        with pytest.raises(SlackApiError, match="not_allowed_token_type"):
            await client.apps_connections_open(app_token=SOCKET.app.bot_token)


async def test_the_eleventh_socket_is_sent_away() -> None:
    slack = Workspace(SOCKET)
    async with calls(slack) as client, aiohttp.ClientSession() as session:
        sockets = [
            await session.ws_connect(await socket_url(client)) for _ in range(11)
        ]
        await sockets[0].receive_json()
        refused = await sockets[10].receive_json()
        assert refused["reason"] == "too_many_websockets"
        assert slack.courier.socket.count == 10
        for socket in sockets:
            await socket.close()


async def test_an_envelope_goes_to_one_socket_and_waits_for_its_ack() -> None:
    slack = Workspace(SOCKET)
    async with raw_socket(slack) as socket:
        typed = asyncio.create_task(slack.command("U0RESP", "C0INC", "/triage"))
        frame = await socket.receive_json()
        await socket.send_str("no json")
        await socket.send_json({"envelope_id": "another"})
        answer = {"envelope_id": frame["envelope_id"], "payload": {"text": "hi"}}
        await socket.send_json(answer)
        done = await typed
    assert frame["type"] == "slash_commands"
    assert frame["accepts_response_payload"]
    assert frame["payload"]["command"] == "/triage"
    assert done.message["text"] == "hi"


async def test_an_event_frame_carries_its_redelivery() -> None:
    slack = Workspace(SOCKET)
    async with raw_socket(slack):
        slack.faults.add(Fault("delivery.events_api", SocketLoss()))
        await slack.post("U0RESP", "C0INC", "hello")
        await slack.wait_for(lambda: not slack.courier.up)
    failed = slack.journal.deliveries("message")
    assert {e.outcome for e in failed} == {"connection_failed"}


async def test_an_event_survives_the_loss_of_its_socket() -> None:
    heard = []
    settings = WorkspaceSettings(transport="socket", clock_factor=0.02)
    async with bolt(settings) as at:

        @at.app.event("message")
        async def hear(event) -> None:
            heard.append(event["text"])

        at.workspace.faults.add(Fault("delivery.events_api", SocketLoss()))
        await at.workspace.post("U0RESP", "C0INC", "hello")
        await at.workspace.wait_for(lambda: heard, timeout=10)
        await at.workspace.settled()
    outcomes = [e.outcome for e in at.workspace.journal.deliveries("message")]
    assert outcomes[0] == "connection_failed"
    assert outcomes[-1] == "ok"


async def test_two_sockets_share_the_envelopes() -> None:
    async with bolt(SOCKET) as at:
        counted = {"first": 0, "second": 0}

        @at.app.command("/triage")
        async def heard(ack) -> None:
            await ack()

        line = at.workspace.courier.socket
        async with over_socket(at.workspace, at.app):
            first, second = line._sockets
            for name, socket in (("first", first), ("second", second)):
                socket.send_str = _counting(socket.send_str, counted, name)
            for _ in range(30):
                assert (await at.workspace.command("U0RESP", "C0INC", "/triage")).ok
    assert sum(counted.values()) == 30
    assert min(counted.values()) > 0


def _counting(send, counted, name):
    async def sent(*args, **kwargs) -> None:
        counted[name] += 1
        await send(*args, **kwargs)

    return sent


async def test_a_refresh_makes_the_client_connect_again() -> None:
    async with bolt(SOCKET) as at:

        @at.app.command("/triage")
        async def heard(ack) -> None:
            await ack("still here")

        line = at.workspace.courier.socket
        [before] = line._sockets
        await line.refresh()
        await at.workspace.wait_for(lambda: line.count and before not in line._sockets)
        done = await at.workspace.command("U0RESP", "C0INC", "/triage")
    assert done.message["text"] == "still here"


async def test_a_command_with_its_socket_lost_fails_at_once() -> None:
    slack = Workspace(SOCKET)
    async with raw_socket(slack) as socket:
        typed = asyncio.create_task(slack.command("U0RESP", "C0INC", "/triage"))
        await socket.receive_json()
        slack.courier.socket.cut()
        done = await typed
    assert done.notice.endswith("dispatch_failed")
    assert done.took < SOCKET.answer_within


async def test_presence_follows_the_sockets() -> None:
    slack = Workspace(SOCKET)
    told = []
    slack.state.hub.subscribe(lambda delta: told.append(delta.body))
    async with serve(slack) as server, aiohttp.ClientSession() as session:
        slack.state.base_url = server.url
        url = f"{server.url}/link/?ticket={slack.courier.socket.ticket()}"
        async with session.ws_connect(url) as socket:
            await socket.receive_json()
        await slack.wait_for(lambda: len(told) == 2)
    assert [delta["app"] for delta in told] == ["up", "down"]
