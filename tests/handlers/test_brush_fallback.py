"""What Slack would not take as blocks is shown as text, and said in the log."""

import pytest

from tests.fakes.slack_calls import Refusing, house, says, scripted

POST = "chat.postMessage"


async def test_blocks_that_slack_refuses_are_shown_as_text_and_logged(tmp_path):
    def rule(method, arguments):
        return "invalid_blocks" if arguments.get("blocks") else ""

    async with house(tmp_path, wanted=scripted("card", "checks")) as at:
        slack = Refusing(at.slack, rule)
        async with at.drawing(at.reconciler(slack)):
            incident = await at.open()
            await at.drawn(incident)
            seq = await at.change(incident)
            await at.drawn(incident)
        seen = dict(at.seen(incident))
        assert seen["card"].startswith(f"card at {seq}\n")
        assert "could not be shown" in seen["checks"]
        refused = [one for one in at.logs if one["event"] == "message.refused"]
        assert len(refused) == 4
        assert at.workspace.journal.refused() == ()


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "divider"}] * 51,
        [{"type": "section", "text": {"type": "plain_text", "text": "x" * 3001}}],
        [{"type": "unheard-of"}],
    ],
    ids=["too many", "too long", "unknown"],
)
async def test_what_is_over_a_limit_never_reaches_slack(tmp_path, blocks):
    def render(state, events):
        return [says("card", "The card " + "x" * 5_000, blocks=blocks)]

    async with house(tmp_path, wanted=render) as at:
        async with at.drawing():
            incident = await at.open()
            await at.drawn(incident)
        [(_, text)] = at.seen(incident)
        assert text.startswith("The card")
        assert len(text) < 3_200
        assert at.workspace.journal.refused() == ()
        assert len(at.calls(POST)) == 1
        assert "message.over_limit" in [one["event"] for one in at.logs]
