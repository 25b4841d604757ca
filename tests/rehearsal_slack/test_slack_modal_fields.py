"""Fields of a modal: their state, what is missing, what the app hears of them."""

from dataclasses import replace

import pytest

from rehearsal.slack import UserMistake, Workspace
from tests.rehearsal_slack.block_kit import (
    field,
    modal,
    option,
    words,
)
from tests.rehearsal_slack.bolt_line import bolt

FORM = modal(field("what", words()))


def opened(slack, view, user="U0RESP"):
    return slack.state.views.open(user, view)


async def test_an_update_keeps_what_was_typed_where_ids_stay() -> None:
    slack = Workspace()
    opened(slack, modal(field("a", words()), field("b", words())))
    [view] = slack.views("U0RESP")
    slack.fill(view.id, "a", "kept")
    slack.fill(view.id, "b", "lost")
    initial = words(initial_value="fresh")
    new = modal(field("a", initial), field("c", initial))
    slack.state.views.update(slack.views("U0RESP")[0], new)
    values = slack.views("U0RESP")[0].values
    assert values["a"]["words"]["value"] == "kept"
    assert values["c"]["words"]["value"] == "fresh"
    assert "b" not in values


async def test_slacks_own_client_asks_for_what_is_missing() -> None:
    slack = Workspace()
    view = opened(
        slack,
        modal(
            field("need", words(min_length=3)),
            field("may", words(), optional=True),
            field("count", {"type": "number_input", "action_id": "n"}),
        ),
    )
    slack.fill(view.id, "need", "ab")
    slack.fill(view.id, "count", "many")
    done = await slack.submit(view.id)
    assert set(done.errors) == {"need", "count"}
    assert done.status is None
    assert slack.journal.deliveries() == ()


async def test_a_submission_carries_state_metadata_and_who(both) -> None:
    seen = {}
    async with bolt(both) as at:

        @at.app.view("form")
        async def submitted(ack, body) -> None:
            await ack()
            seen.update(body)

        pick = {"type": "static_select", "action_id": "pick"}
        pick["options"] = [option("a"), option("b")]
        slack = at.workspace
        blocks = [field("what", words()), field("which", pick)]
        view = opened(slack, {**modal(*blocks), "private_metadata": "m"})
        slack.fill(view.id, "what", "words")
        slack.fill(view.id, "which", "b")
        await slack.submit(view.id)
    values = seen["view"]["state"]["values"]
    assert values["what"]["words"] == {"type": "plain_text_input", "value": "words"}
    assert values["which"]["pick"]["selected_option"]["value"] == "b"
    assert seen["view"]["private_metadata"] == "m"
    assert seen["user"]["id"] == "U0RESP"
    assert seen["view"]["hash"]


async def test_an_input_tells_the_app_only_if_it_dispatches(both) -> None:
    heard = []
    async with bolt(both) as at:

        @at.app.action("pick")
        async def picked(ack, action) -> None:
            await ack()
            heard.append(action["selected_option"]["value"])

        def pick(block_id, **more) -> dict:
            radio = {"type": "radio_buttons", "action_id": "pick"}
            return field(block_id, {**radio, "options": [option("a")]}, **more)

        slack = at.workspace
        view = opened(slack, modal(pick("still"), pick("loud", dispatch_action=True)))
        for block_id in ("still", "loud"):
            await slack.choose("U0RESP", view.id, "pick", block_id=block_id, value="a")
    assert heard == ["a"]
    assert slack.views("U0RESP")[0].values["still"]["pick"]["selected_option"]


async def test_a_person_cannot_touch_what_is_not_before_them() -> None:
    slack = Workspace()
    view = opened(slack, FORM)
    with pytest.raises(UserMistake):
        await slack.choose("U0SECOND", view.id, "words")
    with pytest.raises(UserMistake):
        slack.fill(view.id, "nowhere", "x")
    with pytest.raises(UserMistake):
        await slack.submit("V9")


async def test_a_conversation_field_can_bring_a_response_url(both) -> None:
    seen = {}
    async with bolt(both) as at:

        @at.app.view("form")
        async def submitted(ack, body) -> None:
            await ack()
            seen.update(body)

        select = {"type": "conversations_select", "action_id": "pick"}
        select["response_url_enabled"] = True
        view = opened(at.workspace, modal(field("where", select)))
        at.workspace.fill(view.id, "where", "C0INC")
        await at.workspace.submit(view.id)
    [url] = seen["response_urls"]
    assert (url["channel_id"], url["block_id"]) == ("C0INC", "where")
    assert url["response_url"].startswith(at.server.url)


async def test_suggestions_in_a_form_can_fail_and_be_refused(both) -> None:
    answers = [{"options": [option("ok")]}, {"options": [{"text": "bad"}]}]
    settings = replace(both, answer_within=1.0)
    async with bolt(settings) as at:

        @at.app.options("find")
        async def found(ack) -> None:
            if answers:
                await ack(**answers.pop(0))

        menu = {"type": "external_select", "action_id": "find"}
        menu["min_query_length"] = 0
        slack = at.workspace
        view = opened(slack, modal(field("where", menu)))
        asked = [await slack.suggest("U0RESP", view.id, "find", "") for _ in range(3)]
    assert [len(options) for options in asked] == [1, 0, 0]
    assert len(slack.notices("U0RESP")) == 2
    assert len(slack.journal.refused()) == 1
    with pytest.raises(UserMistake):
        slack.fill(view.id, "where", "never offered")


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("email_text_input", "a@b.cd", "a@b"),
        ("url_text_input", "https://a.b", "a.b"),
        ("number_input", "-1.5", "1e"),
    ],
)
async def test_a_field_of_a_kind_takes_only_its_kind(kind, good, bad) -> None:
    slack = Workspace()
    element = {"type": kind, "action_id": "x"}
    if kind == "number_input":
        element["is_decimal_allowed"] = True
    view = opened(slack, modal(field("f", element)))
    slack.fill(view.id, "f", bad)
    assert set((await slack.submit(view.id)).errors) == {"f"}
    slack.fill(view.id, "f", good)
    assert (await slack.submit(view.id)).outcome == "failed"
