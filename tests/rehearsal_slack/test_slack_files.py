"""Files: dropped by people, downloaded with the token, uploaded by the app."""

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from rehearsal.slack import (
    App,
    DropAfter,
    DropBefore,
    Fault,
    Hang,
    RateLimited,
    Status,
    UserMistake,
    Workspace,
)
from rehearsal.slack.errors import SlackError
from tests.rehearsal_slack.bolt_line import bolt, calls


async def get(url: str, token: str | None = None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with (
        aiohttp.ClientSession() as session,
        session.get(url, headers=headers) as got,
    ):
        return got.status, got.content_type, await got.read()


async def test_a_dropped_file_is_told_and_can_be_fetched(both) -> None:
    heard = []
    app = App(events=frozenset({"file_shared"}))
    async with bolt(replace(both, app=app)) as at:

        @at.app.event("file_shared")
        async def shared(event) -> None:
            heard.append(event)

        slack, token = at.workspace, at.client.token
        top = await slack.post("U0RESP", "C0INC", "log follows")
        drop = ("U0RESP", "C0INC", "app.log", b"line\n", top["ts"])
        await slack.drop_file(*drop)
        await slack.wait_for(lambda: heard)
        info = (await at.client.files_info(file=heard[0]["file_id"]))["file"]
        with_token = await get(info["url_private"], token)
        without = await get(info["url_private"])
        await slack.settled()
    assert heard[0]["channel_id"] == "C0INC"
    assert with_token[2] == b"line\n"
    assert without[:2] == (200, "text/html")
    assert info["shares"]["public"]["C0INC"][0]["thread_ts"] == top["ts"]
    assert slack.messages("C0INC", top["ts"])[1]["files"][0]["name"] == "app.log"


async def test_in_a_connect_channel_only_the_id_is_told() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        message = await slack.drop_file("U0EXT", "C0SHARED", "a.txt", b"x")
        shown = message["files"][0]
        info = (await client.files_info(file=shown["id"]))["file"]
    assert shown["file_access"] == "check_file_info"
    assert "url_private" not in shown
    assert info["size"] == 1


async def test_a_file_where_the_app_is_not_does_not_exist_for_it() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        message = await slack.drop_file("U0RESP", "C0GEN", "a.txt", b"x")
        with pytest.raises(SlackApiError, match="file_not_found"):
            await client.files_info(file=message["files"][0]["id"])


async def test_the_app_uploads_in_three_steps() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        done = await client.files_upload_v2(
            channel="C0INC", filename="out.csv", content="a,b\n", initial_comment="see"
        )
        file_id = done["files"][0]["id"]
        info = (await client.files_info(file=file_id))["file"]
        _, _, content = await get(info["url_private"], client.token)
    [message] = slack.messages("C0INC")
    assert message["text"] == "see"
    assert message["files"][0]["name"] == "out.csv"
    assert content == b"a,b\n"
    assert info["shares"]["public"]["C0INC"][0]["ts"] == message["ts"]


async def test_an_upload_without_its_bytes_cannot_be_completed() -> None:
    async with calls(Workspace()) as client:
        begun = await client.files_getUploadURLExternal(filename="a.txt", length=3)
        with pytest.raises(SlackApiError, match="file_not_found"):
            await client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
        async with aiohttp.ClientSession() as session:
            async with session.post(begun["upload_url"], data=b"too long") as got:
                assert got.status == 400
            async with session.post(begun["upload_url"], data=b"abc") as again:
                assert again.status == 400


async def _uploaded(fault) -> tuple[int, Workspace, str]:
    """Give bytes away in trouble; return the answer's status, 0 for none."""
    slack = Workspace()
    slack.faults.add(Fault("uploads", fault))
    async with calls(slack) as client, aiohttp.ClientSession() as session:
        begun = await client.files_getUploadURLExternal(filename="a.txt", length=3)
        try:
            async with session.post(begun["upload_url"], data=b"abc") as got:
                await got.read()
                status = got.status
        except aiohttp.ClientError:
            status = 0
    return status, slack, begun["file_id"]


@pytest.mark.parametrize(
    ("fault", "status", "taken"),
    [
        (Status(502), 502, False),
        (RateLimited(1), 429, False),
        (DropBefore(), 0, False),
        (DropAfter(), 0, True),
        (Hang(0.01), 200, True),
    ],
)
async def test_bytes_that_are_given_in_trouble_are_taken_or_not(
    fault, status, taken
) -> None:
    answered, slack, file_id = await _uploaded(fault)
    assert answered == status
    if taken:
        assert slack.state.files.finish(file_id, None).content == b"abc"
    else:
        with pytest.raises(SlackError, match="file_not_found"):
            slack.state.files.finish(file_id, None)


async def test_nobody_drops_a_file_into_a_thread_that_is_not_there() -> None:
    with pytest.raises(UserMistake):
        await Workspace().drop_file("U0RESP", "C0INC", "a", b"", "1.000001")


async def test_an_upload_may_come_as_a_form_and_go_into_a_thread() -> None:
    slack = Workspace()
    async with calls(slack) as client, aiohttp.ClientSession() as session:
        top = await client.chat_postMessage(channel="C0INC", text="top")
        begun = await client.files_getUploadURLExternal(filename="a.txt", length=3)
        form = aiohttp.FormData()
        form.add_field("file", b"abc", filename="a.txt")
        async with session.post(begun["upload_url"], data=form) as got:
            assert got.status == 200
        files = [{"id": begun["file_id"], "title": "A"}]
        await client.files_completeUploadExternal(
            files=files, channel_id="C0INC", thread_ts=top["ts"]
        )
    reply = slack.messages("C0INC", top["ts"])[1]
    assert reply["files"][0]["title"] == "A"


async def test_downloads_fail_when_slack_does() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        message = await slack.drop_file("U0RESP", "C0INC", "a.txt", b"x")
        url = message["files"][0]["url_private"]
        slack.faults.outage(503)
        assert (await get(url, client.token))[0] == 503
        slack.faults.clear()
        slack.faults.add(Fault("files", DropBefore(), times=None))
        with pytest.raises(aiohttp.ClientError):
            await get(url, client.token)
        slack.faults.clear()
        assert (await get(url + "x", client.token))[0] == 200
        gone = url.replace(message["files"][0]["id"], "F9")
        assert (await get(gone, client.token))[0] == 404


@pytest.mark.parametrize("files", ["[]", "nothing", '[{"id": "F9"}]'])
async def test_a_completion_names_its_files(files) -> None:
    async with calls(Workspace()) as client:
        with pytest.raises(SlackApiError, match=r"invalid_arguments|file_not_found"):
            await client.api_call(
                "files.completeUploadExternal", params={"files": files}
            )


async def test_a_file_chosen_in_a_form_is_seen_by_the_app_though_it_is_unshared() -> (
    None
):
    slack = Workspace()
    async with calls(slack) as client:
        chosen = await slack.choose_file("U0RESP", "app.log", b"line\n")
        info = (await client.files_info(file=chosen["id"]))["file"]
        status, kind, content = await get(info["url_private_download"], client.token)
    assert (status, kind, content) == (200, chosen["mimetype"], b"line\n")
    assert info["channels"] == []


async def test_a_download_meets_what_any_call_may_meet() -> None:
    slack = Workspace()
    async with calls(slack) as client, aiohttp.ClientSession() as session:
        message = await slack.drop_file("U0RESP", "C0INC", "a.txt", b"x" * 100_000)
        told = await client.files_info(file=message["files"][0]["id"])
        address = told["file"]["url_private"]
        headers = {"Authorization": f"Bearer {client.token}"}
        slack.faults.add(Fault("files", RateLimited(7)))
        async with session.get(address, headers=headers) as busy:
            assert (busy.status, busy.headers["Retry-After"]) == (429, "7")
        slack.faults.add(Fault("files", DropAfter()))
        async with session.get(address, headers=headers) as lost:
            assert lost.status == 200
            with pytest.raises(aiohttp.ClientError):
                await lost.read()
        slack.faults.add(Fault("files", Hang(60)))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await session.get(address, headers=headers)
        async with session.get(address, headers=headers) as whole:
            assert await whole.read() == b"x" * 100_000
