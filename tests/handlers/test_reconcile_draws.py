"""The reconciler in good times: what is drawn, in which order, in how many calls."""

import asyncio
from dataclasses import replace

import pytest

from handlers.pacing import Pace
from handlers.reconcile import Pauses
from rehearsal.slack import DropAfter, Fault, Limits, WorkspaceSettings
from tests.fakes.slack_calls import (
    FREE,
    HERE,
    OPENER,
    THREAD,
    Reopen,
    Resolve,
    house,
    says,
    scripted,
    until,
)

CARD_AND_THREAD = ["card", *THREAD]


async def test_the_card_comes_first_and_the_rest_in_its_thread_in_order(tmp_path):
    async with house(tmp_path) as at, at.drawing():
        incident = await at.started()
        await at.drawn(incident)
        assert at.parts(incident) == CARD_AND_THREAD
        [card] = at.workspace.messages(HERE)
        assert set(at.threads(incident)) == {card["ts"]}
        assert at.workspace.journal.refused() == ()


async def test_a_whole_walk_is_drawn_as_it_goes_and_each_part_once(tmp_path):
    async with house(tmp_path) as at, at.drawing():
        incident = await at.open()
        await at.drawn(incident)
        assert at.parts(incident) == ["card", "checks"]
        other = await at.started()
        for step in (1, 2, 3):
            await at.confirm(other, step)
            await at.drawn(other)
        await at.change(other)
        await at.drawn(incident, other)
        steps = ["step:1:1", "step:1:2", "step:1:3"]
        assert at.parts(other) == ["card", "checks", "ranking", *steps, "summary:1"]
        assert at.parts(incident) == ["card", "checks"]
        assert at.workspace.journal.refused() == ()


async def test_one_round_trip_for_the_card_and_one_for_the_rest(tmp_path):
    slow = replace(FREE, latency=0.15)
    async with house(tmp_path, slow) as at:
        # Without TLS, what goes out on a new connection holds up the next.
        await asyncio.gather(*(at.slack.call("auth.test") for _ in range(4)))
        incident = await at.started()
        async with at.drawing():
            await at.drawn(incident)
        assert at.parts(incident) == CARD_AND_THREAD
        card, *rest = at.calls("chat.postMessage")
        assert len(rest) == 3
        assert all(one.began >= card.began + 0.15 for one in rest)
        first_answer = min(one.began + one.took for one in rest)
        assert all(one.began < first_answer for one in rest)
        assert at.calls("chat.update") == []


async def test_twenty_quick_changes_give_few_calls_and_the_last_is_shown(tmp_path):
    slow = replace(FREE, latency=0.02)
    async with house(tmp_path, slow, wanted=scripted("card"), pace=Pace(4, 2)) as at:
        async with at.drawing():
            incident = await at.open()
            await at.drawn(incident)
            for _ in range(20):
                seq = await at.change(incident)
            await at.drawn(incident)
        assert at.seen(incident) == [("card", f"card at {seq}")]
        assert len(at.calls("chat.update")) <= 8
        assert (await at.store.head(incident)).seq == seq


async def test_nothing_is_called_when_nothing_changed(tmp_path):
    def still(state, events):
        return [says("card", "always the same")]

    async with house(tmp_path, wanted=still) as at, at.drawing():
        incident = await at.open()
        await at.drawn(incident)
        await at.change(incident)
        await at.drawn(incident)
        at.service.bells.drawing.ring(incident)
        await asyncio.sleep(0.05)
        assert len(at.calls()) == 1


async def test_a_change_and_back_while_waiting_for_leave_calls_nothing(tmp_path):
    def sides(state, events):
        return [says("card", state.status.value)]

    async with house(tmp_path, wanted=sides, pace=Pace(2, 1)) as at, at.drawing():
        incident = await at.open()
        await at.drawn(incident)
        await at.change(incident)
        await at.drawn(incident)
        await at.change(incident)
        await asyncio.sleep(0.02)
        await at.change(incident)
        await at.drawn(incident)
        assert at.seen(incident) == [("card", "resolved")]
        assert len(at.calls("chat.update")) == 1


async def test_a_restart_with_everything_drawn_makes_no_call(tmp_path):
    async with house(tmp_path) as at:
        async with at.drawing():
            incident = await at.started()
            await at.drawn(incident)
        before = len(at.calls())
        async with at.drawing():
            at.service.bells.drawing.ring(incident)
            await asyncio.sleep(0.05)
        assert len(at.calls()) == before


async def test_what_changed_while_nobody_drew_is_drawn_at_the_next_start(tmp_path):
    async with house(tmp_path, wanted=scripted("card", "checks")) as at:
        async with at.drawing():
            incident = await at.open()
            await at.drawn(incident)
        seq = await at.change(incident)
        await at.service.bells.drawing.wait(0)  # the bell is lost with the process
        async with at.drawing():
            await at.drawn(incident)
        assert [text for _, text in at.seen(incident)] == [
            f"card at {seq}",
            f"checks at {seq}",
        ]


async def test_a_change_of_which_nobody_was_told_is_drawn_after_a_rest(tmp_path):
    pauses = Pauses(rest=0.05, late=0.0)
    async with house(tmp_path, wanted=scripted("card"), pauses=pauses) as at:
        async with at.drawing():
            incident = await at.open()
            await at.drawn(incident)
            # As when a handler is cancelled before it hears that its change was kept.
            stale = await at.service.load(incident)
            command = Resolve("Done.", anyway=True)
            state = await at.service.change(incident, command, by=OPENER)
            await at.drawn(incident)
            at.service.memory.forget(incident)
            at.service.memory.keep(stale)
            await at.store.commit(await _next_change(at, state))
            await at.drawn(incident, within=1.0)
            seq = (await at.store.head(incident)).seq
            assert seq > state.seq
        assert at.seen(incident) == [("card", f"card at {seq}")]


async def _next_change(at, state):
    """Return the batch of a change that the service did not make."""
    from_here = at.service.memory
    from_here.forget(state.id)
    kept = []

    async def commit(change, told):
        kept.append(change)
        raise asyncio.CancelledError

    real_commit, at.store.commit = at.store.commit, commit
    try:
        await at.service.change(state.id, Reopen("Again."), by=OPENER)
    except asyncio.CancelledError:
        pass
    finally:
        at.store.commit = real_commit
    return kept[0]


async def test_a_part_that_is_no_longer_wanted_keeps_nobody_waiting(tmp_path):
    def fickle(state, events):
        parts = ("card", "checks") if state.status == "open" else ("card", "late")
        return [says(part, part) for part in parts]

    async with house(tmp_path, wanted=fickle) as at, at.drawing():
        at.workspace.faults.add(
            Fault(
                "chat.postMessage",
                DropAfter(),
                when=lambda: at.parts("INC-1") == ["card"],
            )
        )
        at.workspace.faults.add(Fault("conversations.replies", DropAfter(), times=None))
        incident = await at.open()
        await at.workspace.wait_for(lambda: at.calls("conversations.replies"))
        await at.change(incident)
        await at.drawn(incident)
        assert at.parts(incident) == ["card", "checks", "late"]


def rests(drawer):
    """Return a question whether the drawer does nothing, and looks at nothing."""

    async def does() -> bool:
        return (drawer._busy, drawer._looking) == (set(), {})

    return does


async def test_a_page_that_cannot_be_rendered_does_not_stop_the_others(tmp_path):
    def fails_for_one(state, events):
        if state.id == "INC-1":
            raise ZeroDivisionError
        return [says("card", state.id)]

    async with house(tmp_path, wanted=fails_for_one) as at, at.drawing() as drawer:
        broken, well = await at.open(), await at.open()
        await at.drawn(well)
        assert (at.parts(broken), at.parts(well)) == ([], ["card"])
        assert await at.store.behind(10) == [broken]
        await until(rests(drawer))


async def test_a_normal_incident_provokes_no_429_with_default_limits(tmp_path):
    settings = WorkspaceSettings(limits=Limits())
    async with house(tmp_path, settings, pace=Pace(), wide=Pace(50 / 60, 40)) as at:
        async with at.drawing():
            incident = await at.started()
            await at.drawn(incident)
            await at.confirm(incident, 1)
            await at.change(incident)
            await at.change(incident)
            await at.drawn(incident, within=8.0)
        assert at.workspace.journal.refused() == ()
        assert len(at.calls("chat.postMessage")) == 6


async def test_many_incidents_of_one_channel_stay_within_its_limits(tmp_path):
    limits = Limits(posts_per_second=20, post_burst=5)
    settings = WorkspaceSettings(limits=limits)
    async with house(tmp_path, settings, pace=Pace(20, 2), wide=Pace(1, 40)) as at:
        async with at.drawing():
            incidents = [await at.started() for _ in range(4)]
            await at.drawn(*incidents)
        assert at.workspace.journal.refused() == ()
        for incident in incidents:
            assert at.parts(incident) == CARD_AND_THREAD


async def test_easels_and_looks_do_not_pile_up(tmp_path, monkeypatch):
    monkeypatch.setattr("handlers.reconcile.MANY", 3)
    async with house(tmp_path, wanted=scripted("card")) as at:
        async with at.drawing() as drawer:
            incidents = [await at.open() for _ in range(12)]
            await at.drawn(*incidents)
            await until(rests(drawer))
            assert len(drawer._easels) <= 3
            seq = await at.change(incidents[0])
            await at.drawn(incidents[0])
        assert at.seen(incidents[0]) == [("card", f"card at {seq}")]


@pytest.mark.parametrize("when", ["posting", "waiting for leave", "in trouble"])
async def test_stop_is_quick_and_leaves_no_task_behind(tmp_path, when):
    slow = replace(FREE, latency=3.0 if when == "posting" else 0.0)
    pace = Pace(0.01, 1) if when == "waiting for leave" else Pace(100, 100)
    async with house(tmp_path, slow, pace=pace) as at:
        if when == "in trouble":
            at.workspace.faults.outage(500)
        drawer = at.reconciler()
        running = asyncio.create_task(drawer.run())
        for _ in range(3):
            await at.started()
        await asyncio.sleep(0.05)
        async with asyncio.timeout(2.5):  # sooner than what it was about would end
            await drawer.stop()
        await at.started()  # the bot's other half has not stopped yet
        await asyncio.sleep(0.01)
        left = [t for t in asyncio.all_tasks() if t.get_name().startswith("draw/")]
        assert left == []
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
