"""The whole way of an app, driven by real Bolt, over both transports."""

from tests.rehearsal_slack.bolt_line import bolt

MODAL = {
    "type": "modal",
    "callback_id": "ask",
    "title": {"type": "plain_text", "text": "Ask"},
    "submit": {"type": "plain_text", "text": "Send"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "what",
            "label": {"type": "plain_text", "text": "What"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}

CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "pick"}},
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {
                "type": "button",
                "action_id": "done",
                "value": "1",
                "text": {"type": "plain_text", "text": "Done"},
            }
        ],
    },
]


def ask_app(app) -> None:
    @app.command("/triage")
    async def opens(ack, body, client) -> None:
        await client.views_open(trigger_id=body["trigger_id"], view=MODAL)
        await ack()

    @app.view("ask")
    async def submitted(ack, body, view, client) -> None:
        said = view["state"]["values"]["what"]["text"]["value"]
        if said == "bad":
            await ack(response_action="errors", errors={"what": "not that"})
            return
        await ack()
        await client.chat_postMessage(channel="C0INC", text=said, blocks=CARD)

    @app.action("done")
    async def done(ack, body, client) -> None:
        await ack()
        ts = body["container"]["message_ts"]
        await client.chat_update(
            channel=body["channel"]["id"], ts=ts, text="done", blocks=[]
        )


async def test_slash_modal_submit_post_button_update(both) -> None:
    async with bolt(both) as at:
        ask_app(at.app)
        slack = at.workspace
        assert (await slack.command("U0RESP", "C0INC", "/triage")).status == 200
        [view] = slack.views("U0RESP")
        slack.fill(view.id, "what", "bad")
        assert (await slack.submit(view.id)).errors == {"what": "not that"}
        slack.fill(view.id, "what", "the room is silent")
        assert (await slack.submit(view.id)).outcome == "closed"
        [card] = slack.messages("C0INC")
        assert card["text"] == "the room is silent"
        pressed = await slack.press("U0SECOND", card["ts"], "done", value="1")
        assert pressed.ok
        updated = slack.message(card["ts"])
        assert updated["text"] == "done"
        assert updated["edited"]["user"] == "U0BOT"
        assert "blocks" not in updated
        assert slack.views("U0RESP") == []
        await slack.settled()
        assert not slack.journal.refused()
