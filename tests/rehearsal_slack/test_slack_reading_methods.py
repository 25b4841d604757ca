"""conversations.*, users.*, usergroups.*: what an app can read."""

import pytest
from slack_sdk.errors import SlackApiError

from rehearsal.slack import Channel, Workspace
from tests.rehearsal_slack.bolt_line import calls

META = {"event_type": "card", "event_payload": {"part": "1"}}


async def test_history_pages_newest_first_and_hides_metadata_unless_asked() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        for number in range(3):
            await client.chat_postMessage(
                channel="C0INC", text=str(number), metadata=META
            )
        first = await client.conversations_history(channel="C0INC", limit=2)
        cursor = first["response_metadata"]["next_cursor"]
        rest = await client.conversations_history(
            channel="C0INC", limit=2, cursor=cursor, include_all_metadata=True
        )
    assert [m["text"] for m in first["messages"]] == ["2", "1"]
    assert first["has_more"]
    assert "metadata" not in first["messages"][0]
    assert [m["metadata"] for m in rest["messages"]] == [META]
    assert not rest["has_more"]


async def test_history_is_read_between_two_times_without_those_unless_asked() -> None:
    async with calls(Workspace()) as client:
        for number in range(5):
            await client.chat_postMessage(channel="C0INC", text=str(number))
        all_ = (await client.conversations_history(channel="C0INC"))["messages"]
        span = {"oldest": all_[3]["ts"], "latest": all_[1]["ts"]}
        within = await client.conversations_history(channel="C0INC", **span)
        with_ends = await client.conversations_history(
            channel="C0INC", inclusive=True, **span
        )
    assert [m["text"] for m in within["messages"]] == ["2"]
    assert [m["text"] for m in with_ends["messages"]] == ["3", "2", "1"]


async def test_replies_begin_with_the_parent_and_respect_oldest() -> None:
    async with calls(Workspace()) as client:
        ts = (await client.chat_postMessage(channel="C0INC", text="top"))["ts"]
        sent = [
            await client.chat_postMessage(channel="C0INC", text=str(n), thread_ts=ts)
            for n in range(3)
        ]
        asked = await client.conversations_replies(
            channel="C0INC", ts=ts, oldest=sent[0]["ts"]
        )
    assert [m["text"] for m in asked["messages"]] == ["top", "1", "2"]


@pytest.mark.parametrize(
    ("method", "arguments", "error"),
    [
        ("conversations.history", {"channel": "C0GEN"}, "not_in_channel"),
        (
            "conversations.history",
            {"channel": "C0INC", "cursor": "?"},
            "invalid_cursor",
        ),
        ("conversations.history", {"channel": "C0INC", "limit": "x"}, "invalid_limit"),
        (
            "conversations.replies",
            {"channel": "C0INC", "ts": "1.1"},
            "thread_not_found",
        ),
        ("conversations.info", {"channel": "C9"}, "channel_not_found"),
        ("users.info", {"user": "U9"}, "user_not_found"),
        ("usergroups.users.list", {"usergroup": "S9"}, "no_such_subteam"),
        ("files.info", {"file": "F9"}, "file_not_found"),
        ("api.test", {"error": "my_error"}, "my_error"),
    ],
)
async def test_what_is_not_there_is_refused_by_name(method, arguments, error) -> None:
    async with calls(Workspace()) as client:
        with pytest.raises(SlackApiError) as caught:
            await client.api_call(method, params=arguments)
    assert caught.value.response["error"] == error


async def test_people_show_what_they_are() -> None:
    async with calls(Workspace()) as client:
        guest = (await client.users_info(user="U0GUEST"))["user"]
        stranger = (await client.users_info(user="U0EXT"))["user"]
        left = (await client.users_info(user="U0LEFT"))["user"]
        bot = (await client.users_info(user="U0BOT"))["user"]
        members = (await client.users_list())["members"]
    assert guest["is_ultra_restricted"]
    assert guest["is_restricted"]
    assert stranger["is_stranger"]
    assert stranger["team_id"] == "T0OTHER"
    assert left["deleted"]
    assert bot["is_bot"]
    assert "U0EXT" not in {m["id"] for m in members}


async def test_channels_are_listed_as_the_bot_may_see_them() -> None:
    async with calls(Workspace()) as client:
        public = (await client.conversations_list())["channels"]
        private = (await client.conversations_list(types="private_channel"))["channels"]
        shared = (await client.conversations_info(channel="C0SHARED"))["channel"]
        members = (await client.conversations_members(channel="C0INC"))["members"]
    assert {c["id"] for c in public} == {"C0INC", "C0GEN", "C0SHARED"}
    assert {c["id"] for c in private} == {"G0PRIV"}
    assert shared["is_ext_shared"]
    assert "U0GUEST" in members


async def test_the_bot_can_join_a_public_channel_only() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        joined = await client.conversations_join(channel="C0GEN")
        assert joined["channel"]["is_member"]
        await client.chat_postMessage(channel="C0GEN", text="hello")
        with pytest.raises(SlackApiError):
            await client.conversations_join(channel="G0PRIV")
    assert "U0BOT" in slack.channels["C0GEN"].members


async def test_an_archived_channel_takes_nothing() -> None:
    slack = Workspace()
    old = Channel("C0OLD", "old", members=("U0BOT",), is_archived=True)
    slack.channels["C0OLD"] = old
    async with calls(slack) as client:
        with pytest.raises(SlackApiError, match="is_archived"):
            await client.chat_postMessage(channel="C0OLD", text="x")


async def test_a_direct_message_opens_by_the_persons_id() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        direct = (await client.conversations_open(users="U0RESP"))["channel"]["id"]
        posted = await client.chat_postMessage(channel="U0RESP", text="psst")
    assert posted["channel"] == direct
    assert [m["text"] for m in slack.messages(direct)] == ["psst"]


async def test_groups_and_the_team_are_told() -> None:
    async with calls(Workspace()) as client:
        groups = (await client.usergroups_list(include_users=True))["usergroups"]
        users = (await client.usergroups_users_list(usergroup="S0ONCALL"))["users"]
        team = (await client.team_info())["team"]
        me = await client.auth_test()
    assert groups[0]["users"] == users == ["U0RESP", "U0SECOND"]
    assert team["id"] == me["team_id"] == "T0TEAM"
    assert me["bot_id"] == "B0BOT"
    assert "chat:write" in me.headers["X-OAuth-Scopes"]
