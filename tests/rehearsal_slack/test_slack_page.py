"""The browser page's requests and its socket."""

from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web

from rehearsal.slack import Workspace, WorkspaceSettings, serve
from tests.rehearsal_slack.block_kit import actions, button, field, modal, option, words
from tests.rehearsal_slack.bolt_line import bolt, calls, listening

MENU = {"type": "external_select", "action_id": "find", "min_query_length": 0}


class Page:
    """A browser page's side of the contract."""

    def __init__(self, session, url: str) -> None:
        self.session = session
        self.url = f"{url}/page-api"

    async def act(self, path: str, **body) -> tuple[int, dict]:
        body = {"user": "U0RESP", "channel": "C0INC", **body}
        async with self.session.post(f"{self.url}/{path}", json=body) as got:
            return got.status, await got.json()

    def socket(self, user="U0RESP"):
        return self.session.ws_connect(f"{self.url}/socket?user={user}")


@asynccontextmanager
async def page(url: str):
    async with aiohttp.ClientSession() as session:
        yield Page(session, url)


async def test_a_page_gets_the_state_then_what_changes() -> None:
    slack = Workspace()
    async with serve(slack) as server, page(server.url) as browser:
        await slack.post("U0RESP", "C0INC", "before")
        async with browser.socket() as socket:
            state = await socket.receive_json()
            presence = await socket.receive_json()
            _, answer = await browser.act("message", text="now")
            delta = await socket.receive_json()
    assert state["type"] == "state"
    assert state["team"] == {"id": "T0TEAM", "name": "Rehearsal"}
    assert {c["id"] for c in state["channels"]} == {
        "C0INC",
        "C0GEN",
        "C0SHARED",
        "G0PRIV",
    }
    assert [m["text"] for m in state["messages"]["C0INC"]] == ["before"]
    assert {"id", "real_name", "is_guest", "is_external", "color"} <= set(
        state["users"][0]
    )
    assert presence == {"type": "presence", "app": "down"}
    assert delta["type"] == "message"
    assert delta["message"]["ts"] == answer["ts"]


async def test_a_person_sees_only_their_own_channels_and_whispers() -> None:
    slack = Workspace()
    async with (
        serve(slack) as server,
        page(server.url) as browser,
        browser.socket("U0GUEST") as socket,
    ):
        state = await socket.receive_json()
        await socket.receive_json()
        await slack.post("U0RESP", "G0PRIV", "secret")
        slack.state.notice("U0RESP", "not for the guest")
        await slack.post("U0RESP", "C0INC", "public")
        delta = await socket.receive_json()
    assert [c["id"] for c in state["channels"]] == ["C0INC"]
    assert delta["message"]["text"] == "public"


def room_app(app) -> None:
    """Make a form that asks for a room, and a card that can be done."""
    form = modal(field("where", MENU), field("what", words()))

    @app.command("/triage")
    async def opens(ack, body, client) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=form)
        await ack("opened")

    @app.options("find")
    async def found(ack, payload) -> None:
        await ack(options=[option(f"room-{payload['value']}")])

    @app.view("form")
    async def sent(ack, view, client) -> None:
        values = view["state"]["values"]
        if values["what"]["words"]["value"] == "bad":
            await ack(response_action="errors", errors={"what": "no"})
            return
        await ack()
        room = values["where"]["find"]["selected_option"]["value"]
        blocks = [actions(button("done"))]
        await client.chat_postMessage(channel="C0INC", text=room, blocks=blocks)

    @app.action("done")
    async def done(ack, body, client) -> None:
        await ack()
        place = {"channel": "C0INC", "ts": body["message"]["ts"]}
        await client.chat_update(**place, text="gone", blocks=[])


async def fill_form(browser, view_id: str) -> None:
    """Choose a room, type, be refused, type again, and submit."""
    spot = {"view_id": view_id}
    where = {**spot, "block_id": "where", "action_id": "find"}
    _, offered = await browser.act("view/suggest", **where, typed="1")
    chosen = {"type": "external_select", "selected_option": offered["options"][0]}
    await browser.act("view/input", **where, state=chosen)
    what = {**spot, "block_id": "what", "action_id": "words"}
    for said, expected in (("bad", {"errors": {"what": "no"}}), ("ok", CLOSED)):
        typed = {"type": "plain_text_input", "value": said}
        await browser.act("view/input", **what, state=typed)
        assert (await browser.act("view/submit", **spot))[1] == expected


async def test_a_whole_flow_by_the_pages_requests(both) -> None:
    async with bolt(both) as at, page(at.server.url) as browser:
        room_app(at.app)
        async with browser.socket() as socket:
            await socket.receive_json()
            await socket.receive_json()
            await browser.act("command", text="/triage")
            shown = await socket.receive_json()
            whispered = await socket.receive_json()
        await fill_form(browser, shown["view"]["id"])
        [card] = at.workspace.messages("C0INC")
        press = {"ts": card["ts"], "block_id": "row", "action_id": "done"}
        status, pressed = await browser.act("press", **press, value="1")
    assert whispered["type"] == "ephemeral"
    assert whispered["message"]["ephemeral"]
    assert card["text"] == "room-1"
    assert (status, pressed["ok"]) == (200, True)
    assert at.workspace.message(card["ts"])["text"] == "gone"


CLOSED = {"closed": True}


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("message", {"text": " "}, "an empty message"),
        ("message", {}, "text is needed"),
        ("message", {"text": "x", "channel": "C9"}, "is not in C9"),
        ("message", {"text": "x", "user": "U0LEFT"}, "cannot act"),
        ("press", {"ts": "1.000001", "action_id": "go"}, "sees no message"),
        ("view/submit", {"view_id": "V9"}, "has no view V9"),
        ("view/close", {}, "view_id is needed"),
        ("view/input", {"view_id": "V9"}, "state is needed"),
    ],
)
async def test_a_mistake_is_a_400_with_its_text(path, body, said) -> None:
    async with serve(Workspace()) as server, page(server.url) as browser:
        status, answer = await browser.act(path, **body)
    assert status == 400
    assert said in answer["error"]


async def test_a_body_that_is_no_object_is_a_400() -> None:
    async with serve(Workspace()) as server, aiohttp.ClientSession() as session:
        for raw in (b"{", b"[]"):
            url = f"{server.url}/page-api/message"
            async with session.post(url, data=raw) as got:
                assert got.status == 400
                assert (await got.json())["error"]


async def test_a_view_can_be_pressed_and_closed_by_the_page() -> None:
    slack = Workspace(WorkspaceSettings(transport="socket"))
    view = slack.state.views.open("U0RESP", modal(actions(button("go"))))
    async with serve(slack) as server, page(server.url) as browser:
        spot = {"view_id": view.id}
        _, pressed = await browser.act("view/press", **spot, action_id="go")
        _, closed = await browser.act("view/close", **spot)
        again, _ = await browser.act("view/close", **spot)
    assert pressed["outcome"] == "failed"
    assert closed == CLOSED
    assert again == 400


async def test_a_file_is_dropped_by_the_page() -> None:
    slack = Workspace()
    async with serve(slack) as server, aiohttp.ClientSession() as session:
        form = aiohttp.FormData({"user": "U0RESP", "channel": "C0INC"})
        form.add_field("file", b"bytes", filename="a.log")
        async with session.post(f"{server.url}/page-api/file", data=form) as got:
            assert got.status == 200
        empty = aiohttp.FormData({"user": "U0RESP", "channel": "C0INC"})
        async with session.post(f"{server.url}/page-api/file", data=empty) as got:
            assert got.status == 400
    assert slack.messages("C0INC")[0]["files"][0]["name"] == "a.log"


async def test_another_sites_script_cannot_act() -> None:
    async with serve(Workspace()) as server, aiohttp.ClientSession() as session:
        url = f"{server.url}/page-api/message"
        foreign = {"Origin": "https://evil.example"}
        own = {"Origin": server.url}
        body = {"user": "U0RESP", "channel": "C0INC", "text": "x"}
        async with session.post(url, json=body, headers=foreign) as got:
            assert got.status == 403
        async with session.post(url, json=body, headers=own) as got:
            assert got.status == 200


async def test_the_page_and_extra_routes_are_served() -> None:
    async def extra(_request) -> web.Response:
        return web.json_response({"title": "more"})

    routes = [("GET", "/page-api/extras", extra)]
    slack = Workspace()
    async with (
        serve(slack, extra_routes=routes) as server,
        aiohttp.ClientSession() as session,
    ):
        async with session.get(server.page_url) as got:
            assert "html" in got.content_type
        async with session.get(f"{server.url}/page-api/extras") as got:
            assert (await got.json())["title"] == "more"
        async with session.get(f"{server.url}/page-api/socket?user=U9") as got:
            assert got.status == 400


async def _nothing(_request) -> web.Response:
    return web.Response()


async def test_a_page_learns_that_the_app_went_away() -> None:
    slack = Workspace()
    told = []
    slack.state.hub.subscribe(lambda delta: told.append(delta.body))
    async with serve(slack):
        async with listening(_nothing) as url:
            slack.connect_http(url)
            await slack.courier.look()
        await slack.courier.look()
    assert [delta["app"] for delta in told] == ["up", "down"]


async def test_a_direct_message_brings_its_conversation() -> None:
    slack = Workspace()
    async with (
        calls(slack) as client,
        page(slack.state.base_url) as browser,
        browser.socket() as socket,
    ):
        await socket.receive_json()
        await socket.receive_json()
        sent = await client.chat_postMessage(channel="U0RESP", text="psst")
        again = await socket.receive_json()
    assert again["type"] == "state"
    assert again["messages"][sent["channel"]][0]["text"] == "psst"


async def test_a_foreign_name_for_this_machine_cannot_act() -> None:
    async with serve(Workspace()) as server, aiohttp.ClientSession() as session:
        url = f"{server.url}/page-api/message"
        rebound = {"Host": "evil.example", "Origin": "http://evil.example"}
        async with session.post(url, json={}, headers=rebound) as got:
            assert got.status == 403
