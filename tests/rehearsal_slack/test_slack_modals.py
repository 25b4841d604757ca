"""Modals: triggers, stacks, answers to a submission, closing."""

import pytest
from slack_sdk.errors import SlackApiError

from rehearsal.slack import Workspace, WorkspaceSettings
from tests.rehearsal_slack.block_kit import (
    actions,
    button,
    field,
    modal,
    text,
    words,
)
from tests.rehearsal_slack.bolt_line import bolt, calls

FORM = modal(field("what", words()))


def opened(slack, view, user="U0RESP"):
    return slack.state.views.open(user, view)


async def refused(awaited) -> str:
    with pytest.raises(SlackApiError) as caught:
        await awaited
    return caught.value.response["error"]


async def test_a_trigger_opens_one_view_within_three_seconds() -> None:
    slack = Workspace()
    grant = slack.state.triggers.grant
    async with calls(slack) as client:
        used, late = grant("U0RESP"), grant("U0RESP")
        await client.views_open(trigger_id=used, view=FORM)
        again = client.views_open(trigger_id=used, view=FORM)
        assert await refused(again) == "exchanged_trigger_id"
        never = client.views_open(trigger_id="1.2.3", view=FORM)
        assert await refused(never) == "invalid_trigger_id"
        slack.advance(3.1)
        expired = client.views_open(trigger_id=late, view=FORM)
        assert await refused(expired) == "expired_trigger_id"
    assert len(slack.views("U0RESP")) == 1


async def test_a_bad_view_is_refused_with_its_pointers() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        trigger = slack.state.triggers.grant("U0RESP")
        bad = {**FORM, "title": text("t" * 25)}
        with pytest.raises(SlackApiError) as caught:
            await client.views_open(trigger_id=trigger, view=bad)
    assert caught.value.response["error"] == "invalid_arguments"
    assert "/title" in caught.value.response["response_metadata"]["messages"][0]


async def test_a_stale_hash_conflicts_and_a_gone_view_is_not_found() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        view = opened(slack, FORM)
        stale = view.view["hash"]
        await client.views_update(view_id=view.id, view=FORM, hash=stale)
        conflict = client.views_update(view_id=view.id, view=FORM, hash=stale)
        assert await refused(conflict) == "hash_conflict"
        gone = client.views_update(view_id="V9", view=FORM)
        assert await refused(gone) == "not_found"


async def test_a_view_can_be_named_by_its_external_id() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        view = opened(slack, {**FORM, "external_id": "mine"})
        await client.views_update(external_id="mine", view=modal())
        trigger = slack.state.triggers.grant("U0RESP")
        twice = client.views_open(
            trigger_id=trigger, view={**FORM, "external_id": "mine"}
        )
        # The update took the external id away, so it is free again.
        await twice
    assert slack.views("U0RESP")[0].id == view.id
    assert len(slack.views("U0RESP")) == 2


async def test_three_views_are_the_most_in_a_stack() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        top = opened(slack, FORM)
        for _ in range(2):
            trigger = slack.state.triggers.grant("U0RESP", top.id)
            pushed = await client.views_push(trigger_id=trigger, view=FORM)
            top = slack.state.views.get(pushed["view"]["id"])
        trigger = slack.state.triggers.grant("U0RESP", top.id)
        fourth = client.views_push(trigger_id=trigger, view=FORM)
        assert await refused(fourth) == "push_limit_reached"
    roots = {v.view["root_view_id"] for v in slack.views("U0RESP")}
    assert len(roots) == 1


@pytest.mark.parametrize(
    ("answer", "outcome", "left"),
    [
        ({}, "closed", 1),
        ({"response_action": "clear"}, "closed", 0),
        ({"response_action": "update", "view": modal()}, "updated", 2),
        ({"response_action": "push", "view": modal()}, "pushed", 3),
        ({"response_action": "errors", "errors": {"what": "no"}}, "errors", 2),
        ({"response_action": "errors", "errors": {"other": "no"}}, "failed", 2),
        ({"response_action": "update", "view": {"type": "modal"}}, "failed", 2),
        ({"response_action": "dance"}, "failed", 2),
    ],
)
async def test_an_answer_does_what_it_says(both, answer, outcome, left) -> None:
    async with bolt(both) as at:

        @at.app.view("form")
        async def submitted(ack) -> None:
            await ack(**answer)

        slack = at.workspace
        below = opened(slack, FORM)
        top = slack.state.views.open("U0RESP", FORM, below)
        slack.fill(top.id, "what", "words")
        done = await slack.submit(top.id)
    assert done.outcome == outcome
    assert len(slack.views("U0RESP")) == left
    trouble = ["We had some trouble connecting. Try again?"]
    assert slack.notices("U0RESP") == (trouble if outcome == "failed" else [])
    assert bool(slack.journal.refused()) is (outcome == "failed")


async def test_closing_tells_only_who_asked_to_know(both) -> None:
    closed = []
    async with bolt(both) as at:

        @at.app.view_closed("form")
        async def gone(ack, body) -> None:
            await ack()
            closed.append((body["view"]["id"], body["is_cleared"]))

        slack = at.workspace
        quiet = opened(slack, FORM)
        told = opened(slack, {**FORM, "notify_on_close": True})
        await slack.close(quiet.id)
        await slack.close(told.id)
    assert closed == [(told.id, False)]
    assert slack.views("U0RESP") == []


async def test_a_button_in_a_modal_can_push_another(both) -> None:
    async with bolt(both) as at:

        @at.app.action("more")
        async def more(ack, body, client) -> None:
            await ack()
            await client.views_push(trigger_id=body["trigger_id"], view=FORM)

        slack = at.workspace
        view = opened(slack, modal(actions(button("more"))))
        assert (await slack.choose("U0RESP", view.id, "more")).ok
    bottom, top = slack.views("U0RESP")
    assert top.view["previous_view_id"] == bottom.id


async def test_a_home_tab_is_published_and_opened(both) -> None:
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    async with bolt(both) as at:

        @at.app.event("app_home_opened")
        async def welcome(event, client) -> None:
            await client.views_publish(user_id=event["user"], view=home)

        slack = at.workspace
        await slack.open_home("U0RESP")
        await slack.wait_for(lambda: slack.home("U0RESP"))
        first = slack.home("U0RESP").id
        await at.client.views_publish(user_id="U0RESP", view=home)
        assert slack.home("U0RESP").id == first


async def test_a_form_on_an_unreachable_app_stays_open() -> None:
    slack = Workspace(WorkspaceSettings(transport="socket"))
    view = opened(slack, FORM)
    slack.fill(view.id, "what", "words")
    assert (await slack.submit(view.id)).outcome == "failed"
    assert slack.views("U0RESP")[0].id == view.id


async def test_a_home_tab_is_updated_in_place_and_by_its_hash() -> None:
    slack = Workspace()
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    async with calls(slack) as client:
        first = (await client.views_publish(user_id="U0RESP", view=home))["view"]
        await client.views_update(view_id=first["id"], view=home)
        stale = client.views_publish(user_id="U0RESP", view=home, hash=first["hash"])
        assert await refused(stale) == "hash_conflict"
        wrong = client.views_update(view_id=first["id"], view=FORM)
        assert await refused(wrong) == "invalid_arguments"
    assert slack.home("U0RESP").id == first["id"]
    assert slack.views("U0RESP") == []


async def test_an_external_id_is_one_views_alone() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        view = {**FORM, "external_id": "mine"}
        opened(slack, view)
        trigger = slack.state.triggers.grant("U0RESP")
        twice = client.views_open(trigger_id=trigger, view=view)
        assert await refused(twice) == "duplicate_external_id"


async def test_a_push_needs_a_view_below() -> None:
    slack = Workspace()
    async with calls(slack) as client:
        trigger = slack.state.triggers.grant("U0RESP")
        push = client.views_push(trigger_id=trigger, view=FORM)
        assert await refused(push) == "not_found"


async def test_clearing_a_stack_tells_of_each_view(both) -> None:
    closed = []
    async with bolt(both) as at:

        @at.app.view_closed("form")
        async def gone(ack, body) -> None:
            await ack()
            closed.append(body["is_cleared"])

        slack = at.workspace
        loud = {**FORM, "notify_on_close": True}
        below = opened(slack, loud)
        top = slack.state.views.open("U0RESP", loud, below)
        await slack.close(top.id, every=True)
    assert closed == [True, True]
    assert slack.views("U0RESP") == []
