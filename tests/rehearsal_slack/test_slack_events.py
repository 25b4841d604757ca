"""Events: who hears what, signatures, redelivery."""

import hashlib
import hmac
import json

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier

from rehearsal.slack import (
    App,
    DropAfter,
    DropBefore,
    Fault,
    Status,
    Workspace,
    WorkspaceSettings,
    serve,
)
from tests.rehearsal_slack.bolt_line import bolt, listening


class Edge:
    """An app's URL that answers from a list of statuses, then 200."""

    def __init__(self, *statuses: int, headers=None) -> None:
        self.statuses = list(statuses)
        self.headers = headers
        self.requests = []

    async def receive(self, request) -> web.Response:
        self.requests.append((request.headers, await request.read()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers=self.headers)


async def run(edge: Edge, settings: WorkspaceSettings, act) -> Workspace:
    workspace = Workspace(settings)
    async with serve(workspace), listening(edge.receive) as url:
        workspace.connect_http(url)
        await act(workspace)
        await workspace.settled()
    return workspace


FAST = WorkspaceSettings(clock_factor=0.0)


async def say(slack) -> None:
    await slack.post("U0RESP", "C0INC", "hello")


async def test_a_delivery_is_signed_with_the_secret() -> None:
    edge = Edge()
    await run(edge, FAST, say)
    [(headers, body)] = edge.requests
    verifier = SignatureVerifier(FAST.app.signing_secret)
    assert verifier.is_valid_request(body, dict(headers))
    base = f"v0:{headers['X-Slack-Request-Timestamp']}:".encode() + body
    wrong = hmac.new(b"other", base, hashlib.sha256).hexdigest()
    assert headers["X-Slack-Signature"] != f"v0={wrong}"
    assert headers["Content-Type"] == "application/json"


async def test_an_event_is_wrapped_as_documented() -> None:
    edge = Edge()
    await run(edge, FAST, say)
    wrapper = json.loads(edge.requests[0][1])
    assert wrapper["type"] == "event_callback"
    assert wrapper["event"]["text"] == "hello"
    assert wrapper["event"]["channel_type"] == "channel"
    assert wrapper["authorizations"][0]["user_id"] == "U0BOT"
    assert wrapper["event_id"].startswith("Ev")
    assert not wrapper["is_ext_shared_channel"]


async def test_an_unacked_event_comes_three_times_more() -> None:
    edge = Edge(500, 503, 404, 500, 500)
    slack = await run(edge, FAST, say)
    retries = [headers.get("X-Slack-Retry-Num") for headers, _ in edge.requests]
    assert retries == [None, "1", "2", "3"]
    assert edge.requests[1][0]["X-Slack-Retry-Reason"] == "http_error"
    ids = {json.loads(body)["event_id"] for _, body in edge.requests}
    assert len(ids) == 1
    assert [e.retry for e in slack.journal.deliveries("message")] == [0, 1, 2, 3]


async def test_redelivery_ends_with_the_first_ack() -> None:
    edge = Edge(500)
    await run(edge, FAST, say)
    assert len(edge.requests) == 2


async def test_no_retry_is_honoured() -> None:
    edge = Edge(500, headers={"X-Slack-No-Retry": "1"})
    await run(edge, FAST, say)
    assert len(edge.requests) == 1


async def test_a_lost_ack_is_redelivered_as_a_timeout() -> None:
    heard = []
    async with bolt(FAST) as at:

        @at.app.event("message")
        async def hear(body, request) -> None:
            reason = request.headers.get("x-slack-retry-reason")
            heard.append((body["event_id"], reason))

        at.workspace.faults.add(Fault("delivery.events_api", DropAfter()))
        await at.workspace.post("U0RESP", "C0INC", "hello")
        await at.workspace.settled()
    assert [reason for _, reason in heard] == [None, ["http_timeout"]]
    assert heard[0][0] == heard[1][0]


@pytest.mark.parametrize(
    ("channel", "user", "events", "heard"),
    [
        ("C0INC", "U0RESP", {"message.channels"}, ["message"]),
        ("C0INC", "U0RESP", {"message.groups"}, []),
        ("G0PRIV", "U0RESP", {"message.groups"}, ["message"]),
        ("C0GEN", "U0RESP", {"message.channels"}, []),
        ("C0INC", "U0RESP", {"app_mention"}, ["app_mention"]),
        ("C0SHARED", "U0EXT", {"message.channels"}, ["message"]),
    ],
)
async def test_the_app_hears_what_it_subscribed_where_it_is(
    channel, user, events, heard
) -> None:
    async def mention(slack) -> None:
        await slack.post(user, channel, "@app look")

    settings = WorkspaceSettings(clock_factor=0.0, app=App(events=frozenset(events)))
    slack = await run(Edge(), settings, mention)
    assert [e.name for e in slack.journal.deliveries()] == heard
    for entry in slack.journal.deliveries():
        assert entry.arguments["is_ext_shared_channel"] is (channel == "C0SHARED")


async def test_the_apps_own_edits_and_deletions_are_told_too() -> None:
    async with bolt(FAST) as at:
        posted = await at.client.chat_postMessage(channel="C0INC", text="a")
        place = {"channel": "C0INC", "ts": posted["ts"]}
        await at.client.chat_update(**place, text="b")
        await at.client.chat_delete(**place)
        await at.workspace.settled()
        told = at.workspace.journal.deliveries("message")
    subtypes = {e.arguments["event"].get("subtype") for e in told}
    assert subtypes == {None, "message_changed", "message_deleted"}
    # Bolt itself drops what its own bot did, with 200, before any listener.
    assert {e.status for e in told} == {200}


async def test_an_event_that_cannot_be_delivered_says_so() -> None:
    slack = Workspace(FAST)
    async with serve(slack):
        slack.connect_http("http://127.0.0.1:9/slack/events")
        await say(slack)
        await slack.settled()
    told = slack.journal.deliveries()
    assert [e.outcome for e in told] == ["connection_failed"] * 4


@pytest.mark.parametrize(
    ("what", "outcome"),
    [(DropBefore(), "connection_failed"), (Status(502), "http_error")],
)
async def test_a_fault_on_the_way_is_redelivered(what, outcome) -> None:
    async def act(slack) -> None:
        slack.faults.add(Fault("delivery", what))
        await say(slack)

    edge = Edge()
    slack = await run(edge, FAST, act)
    assert [e.outcome for e in slack.journal.deliveries()] == [outcome, "ok"]
    assert edge.requests[0][0]["X-Slack-Retry-Num"] == "1"


async def test_the_end_of_the_workspace_ends_its_redeliveries() -> None:
    slack = Workspace(WorkspaceSettings(clock_factor=1.0))
    edge = Edge(500, 500, 500, 500)
    async with serve(slack), listening(edge.receive) as url:
        slack.connect_http(url)
        await say(slack)
        await slack.wait_for(lambda: len(edge.requests) == 2)
    assert len(slack.courier.background) == 0


async def test_a_direct_message_is_an_event_of_its_own_kind() -> None:
    app = App(events=frozenset({"message.im"}))
    edge = Edge()

    async def act(slack) -> None:
        direct = slack.state.directory.direct("U0RESP").id
        await slack.post("U0RESP", direct, "psst")

    slack = await run(edge, WorkspaceSettings(clock_factor=0.0, app=app), act)
    [told] = slack.journal.deliveries("message")
    assert told.arguments["event"]["channel_type"] == "im"
