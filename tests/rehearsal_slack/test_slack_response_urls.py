"""Response URLs: five uses in half an hour, replacing and deleting."""

import aiohttp
import pytest

from rehearsal.slack import DropAfter, DropBefore, Fault, Status, WorkspaceSettings
from tests.rehearsal_slack.block_kit import actions, button
from tests.rehearsal_slack.bolt_line import bolt


async def send(url: str, **body) -> int:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as got:
        return got.status


@pytest.fixture
async def pressed(both):
    """Give a connection, a card's ts, and the response_url of a press on it."""
    urls = []
    async with bolt(both) as at:

        @at.app.action("go")
        async def heard(ack, body) -> None:
            await ack()
            urls.append(body["response_url"])

        card = await at.client.chat_postMessage(
            channel="C0INC", text="card", blocks=[actions(button("go"))]
        )
        await at.workspace.press("U0RESP", card["ts"], "go")
        yield at.workspace, card["ts"], urls[0]


async def test_a_reply_is_ephemeral_unless_it_says_otherwise(pressed) -> None:
    slack, _, url = pressed
    assert await send(url, text="for you") == 200
    assert await send(url, text="for all", response_type="in_channel") == 200
    assert [m["text"] for m in slack.ephemerals("U0RESP")] == ["for you"]
    assert slack.messages("C0INC")[-1]["text"] == "for all"


async def test_the_original_can_be_replaced_and_deleted(pressed) -> None:
    slack, ts, url = pressed
    assert await send(url, text="new", replace_original=True) == 200
    assert slack.message(ts)["text"] == "new"
    assert "blocks" not in slack.message(ts)
    assert await send(url, delete_original=True) == 200
    assert slack.message(ts) is None


async def test_the_sixth_use_is_refused(pressed) -> None:
    slack, _, url = pressed
    used = [await send(url, text=str(n)) for n in range(6)]
    assert used == [200] * 5 + [404]
    assert slack.journal.refused()[-1].outcome == "used_url"


async def test_it_expires_after_half_an_hour(pressed) -> None:
    slack, _, url = pressed
    slack.advance(30 * 60 + 1)
    assert await send(url, text="late") == 404
    assert slack.journal.refused()[-1].outcome == "expired_url"


async def test_an_unknown_or_bad_reply_is_refused(pressed) -> None:
    slack, _, url = pressed
    assert await send(url[:-3] + "abc", text="x") == 404
    assert await send(url, blocks=[{"type": "nonsense"}]) == 404
    assert slack.ephemerals("U0RESP") == []


async def test_an_outage_answers_500(pressed) -> None:
    slack, _, url = pressed
    slack.faults.add(Fault("response_url", Status(500)))
    assert await send(url, text="x") == 500
    assert await send(url, text="x") == 200


async def test_a_commands_ephemeral_answer_can_be_replaced() -> None:
    urls = []
    async with bolt(WorkspaceSettings()) as at:

        @at.app.command("/triage")
        async def heard(ack, body) -> None:
            urls.append(body["response_url"])
            await ack("working")

        await at.workspace.command("U0RESP", "C0INC", "/triage")
        assert await send(urls[0], text="done", replace_original=True) == 200
        assert [m["text"] for m in at.workspace.ephemerals("U0RESP")] == ["done"]
        assert await send(urls[0], delete_original=True) == 200
    assert at.workspace.ephemerals("U0RESP") == []


async def test_an_ephemeral_card_is_replaced_where_it_stands() -> None:
    urls = []
    async with bolt(WorkspaceSettings()) as at:

        @at.app.action("go")
        async def heard(ack, body) -> None:
            await ack()
            urls.append(body["response_url"])

        card = await at.client.chat_postEphemeral(
            channel="C0INC", user="U0RESP", text="card", blocks=[actions(button("go"))]
        )
        await at.workspace.press("U0RESP", card["message_ts"], "go")
        assert await send(urls[0], text="new", replace_original=True) == 200
        [shown] = at.workspace.ephemerals("U0RESP")
        assert (shown["text"], shown["ts"]) == ("new", card["message_ts"])
        assert await send(urls[0], delete_original=True) == 200
    assert at.workspace.ephemerals("U0RESP") == []


async def test_a_reply_can_go_into_a_thread(pressed) -> None:
    slack, ts, url = pressed
    body = {"response_type": "in_channel", "thread_ts": ts}
    assert await send(url, text="in the thread", **body) == 200
    assert slack.messages("C0INC", ts)[1]["text"] == "in the thread"


async def test_what_is_gone_cannot_be_replaced(pressed) -> None:
    slack, ts, url = pressed
    slack.state.messages.remove("C0INC", ts)
    assert await send(url, text="x", replace_original=True) == 404


@pytest.mark.parametrize(
    ("what", "stored"), [(DropAfter(), 1), (DropBefore(), 0)], ids=str
)
async def test_a_lost_reply_was_taken_or_not(pressed, what, stored) -> None:
    slack, _, url = pressed
    slack.faults.add(Fault("response_url", what))
    with pytest.raises(aiohttp.ClientError):
        await send(url, text="x")
    assert len(slack.ephemerals("U0RESP")) == stored


async def test_a_limited_reply_says_how_long(pressed) -> None:
    slack, _, url = pressed
    slack.faults.outage(429)
    assert await send(url, text="x") == 429
