"""The parent's side of a child, with children that do what the SDK's would not."""

import asyncio
import os
import sys

import pytest

from bot.probe import room_probe
from bot.probe.conversation import Broke, Limits, converse
from bot.probe.lines import Connected, Errand, Heard, Left, Refused, write
from bot.probe.room_probe import FAULTS, MOST_AT_ONCE, ProbeServer, RoomProbe
from bot.world.probe import Ended, ProbeUnavailable, Why
from tests.fakes.tokens import API_KEY, API_SECRET
from tests.fakes.world import ALICE, ROOM, FakeRooms

ERRAND = Errand("ws://x", "token", 0.1)
SOON = Limits(spawn=20.0, over=20.0, grace=5.0)
IN = write(Connected())
PACKET = write(Heard(1e9, ALICE, b"\x08\x03"))
SEND = (
    "import os, sys, time, signal; sys.stdin.readline(); w = lambda b: os.write(1, b)"
)


def child(*lines):
    return (sys.executable, "-c", "\n".join((SEND, *lines)))


def telling(*told):
    return child(*(f"w({line!r})" for line in told))


async def test_what_the_child_heard_comes_back_in_order():
    heard = await converse(
        ERRAND, SOON, telling(IN, PACKET, PACKET, write(Left("time", 3)))
    )
    assert [(one.wire, one.sender) for one in heard.packets] == [
        (b"\x08\x03", ALICE)
    ] * 2
    assert (heard.dropped, heard.ended) == (3, Ended.TIME)


@pytest.mark.parametrize(
    ("why", "ended"),
    [
        ("emptied", Ended.EMPTIED),
        ("participant-removed", Ended.PUT_OUT),
        ("reason-99", Ended.PUT_OUT),
        ("unknown-reason", Ended.LOST),
        ("limit", Ended.LIMIT),
        ("stopped", Ended.FAULT),
    ],
)
async def test_why_it_left_is_told(why, ended):
    heard = await converse(ERRAND, SOON, telling(IN, write(Left(why, 0))))
    assert heard.ended is ended


async def test_a_child_that_is_not_let_in_says_so_without_a_token():
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
    with pytest.raises(ProbeUnavailable) as refused:
        await converse(ERRAND, SOON, telling(write(Refused(f"401 {jwt}"))))
    assert refused.value.why is Why.REFUSED
    assert "401" in str(refused.value)
    assert "eyJ" not in str(refused.value)


@pytest.mark.parametrize(
    "lines",
    [
        ("sys.exit(1)",),
        ("w(b'no json\\n')", "time.sleep(60)"),
        ("w(b'{}\\n')", "time.sleep(60)"),
        ("w(b'x' * 1_000_000)", "time.sleep(60)"),
        ("print('FFI Panic: ', file=sys.stderr)", "os.kill(os.getpid(), 15)"),
        (f"w({PACKET!r})", "time.sleep(60)"),
    ],
)
async def test_a_child_that_breaks_before_it_is_in_is_the_sdks_fault(lines):
    with pytest.raises(Broke):
        await converse(ERRAND, SOON, child(*lines))


async def test_a_child_that_never_gets_in_is_killed():
    hurried = Limits(spawn=0.3, over=1, grace=5)
    with pytest.raises(Broke, match=r"0\.3 s"):
        await converse(ERRAND, hurried, child("time.sleep(60)"))


async def test_a_child_that_panics_in_the_room_leaves_what_it_heard():
    lines = (
        f"w({IN + PACKET!r})",
        "print('FFI Panic: x', file=sys.stderr, flush=True)",
        "os.kill(os.getpid(), 15)",
    )
    heard = await converse(ERRAND, SOON, child(*lines))
    assert (len(heard.packets), heard.ended) == (1, Ended.FAULT)


async def test_a_child_that_does_not_leave_is_killed_though_it_ignores_sigterm(
    tmp_path,
):
    note = tmp_path / "pid"
    lines = (
        f"open({str(note)!r}, 'w').write(str(os.getpid()))",
        "signal.signal(15, signal.SIG_IGN)",
        f"w({IN + PACKET!r})",
        "time.sleep(60)",
    )
    heard = await converse(ERRAND, Limits(20, 0.2, 0.2), child(*lines))
    assert (len(heard.packets), heard.ended) == (1, Ended.FAULT)
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


async def test_a_cancelled_look_leaves_no_child(tmp_path):
    note = tmp_path / "pid"
    lines = (
        f"open({str(note)!r}, 'w').write(str(os.getpid()))",
        f"w({IN!r})",
        "time.sleep(60)",
    )
    look = asyncio.create_task(converse(ERRAND, SOON, child(*lines)))
    async with asyncio.timeout(20):
        while not (note.exists() and note.read_text()):  # noqa: ASYNC110  a file tells nobody
            await asyncio.sleep(0.01)
    look.cancel()
    with pytest.raises(asyncio.CancelledError):
        await look
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)


async def test_a_child_that_talks_without_end_is_cut_off():
    flood = f"while True: w({write(Heard(1e9, None, bytes(60_000)))!r})"
    heard = await converse(ERRAND, SOON, child(f"w({IN!r})", flood))
    assert heard.ended is Ended.LIMIT
    assert sum(len(one.wire) for one in heard.packets) <= 16 * 1024 * 1024


async def test_the_child_gets_neither_token_nor_secrets_in_its_environment(monkeypatch):
    monkeypatch.setenv("TRIAGE_LIVEKIT_API_SECRET", "hidden")
    tell = 'w(b\'{"ev":"refused","words":"%s"}\\n\' % words.encode())'
    words = "words = ' '.join(sorted(os.environ)) + ' '.join(sys.argv)"
    with pytest.raises(ProbeUnavailable) as refused:
        await converse(ERRAND, SOON, child(words, tell))
    assert "TRIAGE" not in str(refused.value)
    assert "token" not in str(refused.value).lower()


@pytest.fixture
def occupied(monkeypatch):
    monkeypatch.setattr(room_probe, "is_installed", lambda: True)
    rooms = FakeRooms()
    rooms.put(ALICE)
    server = ProbeServer("ws://x", API_KEY, API_SECRET)
    return lambda command: RoomProbe(rooms, server, command=command)


async def why_not(probe):
    with pytest.raises(ProbeUnavailable) as none:
        await probe.watch(ROOM, 0.1)
    return none.value.why


async def test_after_three_faults_no_child_is_started(occupied):
    probe = occupied(child("sys.exit(1)"))
    seen = [await why_not(probe) for _ in range(FAULTS + 1)]
    assert seen == [Why.FAULT] * FAULTS + [Why.RESTING]


async def test_a_refusal_is_no_fault_of_the_sdk(occupied):
    probe = occupied(telling(write(Refused("401"))))
    assert {await why_not(probe) for _ in range(FAULTS + 1)} == {Why.REFUSED}


async def test_no_more_than_two_rooms_are_watched_at_once(occupied):
    probe = occupied(child(f"w({IN!r})", "time.sleep(60)"))
    looks = [asyncio.create_task(probe.watch(ROOM, 0.1)) for _ in range(MOST_AT_ONCE)]
    await asyncio.sleep(0)
    assert await why_not(probe) is Why.BUSY
    for look in looks:
        look.cancel()
    await asyncio.gather(*looks, return_exceptions=True)
    assert probe._watching == 0
