"""Rows with absurd values in clear columns stop nothing of the other incidents.

tests/store/test_store_absurd.py tries every column of every table; here is the whole
bot beside them, as it runs and as it starts.
"""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest
from serving_house import HERE, ROBIN, served, world
from structlog.testing import capture_logs

from bot.app import now
from bot.core.incident.commands import Open
from bot.core.report import Report
from bot.store.rows import UNSTORED, Drawing, Notice, TransitionRow
from tests.fakes.slack_calls import until

WHOLE, BROKEN = HERE, "C0GEN"
LATE, EARLY = "9223372036854775807", "-9223372036854775808"
ODD = "'U1> <!channel> \u202e' || incident"
TIMES, WORDS = (LATE, EARLY, "-1"), ("CAST(x'ff3c21' || incident AS TEXT)", ODD)
FREE = tuple(one.replace("incident", "rowid") for one in WORDS)

CASES = [
    *(("heads", one, WORDS) for one in ("incident", "channel", "room_mac", "status")),
    *(("heads", one, TIMES) for one in ("opened_at", "moved_at")),
    ("heads", "seq", (LATE, "seq + 5")),
    ("heads", "drawn_seq", (EARLY,)),
    *(("events", one, WORDS) for one in ("by", "kind")),
    ("events", "at", TIMES),
    ("wakes", "at", TIMES),
    ("wakes", "incident", WORDS),
    *(("drawings", one, WORDS) for one in ("channel", "ts", "thread_ts", "reason")),
    ("drawings", "at", TIMES),
    *(("notices", one, FREE) for one in ("channel", "person", "thread_ts")),
    *(("notices", one, TIMES) for one in ("at", "expires")),
    ("notices", "id", (LATE,)),
    *(("transitions", one, FREE) for one in ("room_mac", "kind", "source")),
    *(("transitions", one, TIMES) for one in ("at", "joined_at")),
]
OF_INCIDENTS = ("heads", "events", "wakes", "drawings")


async def with_rows(loops, number):
    """Open an incident that has a row in each table; return its id."""
    store, room, at = loops.bot.store, f"room-{number}", now()
    opening = Open(Report(room=room), BROKEN)
    incident = await loops.bot.service.open(opening, by=ROBIN, receipt=None)
    await store.wake(incident, at + timedelta(hours=1))
    shown = Drawing(incident, "odd", BROKEN, "1.2", None, "x", "drawn", None, at)
    await store.keep_drawing(shown)
    later = at + timedelta(hours=1)
    await store.add_notice(Notice(UNSTORED, BROKEN, ROBIN, None, "so", at, later))
    move = TransitionRow(room, room, "al", "s", "joined", "", at, "poll", None)
    await store.add_transitions([move])
    return incident


def spoil(path, incident, case, value):
    """Put a value there as somebody would who has the file."""
    table, column, _ = case
    of_incident = table in {"heads", "events", "wakes", "drawings"}
    last = f"rowid = (SELECT max(rowid) FROM {table})"  # noqa: S608
    row = f"incident = '{incident}'" if of_incident else last
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as database:
        triggers = "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
        for (name,) in database.execute(triggers).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(f"UPDATE {table} SET {column} = {value} WHERE {row}")  # noqa: S608


async def the_other_is_worked(workspace, loops, new):
    """It is listed, swept, woken, changed and shown, and so is a new one."""
    command, store = workspace.command, loops.bot.store
    await loops.bot.engine._sweep()
    listed = (await command(ROBIN, WHOLE, "/triage", "list")).message["text"]
    assert "green" in listed
    assert "<!channel>" not in listed
    told = await command(ROBIN, WHOLE, "/triage", "status")
    assert "Open" in told.message["text"]
    (green,) = [one for one in await store.heads(limit=999) if one.room == "green"]
    await store.wake(green.incident, now())
    loops.bot.service.bells.timers.ring()

    async def woken():
        return green.incident not in await store.due(now(), 999)

    await until(woken)
    shown = len(workspace.messages(WHOLE))
    await command(ROBIN, WHOLE, "/triage", new)
    await workspace.wait_for(lambda: len(workspace.messages(WHOLE)) > shown, 20)


@pytest.mark.parametrize("of_incidents", [True, False])
async def test_the_others_are_listed_swept_woken_and_shown(tmp_path, of_incidents):
    cases = [one for one in CASES if (one[0] in OF_INCIDENTS) is of_incidents]
    values = [(case, value) for case in cases for value in case[2]]
    async with world(tmp_path) as (workspace, settings):
        with capture_logs() as lines:
            async with served(workspace, settings) as loops:
                for number, (case, value) in enumerate(values):
                    incident = await with_rows(loops, number)
                    spoil(settings.database, incident, case, value)
                await workspace.command(ROBIN, WHOLE, "/triage", "green bob")
                await the_other_is_worked(workspace, loops, "red al")
            async with served(workspace, settings) as loops:  # and as it starts
                await the_other_is_worked(workspace, loops, "white al")
    assert [one for one in lines if one["event"] == "loop.failed"] == []
    told = {one["table"] for one in lines if one["event"] == "row.broken"}
    assert told >= ({"heads", "wakes"} if of_incidents else {"notices"})
