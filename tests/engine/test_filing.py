import asyncio
import errno
import gc
from datetime import timedelta

import pytest
from engine_story import ANN, House, now
from structlog.testing import capture_logs

from bot.core.evidence import Verdict
from bot.core.incident.commands import Offer, Open, Receive, Resolve
from bot.core.incident.file_events import Offered
from bot.core.report import Report
from bot.engine import engine as engine_module
from bot.engine import service as service_module
from bot.engine.artefacts import Kept
from bot.engine.filing import Filer
from tests.fakes.filing import FakeSource, artefact_of
from tests.fakes.scripted import ROOM


def offered(*ids):
    return tuple(Offered(id=one, name=f"{one}.log") for one in ids)


def files(**content):
    return FakeSource({name: text.encode() for name, text in content.items()})


async def hand_over(house, *ids):
    return await house.service.change("INC-1", Offer(offered(*ids)), by=ANN)


def never_fetched(house):
    """Let fetching begin and never end; return what tells that it began."""
    fetching = asyncio.Event()

    async def never(file, into):
        fetching.set()
        await asyncio.Event().wait()

    house.source.fetch = never
    return fetching


def has_read(count):
    return lambda state: not state.waiting and len(state.artefacts) == count


async def test_a_file_is_fetched_read_and_told_and_the_pages_are_ranked(store):
    house = House(store, source=files(F1="one\ntwo\n"))
    async with house.running():
        await house.opened()
        await house.ranked()
        await hand_over(house, "F1")
        state = await house.until(has_read(1))
        assert state.facts["log.token_rejected"].value == 2
        await house.ranked()
    (asked,) = house.intake.asked
    assert (asked.room, asked.since) == (ROOM, state.opened_at)


async def test_a_file_handed_over_with_the_report_is_read_too(store):
    house = House(store, source=files(F1="one\n"))
    async with house.running():
        command = Open(Report(room=ROOM), "C0HELP", offered("F1"))
        await house.service.open(command, by=ANN, receipt=None)
        await house.until(has_read(1))


async def test_what_cannot_be_fetched_or_read_is_unknown_with_the_reason(store):
    house = House(store, source=files(F1="one\n"))
    async with house.running():
        await house.opened()
        await hand_over(house, "F2")
        state = await house.until(has_read(1))
        assert state.artefacts[0].headline == "It is not there any more."
        house.source.fails = RuntimeError("boom")
        await hand_over(house, "F3")
        state = await house.until(has_read(2))
    last = state.artefacts[-1]
    assert last.headline == "It could not be read (RuntimeError)."
    assert (last.verdict, last.reference) == (Verdict.UNKNOWN, "ref-1")


async def test_where_nothing_can_be_written_it_is_said_what_to_do(store):
    house = House(store, source=files(F1="one\n"))
    async with house.running():
        await house.opened()
        house.source.fails = OSError(errno.ENOSPC, "No space left on device")
        await hand_over(house, "F1", "F2")
        state = await house.until(has_read(2))
    for one in state.artefacts:
        assert one.verdict is Verdict.UNKNOWN
        assert "full or cannot be written to (No space left" in one.headline
        assert "Hand it over again" in one.headline


async def test_where_not_even_a_folder_can_be_made_it_is_said_once_and_not_tried_on(
    store, monkeypatch, tmp_path
):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    house = House(store, source=files(F1="one\n"))
    with capture_logs() as logs:
        async with house.running():
            await house.opened()
            await hand_over(house, "F1", "F2")
            state = await house.until(has_read(2))
    assert all("temporary folder" in one.headline for one in state.artefacts)
    assert "engine.failed" not in [one["event"] for one in logs]
    assert house.source.fetched == []


async def test_a_file_that_waits_is_read_after_a_restart(store):
    house = House(store, source=files(F1="one\n"))
    await house.opened()
    await hand_over(house, "F1")
    house.restart()
    async with house.running():
        await house.until(has_read(1))


async def test_a_death_while_a_file_is_read_begins_with_it_anew(store):
    house = House(store, source=files(F1="one\n"))
    fetching = never_fetched(house)
    task = asyncio.create_task(house.engine.run())
    await house.opened()
    await hand_over(house, "F1")
    async with asyncio.timeout(8):
        await fetching.wait()
    await house.crash(task)
    del house.source.fetch
    house.restart()
    async with house.running():
        await house.until(has_read(1))


async def test_files_are_compared_also_with_those_that_came_before(store):
    house = House(store, source=files(F1="one\n", F2="two\nthree\n", F3="four\n"))
    async with house.running():
        await house.opened()
        await hand_over(house, "F1")
        await house.until(has_read(1))
        await hand_over(house, "F2", "F3")
        state = await house.until(has_read(3))
    assert house.intake.compared == [("F1.log", "F2.log", "F3.log")]
    assert state.facts["counts.differ"].value is True
    assert len(state.artefacts) == 3


async def test_a_reading_that_comes_too_late_is_passed_over(store):
    house = House(store, source=files(F1="one\n"))
    await house.opened()
    await hand_over(house, "F1")
    read = Receive("F1", (artefact_of("F1.log", b"one\n"),))
    await house.service.change("INC-1", read, by=ANN)
    await house.engine._hands.filer.read("INC-1", offered("F1"))
    assert len((await house.state()).artefacts) == 1


async def test_a_file_that_was_taken_is_read_although_the_incident_is_resolved(store):
    house = House(store, source=files(F1="one\n", F2="two\n"))
    held, fetch = asyncio.Event(), house.source.fetch

    async def slow(file, into):
        await held.wait()
        return await fetch(file, into)

    house.source.fetch = slow
    async with house.running():
        await house.opened()
        await hand_over(house, "F1")
        await hand_over(house, "F2")  # while the first one is fetched
        await house.service.change("INC-1", Resolve("Over.", anyway=True), by=ANN)
        held.set()
        await house.until(has_read(2))


async def test_a_resolved_incident_wakes_again_until_its_file_is_read(
    store, monkeypatch
):
    """No sweep finds it, and each process may die while it reads."""
    monkeypatch.setattr(service_module, "BELL_LOST", timedelta(0))
    monkeypatch.setattr(engine_module, "SWEEP", timedelta(seconds=0.2))
    house = House(store, source=files(F1="one\n"))
    await house.opened()
    await hand_over(house, "F1")
    await house.service.change("INC-1", Resolve("Over.", anyway=True), by=ANN)
    fetching = never_fetched(house)
    for _ in range(2):
        house.restart()
        task = asyncio.create_task(house.engine.run())
        async with asyncio.timeout(8):
            await fetching.wait()
        fetching.clear()
        await wakes_later(house)
        await house.crash(task)
    del house.source.fetch
    house.restart()
    async with house.running():
        await house.until(has_read(1))
        await no_wake_is_left(house)


async def wakes_later(house):
    """Wait until the wake that began it was taken and another stands for it."""
    async with asyncio.timeout(8):
        # Nobody tells of a wake.
        while (await house.store.next_due() or now()) <= now():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def no_wake_is_left(house):
    async with asyncio.timeout(8):
        while await house.store.next_due() is not None:  # noqa: ASYNC110  as above
            await asyncio.sleep(0.01)


async def test_checks_may_ask_for_an_incidents_files(store):
    house = House(store, source=files(F1="one\n"))
    kept = Kept(house.service)
    async with house.running():
        await house.opened()
        await hand_over(house, "F1")
        await house.until(has_read(1))
    assert [one.name for one in await kept.of("INC-1")] == ["F1.log"]
    assert await kept.of("INC-9") == ()


async def test_the_last_file_waits_until_all_were_compared(store):
    """Else a crash in between would leave nothing that asks for the comparison."""
    house = House(store, source=files(F1="one\n", F2="two\nthree\n"))
    async with house.running():
        await house.opened()
        await hand_over(house, "F1", "F2")
        await house.until(has_read(2))
        told = [kind for kind in await house.kinds() if kind.startswith("artefact")]
    assert told[1:] == ["artefact.read", "artefacts.compared", "artefact.read"]


async def test_whoever_is_stopped_between_two_files_leaves_nothing_unawaited(
    store, monkeypatch
):
    house = House(store, source=files(F1="one\n", F2="two\n"))
    await house.opened()
    state = await hand_over(house, "F1", "F2")
    telling = asyncio.Event()

    async def slow(*_, **__):
        telling.set()
        await asyncio.Event().wait()

    monkeypatch.setattr(type(house.service), "change", slow)
    filer = Filer(house.service, house.intake, house.source)
    reading = asyncio.create_task(filer.read("INC-1", tuple(state.waiting.values())))
    await telling.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    gc.collect()  # warnings are errors
