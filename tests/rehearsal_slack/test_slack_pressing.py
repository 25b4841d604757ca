"""Buttons and menus in messages."""

import pytest

from rehearsal.slack import Person, UserMistake, WorkspaceSettings
from tests.rehearsal_slack.block_kit import actions, button, option, text
from tests.rehearsal_slack.bolt_line import bolt

DIALOG = {
    "title": text("Sure?"),
    "text": text("It cannot be undone."),
    "confirm": text("Yes"),
    "deny": text("No"),
}


async def post(at, *elements) -> str:
    blocks = [actions(*elements)]
    posted = await at.client.chat_postMessage(channel="C0INC", text="x", blocks=blocks)
    return posted["ts"]


def listen(at, action_id="go") -> list:
    heard = []

    @at.app.action(action_id)
    async def pressed(ack, body) -> None:
        await ack()
        heard.append(body)

    return heard


async def test_a_press_tells_who_where_and_what(both) -> None:
    async with bolt(both) as at:
        heard = listen(at)
        ts = await post(at, button("go", "7"))
        assert (await at.workspace.press("U0SECOND", ts, "go")).status == 200
    [body] = heard
    assert body["user"]["id"] == "U0SECOND"
    assert body["container"]["message_ts"] == ts
    assert body["channel"] == {"id": "C0INC", "name": "incidents"}
    assert body["message"]["ts"] == ts
    assert body["actions"][0]["value"] == "7"
    assert body["actions"][0]["block_id"] == "row"
    assert body["response_url"]
    assert body["trigger_id"]


async def test_only_what_the_message_shows_now_can_be_pressed(both) -> None:
    async with bolt(both) as at:
        heard = listen(at)
        ts = await post(at, button("go", "1"))
        slack = at.workspace
        with pytest.raises(UserMistake, match="no button here has the value"):
            await slack.press("U0RESP", ts, "go", value="2")
        with pytest.raises(UserMistake):
            await slack.press("U0RESP", ts, "go", block_id="other")
        await at.client.chat_update(channel="C0INC", ts=ts, text="x", blocks=[])
        with pytest.raises(UserMistake, match="no element go"):
            await slack.press("U0RESP", ts, "go")
        with pytest.raises(UserMistake):
            await slack.press("U0RESP", "1.000001", "go")
        with pytest.raises(UserMistake):
            await slack.press("U0EXT", ts, "go")
    assert heard == []


async def test_a_confirm_dialog_comes_first(both) -> None:
    async with bolt(both) as at:
        heard = listen(at)
        ts = await post(at, button("go", confirm=DIALOG))
        asked = await at.workspace.press("U0RESP", ts, "go")
        assert heard == []
        done = await at.workspace.press("U0RESP", ts, "go", confirm=True)
    assert asked.outcome == "confirm"
    assert asked.confirm["title"]["text"] == "Sure?"
    assert done.ok
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("element", "value", "key", "chosen"),
    [
        ({"type": "static_select"}, "b", "selected_option", "b"),
        ({"type": "radio_buttons"}, "a", "selected_option", "a"),
        ({"type": "overflow"}, "a", "selected_option", "a"),
        ({"type": "checkboxes"}, ["a", "b"], "selected_options", ["a", "b"]),
    ],
)
async def test_a_choice_arrives_as_its_option(element, value, key, chosen) -> None:
    async with bolt(WorkspaceSettings()) as at:
        heard = listen(at)
        options = [option("a"), option("b")]
        ts = await post(at, {**element, "action_id": "go", "options": options})
        await at.workspace.press("U0RESP", ts, "go", value=value)
        with pytest.raises(UserMistake, match="not among the options"):
            await at.workspace.press("U0RESP", ts, "go", value="z")
    got = heard[0]["actions"][0][key]
    values = [o["value"] for o in got] if isinstance(got, list) else got["value"]
    assert values == chosen


async def test_a_messages_state_is_kept_for_each_person(both) -> None:
    picker = {"type": "users_select", "action_id": "who"}
    async with bolt(both) as at:
        listen(at, "who")
        heard = listen(at)
        ts = await post(at, picker, button("go"))
        await at.workspace.press("U0RESP", ts, "who", value="U0SECOND")
        await at.workspace.press("U0RESP", ts, "go")
        await at.workspace.press("U0SECOND", ts, "go")
    chosen = [b["state"]["values"]["row"]["who"]["selected_user"] for b in heard]
    assert chosen == ["U0SECOND", None]


async def test_suggestions_come_from_the_app_and_can_be_chosen(both) -> None:
    menu = {"type": "external_select", "action_id": "find", "min_query_length": 2}
    async with bolt(both) as at:
        heard = listen(at, "find")

        @at.app.options("find")
        async def found(ack, payload) -> None:
            await ack(options=[option(payload["value"] + "1")])

        ts = await post(at, menu)
        slack = at.workspace
        assert await slack.suggest_in("U0RESP", ts, "find", "x") == []
        [offered] = await slack.suggest_in("U0RESP", ts, "find", "ro")
        assert offered["value"] == "ro1"
        await slack.press("U0RESP", ts, "find", value="ro1")
        with pytest.raises(UserMistake):
            await slack.press("U0SECOND", ts, "find", value="ro1")
    assert heard[0]["actions"][0]["selected_option"]["value"] == "ro1"


async def test_an_ephemeral_can_be_pressed_by_its_reader_alone(both) -> None:
    async with bolt(both) as at:
        heard = listen(at)
        blocks = [actions(button("go"))]
        whisper = await at.client.chat_postEphemeral(
            channel="C0INC", user="U0RESP", text="x", blocks=blocks
        )
        ts = whisper["message_ts"]
        await at.workspace.press("U0RESP", ts, "go")
        with pytest.raises(UserMistake):
            await at.workspace.press("U0SECOND", ts, "go")
    assert heard[0]["container"]["is_ephemeral"]
    assert "message" not in heard[0]


async def test_a_person_who_left_cannot_press(both) -> None:
    async with bolt(both) as at:
        ts = await post(at, button("go"))
        gone = Person("U0RESP", "robin", "Robin", deleted=True)
        at.workspace.state.directory.set_person(gone)
        with pytest.raises(UserMistake, match="deactivated"):
            await at.workspace.press("U0RESP", ts, "go")


async def test_a_failing_handler_is_seen(both) -> None:
    settings = WorkspaceSettings(transport=both.transport, answer_within=0.2)
    async with bolt(settings) as at:

        @at.app.error
        async def quiet(error) -> None:
            assert error

        @at.app.action("go")
        async def fails() -> None:
            raise RuntimeError

        ts = await post(at, button("go"))
        done = await at.workspace.press("U0RESP", ts, "go")
    assert done.outcome == "failed"
    assert done.notice.startswith("This app")


async def test_shortcuts_arrive_with_their_message(both) -> None:
    heard = []
    async with bolt(both) as at:

        @at.app.shortcut("here")
        async def on_message(ack, body) -> None:
            await ack()
            heard.append(body["message"]["text"])

        @at.app.shortcut("anywhere")
        async def on_global(ack, body) -> None:
            await ack()
            heard.append(body["type"])

        slack = at.workspace
        ts = (await slack.post("U0SECOND", "C0INC", "it burns"))["ts"]
        assert (await slack.message_shortcut("U0RESP", ts, "here")).ok
        assert (await slack.shortcut("U0RESP", "anywhere")).ok
    assert heard == ["it burns", "shortcut"]
