"""chat.*: what is stored, and each refusal by its Slack name."""

import pytest
from slack_sdk.errors import SlackApiError

from rehearsal.slack import App, Limits, Workspace, WorkspaceSettings
from tests.rehearsal_slack.block_kit import actions, button
from tests.rehearsal_slack.bolt_line import calls

HERE = {"channel": "C0INC"}


async def refused(awaited) -> str:
    with pytest.raises(SlackApiError) as caught:
        await awaited
    return caught.value.response["error"]


async def test_a_post_carries_who_and_gets_a_growing_ts() -> None:
    async with calls(Workspace()) as client:
        first = await client.chat_postMessage(channel="C0INC", text="one")
        second = await client.chat_postMessage(channel="C0INC", text="two")
    message = second["message"]
    assert (message["bot_id"], message["app_id"]) == ("B0BOT", "A0APP")
    assert message["user"] == "U0BOT"
    assert first["ts"] < second["ts"]


async def test_replies_are_counted_at_their_parent() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        ts = (await client.chat_postMessage(channel="C0INC", text="top"))["ts"]
        reply = await client.chat_postMessage(channel="C0INC", text="a", thread_ts=ts)
        # A reply to a reply lands in the parent's thread.
        await client.chat_postMessage(
            channel="C0INC", text="b", thread_ts=reply["ts"], reply_broadcast=True
        )
    assert slack.message(ts)["reply_count"] == 2
    assert [m["text"] for m in slack.messages("C0INC", ts)] == ["top", "a", "b"]
    assert [m["text"] for m in slack.messages("C0INC")] == ["top", "b"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0GEN", "text": "x"}, "not_in_channel"),
        ({"channel": "C0NONE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0INC", "text": ""}, "no_text"),
        ({"channel": "C0INC", "text": "x" * 41_000}, "msg_too_long"),
        ({**HERE, "text": "x", "blocks": [{"type": "no"}]}, "invalid_blocks"),
        ({**HERE, "text": "x", "thread_ts": "1000000000.000001"}, "thread_not_found"),
    ],
)
async def test_a_bad_post_is_refused_and_journalled(arguments, error) -> None:
    slack = Workspace()
    async with calls(slack) as client:
        said = await refused(client.api_call("chat.postMessage", json=arguments))
    assert said == error
    [entry] = slack.journal.refused()
    assert entry.arguments == arguments
    assert slack.messages("C0INC") == []


async def test_invalid_blocks_say_where() -> None:
    async with calls(Workspace()) as client:
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(
                channel="C0INC", text="x", blocks=[{"type": "divider", "odd": 1}]
            )
    [said] = caught.value.response["response_metadata"]["messages"]
    assert "json-pointer:/blocks/0" in said


async def test_a_private_channel_without_the_bot_does_not_exist() -> None:
    slack = Workspace()
    slack.state.directory.leave("G0PRIV", "U0BOT")
    async with calls(slack) as client:
        posting = client.chat_postMessage(channel="G0PRIV", text="x")
        assert await refused(posting) == "channel_not_found"


async def test_blocks_without_text_are_taken_and_get_ids() -> None:
    async with calls(Workspace()) as client:
        blocks = [{"type": "divider"}, actions(button("go"))]
        done = await client.api_call(
            "chat.postMessage", json={"channel": "C0INC", "blocks": blocks}
        )
    divider, row = done["message"]["blocks"]
    assert divider["block_id"]
    assert row["elements"][0]["text"]["emoji"] is True


async def test_an_update_keeps_blocks_that_it_does_not_name() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        blocks = [actions(button("go"))]
        posted = await client.chat_postMessage(
            channel="C0INC", text="x", blocks=blocks, metadata=META
        )
        ts = posted["ts"]
        await client.chat_update(channel="C0INC", ts=ts, text="y")
        kept = slack.message(ts)
        await client.chat_update(channel="C0INC", ts=ts, text="z", blocks=[])
    assert kept["blocks"] == posted["message"]["blocks"]
    assert kept["metadata"] == META
    assert "blocks" not in slack.message(ts)
    assert slack.message(ts)["edited"]["user"] == "U0BOT"


META = {"event_type": "card", "event_payload": {"part": "1"}}


async def test_only_own_messages_can_be_changed_or_deleted() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        ts = (await slack.post("U0RESP", "C0INC", "mine"))["ts"]
        place = {"channel": "C0INC", "ts": ts}
        gone = {"channel": "C0INC", "ts": "1.000001"}
        assert await refused(client.chat_update(**place, text="no")) == (
            "cant_update_message"
        )
        assert await refused(client.chat_delete(**place)) == "cant_delete_message"
        assert await refused(client.chat_update(**gone, text="no")) == (
            "message_not_found"
        )
    assert slack.message(ts)["text"] == "mine"


async def test_a_deleted_parent_leaves_a_tombstone() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        ts = (await client.chat_postMessage(channel="C0INC", text="top"))["ts"]
        await client.chat_postMessage(channel="C0INC", text="reply", thread_ts=ts)
        await client.chat_delete(channel="C0INC", ts=ts)
        again = await refused(client.chat_update(channel="C0INC", ts=ts, text="x"))
    assert slack.message(ts)["subtype"] == "tombstone"
    assert again == "message_not_found"
    assert len(slack.messages("C0INC", ts)) == 2


async def test_deleting_the_last_reply_ends_the_thread() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        ts = (await client.chat_postMessage(channel="C0INC", text="top"))["ts"]
        reply = await client.chat_postMessage(channel="C0INC", text="r", thread_ts=ts)
        await client.chat_delete(channel="C0INC", ts=reply["ts"])
    assert "reply_count" not in slack.message(ts)


async def test_an_ephemeral_is_seen_by_one_and_stored_nowhere() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        whisper = {"channel": "C0INC", "text": "psst"}
        await client.chat_postEphemeral(user="U0RESP", **whisper)
        stranger = refused(client.chat_postEphemeral(user="U0EXT", **whisper))
        assert await stranger == "user_not_in_channel"
        history = await client.conversations_history(channel="C0INC")
    assert [m["text"] for m in slack.ephemerals("U0RESP")] == ["psst"]
    assert slack.ephemerals("U0SECOND") == []
    assert history["messages"] == []


async def test_a_permalink_names_the_thread_of_a_reply() -> None:
    async with calls(Workspace()) as client:
        ts = (await client.chat_postMessage(channel="C0INC", text="top"))["ts"]
        reply = await client.chat_postMessage(channel="C0INC", text="r", thread_ts=ts)
        found = await client.chat_getPermalink(channel="C0INC", message_ts=reply["ts"])
    assert found["permalink"].endswith(f"?thread_ts={ts}&cid=C0INC")


async def test_a_reaction_counts_once() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        ts = (await slack.post("U0RESP", "C0INC", "hm"))["ts"]
        eyes = {"channel": "C0INC", "timestamp": ts, "name": "eyes"}
        await client.reactions_add(**eyes)
        assert await refused(client.reactions_add(**eyes)) == "already_reacted"
    assert slack.message(ts)["reactions"][0]["count"] == 1


async def test_a_token_must_be_there_known_of_the_right_kind_and_scoped() -> None:
    app = App(scopes=frozenset({"chat:write"}))
    slack = Workspace(WorkspaceSettings(app=app))
    async with calls(slack) as client:
        wrong = {"Authorization": "Bearer xoxb-wrong"}
        app_level = {"Authorization": f"Bearer {app.app_token}"}
        missing = refused(client.users_info(user="U0RESP"))
        assert await missing == "missing_scope"
        assert slack.journal.refused()[0].answer["needed"] == "users:read"
        assert await refused(client.api_call("auth.test", headers=wrong)) == (
            "invalid_auth"
        )
        assert await refused(client.api_call("auth.test", headers=app_level)) == (
            "not_allowed_token_type"
        )
        assert await refused(client.api_call("no.such")) == "unknown_method"
    async with calls(slack, token=None) as client:
        assert await refused(client.auth_test()) == "not_authed"
        assert (await client.api_test())["ok"]


async def test_the_sixth_post_in_a_burst_is_a_429_until_a_second_passed() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        for number in range(5):
            await client.chat_postMessage(channel="C0INC", text=str(number))
        with pytest.raises(SlackApiError) as caught:
            await client.chat_postMessage(channel="C0INC", text="6")
        await client.chat_postMessage(channel="C0SHARED", text="elsewhere")
        slack.advance(1.0)
        await client.chat_postMessage(channel="C0INC", text="6")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    assert len(slack.messages("C0INC")) == 6


async def test_a_method_has_its_tier_and_limits_can_be_off() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        for _ in range(20):
            await client.usergroups_list()
        assert await refused(client.usergroups_list()) == "ratelimited"
    free = Workspace(WorkspaceSettings(limits=Limits(enabled=False)))
    async with calls(free) as client:
        for _ in range(30):
            await client.usergroups_list()
    assert not free.journal.refused()


async def test_a_public_channel_needs_no_membership_with_the_public_scope() -> None:
    scopes = frozenset({"chat:write", "chat:write.public"})
    slack = Workspace(WorkspaceSettings(app=App(scopes=scopes)))
    async with calls(slack) as client:
        await client.chat_postMessage(channel="#general", text="x")
        private = client.chat_postMessage(channel="war-room", text="x")
        assert (await private)["channel"] == "G0PRIV"
    assert slack.messages("C0GEN")[0]["text"] == "x"


async def test_a_custom_name_needs_its_scope() -> None:
    async with calls(Workspace()) as client:
        plain = await client.chat_postMessage(channel="C0INC", text="x", username="Z")
    scopes = frozenset({"chat:write", "chat:write.customize"})
    custom = Workspace(WorkspaceSettings(app=App(scopes=scopes)))
    async with calls(custom) as client:
        named = await client.chat_postMessage(channel="C0INC", text="x", username="Z")
    assert "username" not in plain["message"]
    assert named["message"]["username"] == "Z"


@pytest.mark.parametrize(
    ("method", "more", "error"),
    [
        ("chat.update", {}, "no_text"),
        ("chat.getPermalink", {"message_ts": "1.1"}, "message_not_found"),
        ("reactions.add", {"timestamp": "1.1", "name": "x"}, "message_not_found"),
        ("reactions.add", {"timestamp": "1.1"}, "invalid_arguments"),
        ("chat.postMessage", {"text": "x", "channel": 7}, "invalid_arguments"),
        ("views.open", {"trigger_id": "x", "view": "{"}, "invalid_trigger_id"),
    ],
)
async def test_incomplete_arguments_are_refused(method, more, error) -> None:
    slack = Workspace()
    async with calls(slack) as client:
        ts = (await client.chat_postMessage(channel="C0INC", text="x"))["ts"]
        asked = client.api_call(method, json={**HERE, "ts": ts, **more})
        assert await refused(asked) == error


async def test_a_body_that_is_no_json_is_an_empty_call() -> None:
    async with calls(Workspace()) as client:
        asked = client.session.post(
            f"{client.base_url}chat.postMessage",
            data=b"{",
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {client.token}",
            },
        )
        async with asked as got:
            assert (await got.json())["error"] == "channel_not_found"
