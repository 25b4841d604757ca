"""Several people, and the same thing told twice: one incident, one winner."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from rehearsal.slack.faults import DropAfter, Duplicate, Fault
from rehearsal.slack.workspace import PressOptions
from rehearsal.stagehands import House
from tests.e2e.houses import begun, cards, parts, play, seat_of, sight_of, whispered

pytestmark = pytest.mark.e2e

ROBIN, SAM, GUEST, OUTSIDER = "U0RESP", "U0SECOND", "U0GUEST", "U0EXT"
TO_STEP_2 = 7
"""So many acts of the script bring the incident to the button of step 2."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with begun(tmp_path) as one:
        yield one


async def _form_sent_twice(house: House) -> None:
    seat = seat_of(house, ROBIN)
    await house.workspace.command(ROBIN, house.channel, "/triage")
    await seat.until(lambda: house.workspace.views(ROBIN), "the form")
    await seat.choose("room", house.scenario.room)
    house.workspace.faults.add(Fault("delivery.interactive", Duplicate()))
    await seat.submit("words", "She cannot get back in.")


async def test_whatever_is_told_twice_happens_once(house: House) -> None:
    await _form_sent_twice(house)
    seat, sight = seat_of(house, ROBIN), sight_of(house)
    house.workspace.faults.add(Fault("delivery.interactive", Duplicate()))
    await seat.press(lambda: sight.button("Start"), "Start")
    await seat.until(lambda: sight.step_button(1, "Skip"), "step 1")
    for _ in range(2):
        house.workspace.faults.add(Fault("delivery.slash_commands", Duplicate()))
    await house.workspace.command(
        ROBIN, house.channel, "/triage", f'"{house.scenario.room}"'
    )
    await seat.until(lambda: len(cards(house)) > 1, "the second card")
    await house.workspace.settled()
    assert len(cards(house)) == 2
    assert sorted(parts(house)).count("card") == 2
    assert parts(house).count("step:1:2") == 0


async def test_who_gets_no_answer_looks_before_they_type_again(house: House) -> None:
    house.workspace.faults.add(Fault("delivery.slash_commands", DropAfter()))
    seat = seat_of(house, ROBIN)
    await seat.type(f'"{house.scenario.room}"', lambda: cards(house))
    await house.workspace.settled()
    assert len(cards(house)) == 1
    sent = house.workspace.journal.deliveries()
    assert sum("command" in one.arguments for one in sent) == 1


async def test_of_two_people_one_wins_and_the_other_reads_who(house: House) -> None:
    await play(house, 0, 2)
    button = sight_of(house).button("Start")
    how: PressOptions = {"block_id": button.block_id}
    pressed = [
        house.workspace.press(user, button.ts, button.action_id, **how)
        for user in (ROBIN, SAM)
    ]
    assert all(told.ok for told in await asyncio.gather(*pressed))
    seat = seat_of(house, ROBIN)
    told = {user: lambda user=user: whispered(house, user) for user in (ROBIN, SAM)}
    await seat.until(lambda: told[ROBIN]() or told[SAM](), "what the loser is told")
    await house.workspace.settled()
    loser, winner = (ROBIN, SAM) if told[ROBIN]() else (SAM, ROBIN)
    assert f"<@{winner}>" in told[loser]()
    assert told[winner]() == ""
    await seat.until(lambda: "step:1:1" in parts(house), "the first step")
    assert parts(house).count("step:1:1") == 1


async def test_a_guest_is_refused_with_a_reason(house: House) -> None:
    await play(house, 0, 2)
    sight, before = sight_of(house), len(cards(house))
    answer = await house.workspace.command(
        GUEST, house.channel, "/triage", f'"{house.scenario.room}"'
    )
    assert "guest" in str(answer.message).lower()
    button = sight.button("Start")
    await house.workspace.press(
        GUEST, button.ts, button.action_id, block_id=button.block_id
    )
    seat = seat_of(house, GUEST)
    await seat.until(lambda: "guest" in whispered(house, GUEST).lower(), "a reason")
    assert sight.button("Start")
    assert len(cards(house)) == before


async def test_somebody_of_another_company_is_refused_with_a_reason(
    house: House,
) -> None:
    shared = next(c.id for c in house.workspace.channels.values() if c.is_ext_shared)
    answer = await house.workspace.command(
        OUTSIDER, shared, "/triage", f'"{house.scenario.room}"'
    )
    assert "People of another workspace cannot do that." in str(answer.message)
    assert [m for m in house.workspace.messages(shared) if m.get("bot_id")] == []
