"""Whether a channel is shared with another company; nothing is shown there."""

import asyncio

import pytest
from desk_house import HERE
from desk_house import SHARED as WITH_OTHERS
from desk_house import house as desk_house
from structlog.testing import capture_logs

from bot.core.policy import Deed
from handlers import channels as module
from handlers.channels import SHARED, Channels
from handlers.slack import SlackRejected, SlackUnsure
from tests.fakes.slack_calls import house


class Slack:
    """Answers conversations.info from a table, or fails with `fails`."""

    def __init__(self, **channels) -> None:
        self.channels, self.fails, self.asked = channels, None, []

    async def call(self, method, **given):
        self.asked.append((method, given.get("channel")))
        await asyncio.sleep(0)
        if self.fails:
            raise self.fails
        if method == "conversations.list":
            return self._page(given["cursor"])
        return {"channel": self.channels[given["channel"]]}

    def _page(self, cursor):
        """Give the first channel, then all others."""
        everything = [{"id": one, **told} for one, told in self.channels.items()]
        page = everything[1:] if cursor else everything[:1]
        after = "" if cursor else "more"
        return {"channels": page, "response_metadata": {"next_cursor": after}}


@pytest.fixture
def slack():
    return Slack(C1={}, C2={"is_ext_shared": True}, C3={"is_pending_ext_shared": True})


@pytest.mark.parametrize(("channel", "shared"), [("C1", False), ("C2", True)])
async def test_slack_is_asked_once_for_each_channel(slack, channel, shared):
    ours = Channels(slack)
    told = await asyncio.gather(*(ours.shared(channel) for _ in range(9)))
    assert set(told) == {shared}
    assert len(slack.asked) == 1


async def test_a_channel_to_which_another_company_is_invited_counts_as_shared(slack):
    with pytest.raises(SlackRejected, match=SHARED):
        await Channels(slack).must_be_ours("C3")


async def test_a_direct_conversation_is_not_asked_about(slack):
    await Channels(slack).must_be_ours("D1")
    assert slack.asked == []


async def test_it_is_asked_again_later(slack, monkeypatch):
    ours = Channels(slack)
    await ours.must_be_ours("C1")
    slack.channels["C1"] = {"is_ext_shared": True}
    later = module.time.monotonic() + module.FRESH + 1
    monkeypatch.setattr(module.time, "monotonic", lambda: later)
    with pytest.raises(SlackRejected):
        await ours.must_be_ours("C1")


async def test_what_slack_does_not_say_is_not_shown_and_keeps_nobody_out(
    slack,
):
    ours, slack.fails = Channels(slack), SlackUnsure("lost")
    with pytest.raises(SlackUnsure):
        await ours.must_be_ours("C1")
    assert await ours.seems_shared("C1") is False


async def test_while_slack_is_silent_its_older_word_counts(slack, monkeypatch):
    ours = Channels(slack)
    assert await ours.seems_shared("C2")
    later = module.time.monotonic() + module.FRESH + 1
    monkeypatch.setattr(module.time, "monotonic", lambda: later)
    slack.fails = SlackUnsure("lost")
    assert await ours.seems_shared("C2")
    with pytest.raises(SlackUnsure):
        await ours.must_be_ours("C2")


async def test_a_slack_that_hangs_is_waited_for_only_shortly_if_it_said_so_before(
    slack, monkeypatch
):
    async def hangs(*_, **__):
        await asyncio.Event().wait()

    ours = Channels(slack)
    ours._known["C2"] = (True, float("-inf"))
    monkeypatch.setattr(module, "PATIENCE", 60)
    monkeypatch.setattr(module, "SOON", 0.01)
    monkeypatch.setattr(slack, "call", hangs)
    async with asyncio.timeout(10):
        assert await ours.seems_shared("C2")


async def test_the_prefetch_spares_the_question_and_its_trouble_is_harmless(slack):
    ours = Channels(slack)
    await ours.prefetch()
    assert await ours.shared("C2")
    assert not await ours.shared("C1")
    assert len(slack.asked) == 2
    slack.fails = SlackUnsure("lost")
    with capture_logs() as lines:
        await ours.prefetch()
    assert [line["event"] for line in lines] == ["channels.not_prefetched"]


async def test_a_double_that_keeps_no_channels_has_none_that_are_shared(slack):
    ours, slack.fails = Channels(slack), SlackRejected("unknown_method")
    await ours.must_be_ours("C2")


async def test_no_more_than_so_many_are_remembered(slack, monkeypatch):
    monkeypatch.setattr(module, "MANY", 2)
    ours = Channels(slack)
    for channel in ("C1", "C2", "C3"):
        await ours.shared(channel)
    await ours.shared("C1")
    assert [channel for _, channel in slack.asked] == ["C1", "C2", "C3", "C1"]


@pytest.mark.wire
async def test_what_becomes_shared_later_is_not_drawn_and_whoever_opened_it_is_told(
    tmp_path,
):
    channels = Channels(Slack(**{HERE: {"is_ext_shared": True}}))
    async with house(tmp_path, channels=channels) as at:
        async with at.drawing(), at.telling():
            await at.open()
            await at.workspace.wait_for(at.told)
        assert at.workspace.messages(HERE) == []
        assert "shared with another company" in at.told()[0]


@pytest.mark.wire
async def test_an_incident_is_not_opened_in_a_shared_channel(tmp_path):
    async with desk_house(tmp_path) as at:
        with capture_logs() as lines:
            said = await at.type("blue", channel=WITH_OTHERS)
        assert "shared with another company" in said
        assert await at.incidents() == []
        assert "open.refused" in [line["event"] for line in lines]


async def test_where_there_is_an_incident_already_it_tells_of_the_refusal(tmp_path):
    async with desk_house(tmp_path) as at:
        incident = await at.open("blue", channel=WITH_OTHERS)
        said = await at.type("red", channel=WITH_OTHERS)
        assert "shared with another company" in said
        [refused] = [b for b in await at.bodies(incident) if b.kind == "press.refused"]
        assert (refused.deed, refused.why) == (Deed.OPEN, module.REFUSAL)
