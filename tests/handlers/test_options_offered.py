"""Type-ahead: what LiveKit says, what was typed, and neither late."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from bot.errors import UsageError
from bot.world.rooms import RoomsUnreachable
from bot.world.transitions import Move
from handlers import options as module
from handlers.options import SILENT, Offers
from handlers.render import form
from handlers.transitions import RECENT
from tests.fakes.world import FakeRooms, FakeTransitions

T0 = datetime(2026, 11, 20, 3, tzinfo=UTC)


class Rooms(FakeRooms):
    """Counts what it is asked, and waits where it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.slow = 0.0

    async def rooms(self, names=()):
        self.asked += 1
        await asyncio.sleep(self.slow)
        return await super().rooms(names)


@pytest.fixture
def rooms():
    known = Rooms()
    known.put("alice", room="blue")
    known.put("bob", room="red")
    return known


def asked(typed="", action=form.ROOM, room=None):
    chosen = {"selected_option": {"value": room}} if room else {}
    values = {"b": {form.ROOM: chosen}}
    return {
        "action_id": action,
        "value": typed,
        "view": {"state": {"values": values}},
    }


def offers_of(rooms, recorded=()):
    return Offers(rooms, FakeTransitions(list(recorded)), lambda: T0)


def names(offered):
    return [one["value"] for one in offered["options"]]


async def test_letter_by_letter_livekit_is_asked_once(rooms):
    offers = offers_of(rooms)
    for typed in ("b", "bl", "blu"):
        assert "blue" in names(await offers.offer(asked(typed)))
    assert rooms.asked == 1


async def test_what_is_known_grows_old(rooms, monkeypatch):
    offers = offers_of(rooms)
    await offers.offer(asked())
    rooms.put("carol", room="green")
    monkeypatch.setattr(module, "KEPT", 0.0)
    assert "green" in names(await offers.offer(asked()))


async def test_people_of_one_room_are_not_those_of_another(rooms):
    offers = offers_of(rooms)
    blue = await offers.offer(asked(action=form.PARTICIPANT, room="blue"))
    red = await offers.offer(asked(action=form.PARTICIPANT, room="red"))
    assert (names(blue), names(red)) == (["alice"], ["bob"])


async def test_who_was_lost_a_short_while_ago_is_offered_as_well(rooms):
    recorded = FakeTransitions()
    recorded.put(Move.LEFT, "PA_1", T0 - RECENT / 2, identity="lost", room="blue")
    recorded.put(Move.LEFT, "PA_2", T0 - RECENT * 2, identity="gone", room="blue")
    recorded.put(Move.LEFT, "PA_3", T0 - RECENT / 2, identity="else", room="red")
    offers = offers_of(rooms, recorded.record)
    told = await offers.offer(asked(action=form.PARTICIPANT, room="blue"))
    assert names(told) == ["alice", "lost"]


async def test_without_a_room_only_what_was_typed_is_offered(rooms):
    told = await offers_of(rooms).offer(asked("zoe", form.PARTICIPANT))
    assert names(told) == ["zoe"]


async def test_livekits_silence_is_said_over_what_was_typed(rooms):
    rooms.fails = RoomsUnreachable("It is down.")
    told = await offers_of(rooms).offer(asked("gone"))
    [group] = told["option_groups"]
    assert group["label"]["text"] == SILENT
    assert names(group) == ["gone"]


async def test_livekit_is_not_waited_for_beyond_what_slack_waits(rooms, monkeypatch):
    assert module.PATIENCE <= 2.5
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    rooms.slow = 5.0
    offers, began = offers_of(rooms), time.monotonic()
    for typed in ("g", "go", "gon"):
        told = await offers.offer(asked(typed))
        assert names(told["option_groups"][0]) == [typed]
    assert time.monotonic() - began < 1.0
    assert rooms.asked == 1


async def test_only_so_many_rooms_are_remembered(rooms, monkeypatch):
    monkeypatch.setattr(module, "MANY", 2)
    offers = offers_of(rooms)
    for number in range(5):
        rooms.put("alice", room=f"r{number}")
        told = await offers.offer(asked(action=form.PARTICIPANT, room=f"r{number}"))
        assert names(told) == ["alice"]


@pytest.mark.parametrize("typed", [7, ["x"], "x" * 5_000])
async def test_what_is_no_text_is_refused(rooms, typed):
    with pytest.raises(UsageError):
        await offers_of(rooms).offer(asked(typed))
