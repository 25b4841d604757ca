"""`/triage release`, `rollback` and `backup`, typed by people."""

from dataclasses import replace

import pytest
from desk_house import GALE, HERE, ROBIN, RULES, house

from bot.core.incident.state import Status
from bot.core.policy import Deed
from bot.core.report import Subject
from tests.fakes.releases import knowing

LISTING = """
-rw------- 1 a a 40960 2026-02-27 10:00 cohrtz_blue.db
-rw------- 1 a a 20480 2026-02-27 10:05 cohrtz_secure.db
-rw------- 1 a a   900 2026-02-27 10:06 FlutterSharedPreferences.xml
"""


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        service = up.desk.service
        object.__setattr__(service, "rules", knowing(RULES))
        yield up


async def loaded(at):
    head = (await at.incidents())[0]
    return await at.desk.service.load(head.incident)


async def test_a_release_opens_its_checklist_and_says_nothing(at):
    assert await at.type("release 1.4.0") is None
    state = await loaded(at)
    assert (state.report.about, state.report.version) == (Subject.RELEASE, "1.4.0")
    assert state.run.slug == "release"


async def test_a_release_needs_its_version(at):
    assert "Say which version" in await at.type("release")
    assert "The version does not fit" in await at.type("release " + "1" * 257)
    assert await at.incidents() == []


async def test_a_rollback_takes_the_version_of_the_release_in_the_channel(at):
    assert "Say which version is taken back" in await at.type("rollback")
    await at.type("release 1.4.0")
    assert await at.type("rollback") is None
    state = await loaded(at)
    assert (state.report.about, state.report.version) == (Subject.ROLLBACK, "1.4.0")


async def test_a_rollback_recovers_the_rooms_that_are_named(at):
    await at.type("rollback 1.4.0")
    said = await at.type('rollback rooms blue "R&D west"')
    assert said.startswith("2 rooms are recovered, one each 10 s.")
    assert (await loaded(at)).impacted == ("blue", "R&D west")


async def test_a_rollback_is_not_resolved_before_its_rooms_have_their_incident(at):
    await at.type("rollback 1.4.0")
    await at.type("rollback rooms blue green")
    said = await at.type("resolve All is well.")
    assert "2 of 2 rooms have no incident yet." in said
    assert (await loaded(at)).status is Status.OPEN
    assert await at.type("resolve All is well. anyway") is None
    assert (await loaded(at)).status is Status.RESOLVED


async def test_rooms_are_refused_without_a_rollback_without_names_and_beyond_the_cap(
    at,
):
    assert "No rollback is open here" in await at.type("rollback rooms blue")
    await at.type("release 1.4.0")
    assert "No rollback is open here" in await at.type("rollback rooms blue")
    await at.type("rollback 1.4.0")
    assert "Say which rooms" in await at.type("rollback rooms")
    many = " ".join(f"room{n}" for n in range(11))
    assert "a rollback recovers 10" in await at.type(f"rollback rooms {many}")
    assert (await loaded(at)).impacted == ()
    [refused] = [b for b in await at.bodies() if b.kind == "press.refused"]
    assert (refused.deed, refused.could) == (Deed.POLICY_BOUND, ())
    assert "a rollback recovers 10" in refused.why


async def test_a_guest_recovers_nothing(at):
    await at.type("rollback 1.4.0")
    assert await at.type("rollback rooms blue", user=GALE) is not None
    assert (await loaded(at)).impacted == ()


async def test_a_list_and_a_status_name_the_version(at):
    await at.type("release 1.4.0")
    assert "release 1.4.0" in await at.type("list")
    assert "release 1.4.0" in await at.type("status")
    assert (await at.incidents())[0].channel == HERE


@pytest.mark.parametrize("table", ["heads", "events"])
async def test_one_that_does_not_open_hides_no_other_from_the_list(at, table):
    await at.type("blue")
    await at.type("release 1.4.0")
    broken = (await at.incidents())[0].incident
    spoil = f"UPDATE {table} SET sealed = x'00' WHERE incident = ?"  # noqa: S608

    def spoiled(connection):
        connection.execute("DROP TRIGGER IF EXISTS events_lose_nothing_but_their_words")
        assert connection.execute(spoil, (broken,)).rowcount

    await at.store._writer.submit(spoiled)
    at.desk.service.memory.forget(broken)
    told = await at.workspace.command(ROBIN, HERE, "/triage", "list")
    assert "blue" in told.message["text"]
    assert ("cannot be opened" in told.message["text"]) == (table == "events")


async def test_a_backup_is_explained_without_a_listing(at):
    said = await at.type("backup")
    assert "preferences with install id and salt" in said
    assert "holds every key" in said


async def test_a_pasted_listing_is_judged_and_nothing_is_kept(at):
    said = await at.type(f"backup {LISTING}")
    assert "*The backup: complete*" in said
    assert "*The backup: incomplete*" in await at.type(
        "backup 40960 2026-02-27 10:00 cohrtz_blue.db"
    )
    assert await at.incidents() == []


def test_the_library_of_a_test_is_its_own():
    assert replace(RULES).library is RULES.library
