import asyncio
import time

from engine_story import ANN, House

from bot.core.incident.commands import Start
from bot.engine.bell import Bell, Waiting
from bot.engine.foreground import BREATH, SPACING, Foreground
from bot.engine.memory import Memory
from bot.engine.rows import (
    event_rows,
    events_from,
    head_of,
    transition_from,
    transition_row,
)
from tests.fakes.scripted import CALM
from tests.fakes.world import NOON, FakeTransitions, Move


async def test_a_bell_tells_what_changed_once_each_in_order():
    bell = Bell()
    for incident in ("a", "b", "a"):
        bell.ring(incident)
    assert await bell.wait(1) == ("a", "b")
    assert await bell.wait(0) == ()


async def test_a_ring_without_an_incident_wakes_and_names_none():
    bell = Bell()
    bell.ring()
    began = time.monotonic()
    assert await bell.wait(5) == ()
    assert time.monotonic() - began < 1


async def test_a_ring_while_somebody_waits_wakes_them():
    bell = Bell()
    waiting = asyncio.create_task(bell.wait(5))
    await asyncio.sleep(0)
    bell.ring("a")
    assert await waiting == ("a",)


async def test_waiting_ends_by_itself_and_loses_no_ring():
    bell = Bell()
    assert await bell.wait(0.01) == ()
    bell.ring("a")
    assert await bell.wait(0) == ("a",)


async def test_who_stops_waiting_takes_no_ring_along():
    bell = Bell()
    waiting = asyncio.create_task(bell.wait(5))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    bell.ring("a")
    assert await bell.wait(0) == ("a",)


def waiting_in(**rooms):
    waiting = Waiting()
    for incident, room in rooms.items():
        waiting.add(incident, room)
    return waiting


def test_of_what_is_taken_and_let_go_only_who_waits_in_that_room_is_told():
    waiting = waiting_in(a="blue", b="red", c="blue")
    assert waiting.taken("x", "blue") == ("a", "c")
    waiting.add("a", "blue")
    assert waiting.let_go("x") == ("a",)
    assert waiting.taken("y", "red") == ("b",)


def test_each_is_told_once_unless_it_waits_again():
    waiting = waiting_in(a="blue")
    assert waiting.taken("x", "blue") == ("a",)
    assert waiting.let_go("x") == ()


def test_of_an_act_from_before_the_start_everybody_is_told_that_it_ended():
    assert waiting_in(a="blue", b="red").let_go("x") == ("a", "b")


def test_who_waits_no_more_is_not_told():
    waiting = waiting_in(a="blue", b="blue")
    waiting.leave("a")
    waiting.leave("c")
    assert waiting.taken("x", "blue") == ("b",)


async def test_background_work_goes_on_when_nobody_is_served():
    await Foreground(patience=60).quiet()


async def test_background_work_stands_back_until_the_last_request_is_served():
    foreground, done = Foreground(patience=60), []

    async def work():
        await foreground.quiet()
        done.append(True)

    with foreground.serving():
        with foreground.serving():
            task = asyncio.create_task(work())
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.01)
        assert done == []
    await task
    assert done == [True]


async def test_a_stream_of_requests_cannot_starve_the_background():
    foreground = Foreground(patience=0.01)
    with foreground.serving():
        await foreground.quiet()


async def test_patience_counts_from_when_somebody_began_to_wait():
    foreground, now = Foreground(patience=60), asyncio.get_running_loop().time()
    with foreground.serving():
        await foreground.quiet(since=now - 60)


async def lined_up(foreground, number):
    """Let so many wait in the line; return who went, in the order that they did."""
    went = []

    async def work(name):
        await foreground.quiet()
        went.append(name)

    tasks = [asyncio.create_task(work(name)) for name in range(number)]
    await asyncio.sleep(0)
    return went, tasks


async def test_those_who_stand_back_go_in_turn_when_it_is_quiet():
    foreground = Foreground(patience=60)
    with foreground.serving():
        went, tasks = await lined_up(foreground, 5)
        await asyncio.sleep(0.03)
        assert went == []
    await asyncio.gather(*tasks)
    assert went == [0, 1, 2, 3, 4]


async def test_in_a_quiet_moment_they_draw_breath_between_them():
    foreground = Foreground(patience=60)
    with foreground.serving():
        _, tasks = await lined_up(foreground, 6)
        began = time.monotonic()
    await asyncio.gather(*tasks)
    assert time.monotonic() - began >= 5 * BREATH


async def test_a_request_that_breaks_the_quiet_holds_up_those_who_have_not_gone():
    foreground = Foreground(patience=60)
    with foreground.serving():
        went, tasks = await lined_up(foreground, 5)
    await tasks[0]
    with foreground.serving():
        gone = len(went)
        await asyncio.sleep(10 * BREATH)
        assert len(went) == gone < 5
    await asyncio.gather(*tasks)


async def test_those_whose_patience_ends_go_one_after_another():
    foreground = Foreground(patience=0.01)
    with foreground.serving():
        began = time.monotonic()
        went, tasks = await lined_up(foreground, 4)
        await asyncio.gather(*tasks)
    assert went == [0, 1, 2, 3]
    assert time.monotonic() - began >= 3 * SPACING


async def test_who_leaves_the_line_holds_nobody_up():
    foreground = Foreground(patience=60)
    with foreground.serving():
        went, tasks = await lined_up(foreground, 3)
        tasks[0].cancel()
        await asyncio.sleep(0)
    await asyncio.gather(*tasks[1:])
    assert went == [1, 2]


async def test_a_line_that_everybody_left_is_at_its_end():
    foreground = Foreground(patience=60)
    with foreground.serving():
        _, tasks = await lined_up(foreground, 2)
        for task in tasks:
            task.cancel()
        await asyncio.sleep(0.03)
    await asyncio.sleep(0.03)
    await foreground.quiet()


async def test_a_request_that_fails_is_served_too():
    foreground = Foreground(patience=60)
    try:
        with foreground.serving():
            raise KeyError
    except KeyError:
        await foreground.quiet()


async def states(house, number):
    incidents = [await house.opened() for _ in range(number)]
    return [await house.state(incident) for incident in incidents]


async def test_the_memory_forgets_what_was_used_longest_ago(house):
    one, two, three = await states(house, 3)
    memory = Memory(limit=2)
    memory.keep(one)
    memory.keep(two)
    assert memory.get(one.id) is one
    memory.keep(three)
    assert [memory.get(s.id) for s in (one, two, three)] == [one, None, three]


async def test_the_memory_keeps_the_later_of_two_states(house):
    (before,) = await states(house, 1)
    after = await house.service.change(before.id, Start(CALM), by=ANN)
    memory = Memory()
    memory.keep(before)
    memory.keep(after)
    memory.keep(before)
    assert memory.get(before.id).seq == after.seq
    memory.forget(before.id)
    memory.forget(before.id)
    assert memory.get(before.id) is None


async def test_an_incident_is_the_same_from_the_memory_and_from_the_store(store):
    house = House(store)
    async with house.running():
        await house.opened()
        await house.ready()
        known = await house.state()
    events = await house.service.events(known.id)
    links = await store.links(known.id)
    assert events_from(event_rows(known.id, events), links) == events
    house.restart()
    assert await house.state() == known
    head = await store.head(known.id)
    assert head == head_of(known)
    assert events[0].by == ANN


def test_a_transition_is_the_same_from_its_row():
    move = FakeTransitions().put(Move.LEFT, "PA_1", NOON, reason="closed")
    assert transition_from(transition_row(move)) == move
