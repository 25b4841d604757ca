"""What Slack refuses for good, and what people do to messages."""

import asyncio
from dataclasses import replace

import pytest

from handlers.reconcile import Pauses
from rehearsal.slack import App, DropAfter, Fault, Status
from tests.fakes.slack_calls import (
    FREE,
    HERE,
    OPENER,
    THREAD,
    Refusing,
    house,
    now,
    says,
    scripted,
    until,
)

POST, UPDATE = "chat.postMessage", "chat.update"
PARTS = ["card", *THREAD]


def kick(at) -> None:
    at.workspace.state.directory.leave(HERE, "U0BOT")


def invite(at) -> None:
    at.workspace.state.directory.join(HERE, "U0BOT")


def archive(at, *, over: bool) -> None:
    channels = at.workspace.state.directory.channels
    channels[HERE] = replace(channels[HERE], is_archived=over)


async def test_not_invited_the_opener_is_told_what_to_do_and_then_it_is_drawn(
    tmp_path,
):
    async with house(tmp_path, wanted=scripted(*PARTS)) as at:
        kick(at)
        async with at.drawing(), at.telling():
            incident = await at.open()
            await at.workspace.wait_for(lambda: len(at.calls()) > 4)
            [card] = await at.store.drawings(incident)
            assert (card.part, card.state, card.reason) == (
                "card",
                "blocked",
                "not_in_channel",
            )
            invite(at)
            await at.drawn(incident)
        assert at.parts(incident) == PARTS
        assert len(set(at.threads(incident))) == 1
        [told] = at.told(OPENER)
        assert "/invite @triage" in told
        assert f"<#{HERE}>" in told


async def test_nothing_of_a_thread_is_posted_beside_a_card_that_is_refused(tmp_path):
    def rule(method, arguments):
        card = arguments.get("metadata", {}).get("event_payload", {}).get("part")
        return "restricted_action" if card == "card" else ""

    async with house(tmp_path, wanted=scripted(*PARTS)) as at:
        slack = Refusing(at.slack, rule)
        async with at.drawing(at.reconciler(slack)):
            incident = await at.open()
            await at.workspace.wait_for(lambda: len(slack.tried) >= 3)
        assert at.workspace.messages(HERE) == []
        assert {m for m, _ in slack.tried} == {POST, "conversations.history"}
        assert await at.store.behind(9) == [incident]


async def test_one_refused_part_does_not_hold_back_those_after_it(tmp_path):
    open_now = []

    def rule(method, arguments):
        part = arguments.get("metadata", {}).get("event_payload", {}).get("part")
        return "" if open_now or part != "checks" else "restricted_action"

    pauses = Pauses(first=0.01, blocked=30.0, late=0.0)
    async with house(tmp_path, wanted=scripted(*PARTS), pauses=pauses) as at:
        slack = Refusing(at.slack, rule)
        async with at.drawing(at.reconciler(slack)):
            incident = await at.open()
            rest = ["card", *THREAD[1:]]
            await at.workspace.wait_for(lambda: at.parts(incident) == rest)
        open_now.append(True)
        async with at.drawing(at.reconciler(slack)):
            await at.drawn(incident)
        assert at.parts(incident) == [*rest, "checks"]


async def test_an_archived_channel_is_drawn_once_it_is_back(tmp_path):
    async with house(tmp_path) as at, at.drawing(), at.telling():
        archive(at, over=True)
        incident = await at.open()
        await at.workspace.wait_for(lambda: at.told(OPENER))
        assert "archived" in at.told(OPENER)[0]
        archive(at, over=False)
        await at.drawn(incident)
        assert at.parts(incident) == ["card", "checks"]


async def test_a_missing_scope_is_written_down_and_named(tmp_path):
    app = App(scopes=frozenset({"channels:history"}))
    async with house(tmp_path, replace(FREE, app=app)) as at:
        async with at.drawing():
            incident = await at.open()
            await at.service.bells.notices.wait(5)
            [card] = await at.store.drawings(incident)
            [notice] = await at.store.notices(card.at, 9)
        assert (card.state, card.reason) == ("blocked", "missing_scope")
        assert "chat:write" in notice.text
        assert "manifest" in notice.text
        assert (notice.channel, notice.user) == (OPENER, OPENER)


class SlowStore:
    """A store that takes its time to write down a refusal."""

    def __init__(self, store) -> None:
        self._store = store

    def __getattr__(self, name):
        return getattr(self._store, name)

    async def keep_drawing(self, drawing):
        if drawing.state == "blocked":
            await asyncio.sleep(0.06)
        await self._store.keep_drawing(drawing)


async def test_thrown_out_later_the_opener_is_told_once(tmp_path):
    slow = replace(FREE, latency=0.05)
    async with house(tmp_path, slow) as at:
        async with at.drawing(at.reconciler(store=SlowStore(at.store))), at.telling():
            incident = await at.started()
            await at.drawn(incident)
            kick(at)
            await at.confirm(incident, 1)
            await at.change(incident)
            looks = "conversations.replies"
            await at.workspace.wait_for(lambda: len(at.calls(looks)) > 2)
            assert len(at.told(OPENER)) == 1
            invite(at)
            await at.drawn(incident)
        whole = [*PARTS, "step:1:2", "summary:1"]
        assert sorted(at.parts(incident)) == sorted(whole)


async def test_a_restart_while_refused_does_not_tell_again(tmp_path):
    async with house(tmp_path) as at:
        kick(at)
        async with at.drawing():
            incident = await at.open()
            await at.service.bells.notices.wait(5)
        for _ in range(2):
            tried = len(at.calls())
            async with at.drawing():
                await at.workspace.wait_for(_more_calls(at, tried + 2))
        [card] = await at.store.drawings(incident)
        assert card.state == "blocked"
        assert len(await at.store.notices(card.at, 9)) == 1


def _more_calls(at, than):
    return lambda: len(at.calls()) > than


async def test_a_post_that_arrived_before_it_was_refused_is_not_repeated(tmp_path):
    async with house(tmp_path, wanted=scripted("card")) as at:
        at.workspace.faults.add(Fault(POST, DropAfter()))
        async with at.drawing():
            incident = await at.open()
            await at.workspace.wait_for(lambda: at.calls(POST))
            kick(at)
            lost_at = now()
            looks = "conversations.history"
            await at.workspace.wait_for(lambda: len(at.calls(looks)) > 2)
            [card] = await at.store.drawings(incident)
            assert card.state == "blocked"
            # It is looked for from the intent on, not from the refusal on.
            assert card.at <= lost_at
        async with at.drawing():
            invite(at)
            await at.drawn(incident)
        assert at.parts(incident) == ["card"]
        assert len(at.calls(POST)) == 1


async def test_an_update_that_was_refused_is_not_posted_anew(tmp_path):
    def rule(method, arguments):
        return "is_archived" if method == UPDATE and not again else ""

    again = []
    async with house(tmp_path, wanted=scripted("card")) as at:
        slack = Refusing(at.slack, rule)
        async with at.drawing(at.reconciler(slack)):
            incident = await at.open()
            await at.drawn(incident)
            seq = await at.change(incident)

            async def is_blocked() -> bool:
                [card] = await at.store.drawings(incident)
                return (card.state, bool(card.ts)) == ("blocked", True)

            await until(is_blocked)
        async with at.drawing(at.reconciler(slack)):
            again.append(True)
            await at.drawn(incident)
        assert at.seen(incident) == [("card", f"card at {seq}")]
        assert len(at.calls(POST)) == 1


@pytest.mark.parametrize("part", ["checks", "step:1:1"])
async def test_a_deleted_message_is_posted_anew_in_the_same_thread(tmp_path, part):
    async with house(tmp_path, wanted=scripted(*PARTS)) as at, at.drawing():
        incident = await at.open()
        await at.drawn(incident)
        at.delete(part)
        seq = await at.change(incident)
        await at.drawn(incident)
        assert dict(at.seen(incident)) == {p: f"{p} at {seq}" for p in PARTS}
        assert len(at.parts(incident)) == len(PARTS)
        assert len(set(at.threads(incident))) == 1


async def test_after_the_card_was_deleted_the_next_parts_stand_under_a_new_one(
    tmp_path,
):
    def grows(state, events):
        parts = ["card", "checks"] if state.seq > 2 else ["card"]
        return [says(part, "the same") for part in parts]

    async with house(tmp_path, wanted=grows) as at, at.drawing():
        incident = await at.open()
        await at.drawn(incident)
        at.delete("card")
        await at.change(incident)
        await at.drawn(incident)
        assert at.parts(incident) == ["card", "checks"]
        [card] = at.workspace.messages(HERE)
        assert at.threads(incident) == [card["ts"]]
        assert at.told(OPENER) == []


async def test_an_outage_does_not_count_as_a_refusal(tmp_path):
    async with house(tmp_path) as at, at.telling():
        at.workspace.faults.add(Fault(POST, Status(503), times=3))
        async with at.drawing():
            incident = await at.open()
            await at.drawn(incident)
        assert at.told(OPENER) == []
        assert {d.state for d in await at.store.drawings(incident)} == {"drawn"}
