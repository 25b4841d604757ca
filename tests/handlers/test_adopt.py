"""Finding our own message by what its metadata says, and no other."""

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from handlers import adopt
from handlers.adopt import NotAllSeen
from handlers.slack import SlackRejected, SlackUnsure
from rehearsal.slack import App, DropBefore, Fault, Workspace, serve
from tests.fakes.slack_calls import FREE, HERE, client, now

MINE = ("INC-1", "card")
POST = "chat.postMessage"


@pytest.fixture
async def slack():
    workspace = Workspace(FREE)
    async with serve(workspace) as server, client(server.api_url) as made:
        made.workspace = workspace
        yield made


async def put(slack, mine=MINE, thread=None, **more) -> str:
    told = {"metadata": adopt.metadata(*mine), "thread_ts": thread, **more}
    answer = await slack.call(POST, channel=HERE, text="x", **told)
    return answer["ts"]


async def sought(slack, thread=None, since=None):
    began = since or now()
    return await adopt.find(slack, (HERE, thread), MINE, began)


async def test_it_is_found_among_others_in_the_channel_and_in_the_thread(slack):
    await put(slack, ("INC-2", "card"))
    card = await put(slack)
    await put(slack, ("INC-1", "checks"), thread=card)
    await put(slack, metadata={"event_type": "other", "event_payload": {}})
    await slack.workspace.post("U0RESP", HERE, "hello")
    assert await sought(slack) == card
    reply = await put(slack, thread=card)
    assert await sought(slack, card) == reply


async def test_none_is_found_where_none_is(slack):
    parent = await put(slack, ("INC-1", "checks"))
    await put(slack, ("INC-2", "card"))
    await put(slack, thread=parent)
    assert await sought(slack) is None


async def test_the_newest_is_taken(slack):
    parent = (await slack.workspace.post("U0RESP", HERE, "hello"))["ts"]
    await put(slack)
    newest = await put(slack)
    assert await sought(slack) == newest
    await put(slack, thread=parent)
    latest = await put(slack, thread=parent)
    assert await sought(slack, parent) == latest


@pytest.mark.parametrize("in_thread", [False, True])
async def test_it_is_found_on_a_later_page(slack, monkeypatch, in_thread):
    monkeypatch.setattr(adopt, "PAGE", 2)
    parent = (await slack.workspace.post("U0RESP", HERE, "hello"))["ts"]
    thread = parent if in_thread else None
    mine = await put(slack, thread=thread)
    for number in range(5):
        await slack.workspace.post("U0RESP", HERE, f"{number}", thread_ts=thread)
    assert await sought(slack, thread) == mine


async def test_a_post_that_was_made_long_after_its_intent_is_found(slack):
    began = now()
    slack.workspace.advance(43_200)  # the machine slept in between
    mine = await put(slack)
    assert await sought(slack, since=began) == mine


async def test_the_search_has_an_end_and_says_that_nobody_knows(slack, monkeypatch):
    monkeypatch.setattr(adopt, "PAGE", 1)
    monkeypatch.setattr(adopt, "PAGES", 3)
    await put(slack)
    for number in range(5):
        await slack.workspace.post("U0RESP", HERE, f"{number}")
    with capture_logs() as logs, pytest.raises(NotAllSeen):
        await sought(slack)
    assert [one["event"] for one in logs] == ["adopt.not_all_seen"]
    assert len(slack.workspace.journal.calls("conversations.history")) == 3


async def test_what_is_older_than_the_intent_is_not_looked_at(slack):
    await put(slack)
    assert await sought(slack, since=now() + timedelta(hours=1)) is None


async def test_clocks_may_differ_a_little(slack):
    card = await put(slack)
    assert await sought(slack, since=now() + timedelta(seconds=90)) == card


async def test_who_cannot_be_asked_has_not_said_no(slack):
    await put(slack)
    broken = Fault("conversations.history", DropBefore(), times=None)
    slack.workspace.faults.add(broken)
    with pytest.raises(SlackUnsure):
        await sought(slack)
    slack.workspace.faults.clear()
    slack.workspace.state.directory.leave(HERE, "U0BOT")
    with pytest.raises(SlackRejected, match="not_in_channel"):
        await sought(slack)


async def test_a_bot_without_the_scope_to_look_is_told_so():
    app = replace(App(), scopes=frozenset({"chat:write"}))
    workspace = Workspace(replace(FREE, app=app))
    async with serve(workspace) as server, client(server.api_url) as slack:
        with pytest.raises(SlackRejected, match="history"):
            await sought(slack)
