"""Pacing on a loop whose clock jumps: never too fast, nobody lost, presses first."""

import asyncio
import selectors
from collections.abc import Coroutine

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers import pacing
from handlers.pacing import Bucket, Pace, Pacing, Urgency

NEW, PRESS, REFRESH = Urgency.NEW, Urgency.PRESS, Urgency.REFRESH
POST, UPDATE, SEARCH = "chat.postMessage", "chat.update", "conversations.history"


class JumpingClock(selectors.DefaultSelector):
    """Instead of waiting, lets the loop's time jump to when something is due."""

    now = 1_000.0

    def select(self, timeout=None):
        assert timeout is not None, "everybody waits, and nothing will ever happen"
        self.now += timeout
        return super().select(0)


def instantly(main: Coroutine):
    """Run on a loop that never really waits."""
    clock = JumpingClock()

    def loop():
        made = asyncio.SelectorEventLoop(clock)
        made.time = lambda: clock.now
        return made

    with asyncio.Runner(loop_factory=loop) as runner:
        return runner.run(main)


def clock() -> float:
    return asyncio.get_running_loop().time()


async def taker(bucket, urgency, granted):
    began = clock()
    await bucket.take(urgency)
    granted.append((clock(), urgency, began))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "take", "cancel", "close"]),
        st.floats(0, 3),
        st.sampled_from(list(Urgency)),
        st.integers(0, 30),
    ),
    max_size=40,
)


async def _acted(acts, pace):
    bucket, granted, closed, tasks = Bucket(pace), [], [], []
    for act, pause, urgency, number in acts:
        await asyncio.sleep(pause)
        if act == "take":
            tasks.append(asyncio.create_task(taker(bucket, urgency, granted)))
        elif act == "close":
            bucket.close(pause)
            closed.append((clock(), clock() + pause))
        elif tasks:
            tasks[number % len(tasks)].cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    left = sum(isinstance(one, asyncio.CancelledError) for one in ended)
    return granted, closed, len(tasks) - left, bucket


@settings(max_examples=60, deadline=None)
@given(ACTS, st.floats(0.2, 5), st.integers(1, 6))
def test_it_is_never_too_fast_and_loses_nobody(acts, rate, burst):
    granted, closed, stayed, bucket = instantly(_acted(acts, Pace(rate, burst)))
    assert len(granted) == stayed
    times = [at for at, _, _ in granted]
    for first, start in enumerate(times):
        for count, end in enumerate(times[first:], 1):
            assert count <= rate * (end - start) + burst + 1e-6
    for start, end in closed:
        assert not [at for at in times if start < at < end - 1e-9]
    assert bucket._waiting == []


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(list(Urgency)), max_size=20), st.integers(1, 4))
def test_the_most_urgent_go_first_and_equals_in_their_order(urgencies, burst):
    async def main():
        bucket, granted = Bucket(Pace(1, burst)), []
        for _ in range(burst):
            await bucket.take(NEW)
        tasks = [
            asyncio.create_task(_named(bucket, urgency, number, granted))
            for number, urgency in enumerate(urgencies)
        ]
        await asyncio.gather(*tasks)
        return granted

    granted = instantly(main())
    assert granted == sorted(granted)
    assert len(granted) == len(urgencies)


async def _named(bucket, urgency, number, granted):
    await bucket.take(urgency)
    granted.append((urgency, number))


@pytest.mark.parametrize("many", [1, 20])
def test_those_who_gave_up_take_nothing_from_those_who_wait(many):
    async def main():
        bucket, granted = Bucket(Pace(1, 1)), []
        await bucket.take(NEW)
        began = clock()
        crowd = [asyncio.create_task(bucket.take(PRESS)) for _ in range(many)]
        last = asyncio.create_task(taker(bucket, REFRESH, granted))
        await asyncio.sleep(0.5)
        for one in crowd:
            one.cancel()
        await last
        return granted[0][0] - began

    assert instantly(main()) == pytest.approx(1, abs=0.01)


def test_whoever_is_cancelled_with_the_leave_in_hand_gives_it_back():
    async def main():
        bucket, granted = Bucket(Pace(1, 1)), []
        await bucket.take(NEW)
        holder = asyncio.create_task(bucket.take(NEW))
        other = asyncio.create_task(taker(bucket, NEW, granted))
        await asyncio.sleep(0)
        began = clock()
        bucket._tokens = 1.0
        bucket._serve()
        holder.cancel()
        await other
        return granted[0][0] - began

    assert instantly(main()) == 0


def test_a_burst_then_one_a_second():
    async def main():
        bucket, granted = Bucket(Pace()), []
        began = clock()
        await asyncio.gather(*(taker(bucket, NEW, granted) for _ in range(7)))
        return [round(at - began, 2) for at, _, _ in granted]

    assert instantly(main()) == [0, 0, 0, 0, 1, 2, 3]


def test_a_429_shuts_the_bucket_shrinks_its_burst_and_it_grows_back():
    async def burst_after(bucket, quiet):
        await asyncio.sleep(quiet)
        granted = []
        tasks = [asyncio.create_task(taker(bucket, NEW, granted)) for _ in range(9)]
        await asyncio.sleep(0.001)
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return len(granted)

    async def main():
        bucket = Bucket(Pace(1, 4))
        bucket.close(7)
        began, granted = clock(), []
        await taker(bucket, PRESS, granted)
        waited = round(granted[0][0] - began, 2)
        halved = await burst_after(bucket, 20)
        grown = await burst_after(bucket, 61)
        for _ in range(3):
            bucket.close(1)
        least = await burst_after(bucket, 30)
        # Nobody looks at it for ten minutes: it has grown all the same.
        return waited, halved, grown, least, await burst_after(bucket, 600)

    assert instantly(main()) == (7, 2, 3, 1, 4)


def test_a_shorter_429_does_not_open_what_a_longer_one_shut():
    async def main():
        bucket, granted = Bucket(Pace()), []
        began = clock()
        bucket.close(10)
        bucket.close(1)
        await taker(bucket, PRESS, granted)
        return granted[0][0] - began

    assert instantly(main()) == pytest.approx(10, abs=0.01)


async def _takes(pacer, method, channels):
    began = clock()
    await asyncio.gather(*(pacer.take(method, c, NEW) for c in channels))
    return clock() - began


def test_channels_and_methods_do_not_wait_for_each_other():
    async def main():
        pacer = Pacing(Pace(1, 1))
        pacer.close(POST, "C1", 30)
        other_channel = await _takes(pacer, POST, ["C2", "C3"])
        other_method = await _takes(pacer, UPDATE, ["C1"])
        return other_channel, other_method, await _takes(pacer, POST, ["C1"])

    free, updates, shut = instantly(main())
    assert (free, updates) == (0, 0)
    assert shut == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize("method", [UPDATE, SEARCH])
def test_what_slack_counts_in_the_workspace_is_paced_there(method):
    async def main():
        pacer = Pacing(Pace(1, 4), Pace(0.5, 3))
        return await _takes(pacer, method, [f"C{n}" for n in range(6)])

    assert instantly(main()) == pytest.approx(6, abs=0.05)


def test_a_press_overtakes_the_refreshes_of_other_channels():
    async def main():
        pacer, granted = Pacing(Pace(1, 4), Pace(1, 1)), []
        await pacer.take(UPDATE, "C0", REFRESH)

        async def call(channel, urgency):
            await pacer.take(UPDATE, channel, urgency)
            granted.append(channel)

        tasks = [asyncio.create_task(call(f"C{n}", REFRESH)) for n in range(1, 5)]
        await asyncio.sleep(0)
        await asyncio.gather(*tasks, call("C9", PRESS))
        return granted

    assert instantly(main())[0] == "C9"


def test_buckets_of_quiet_channels_are_forgotten_and_busy_ones_kept(monkeypatch):
    monkeypatch.setattr(pacing, "_MANY", 5)

    async def main():
        pacer = Pacing(Pace(1, 1))
        pacer.close(POST, "busy", 500)
        for number in range(50):
            await pacer.take(POST, f"C{number}", NEW)
            await asyncio.sleep(2)
        return len(pacer._buckets), (POST, "busy") in pacer._buckets

    many, kept = instantly(main())
    assert many <= 6
    assert kept
