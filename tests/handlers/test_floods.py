"""More is asked by all together than is taken: over signed bytes and the real Bolt."""

import asyncio
from dataclasses import replace

import pytest
from desk_house import FREE, HERE, ROBIN, SAM, house

from handlers.crowd import Crowd, Limits
from rehearsal.slack.settings import DEFAULT_CHANNELS as CHANNELS
from rehearsal.slack.settings import DEFAULT_PEOPLE, Person

TOGETHER = 5
"""What may be asked in a minute by everybody; each alone may ask more than that."""
MANY = tuple(f"U0FLOOD{number}" for number in range(4 * TOGETHER))
FIRST = "step:1:1"


@pytest.fixture
async def at(tmp_path):
    people = tuple(Person(one, one.lower(), one, "", "777777") for one in MANY)
    channels = tuple(replace(one, members=(*one.members, *MANY)) for one in CHANNELS)
    settings = replace(FREE, people=(*DEFAULT_PEOPLE, *people), channels=channels)
    crowd = Crowd(Limits(person=10 * TOGETHER, workspace=TOGETHER))
    async with house(tmp_path, settings=settings, crowd=crowd) as up:
        yield up


async def flood(at, words="{} alice"):
    """Have each of many people type one command, all at once; return who was told."""
    asking = {one: words.format(one) for one in MANY}
    typing = (
        at.workspace.command(one, HERE, "/triage", text) for one, text in asking.items()
    )
    answers = await asyncio.gather(*typing)
    assert all(answer.ok for answer in answers)
    told = zip(MANY, answers, strict=True)
    return {one: said.message["text"] for one, said in told if said.message}


def says_why(told):
    return (
        told.startswith("Everybody together asks for more than I can take at once")
        and "nothing of this was done" in told
        and "Try again in" in told
    )


async def test_of_a_flood_by_many_people_what_was_taken_is_kept_and_the_rest_told(at):
    refused = await flood(at)
    taken = set(MANY) - set(refused)
    assert TOGETHER <= len(taken) <= TOGETHER + 2
    assert all(says_why(told) for told in refused.values())
    assert {head.room for head in await at.incidents()} == taken
    for head in await at.incidents():
        assert (await at.kinds(head.incident))[0] == "incident.opened"


async def test_what_was_acknowledged_before_a_flood_stays_done(at):
    drawn = await at.draw(incident := await at.started())
    assert (await at.press(drawn[FIRST], "triage:confirm")).ok
    before = await at.bodies(incident)
    assert "step.settled" in [body.kind for body in before]
    assert await flood(at)
    assert await at.bodies(incident) == before


async def test_a_press_that_a_flood_keeps_out_changes_nothing_and_says_why(at):
    drawn = await at.draw(incident := await at.started())
    await flood(at, "help")
    before = await at.bodies(incident)
    for user in (ROBIN, SAM):
        assert (await at.press(drawn[FIRST], "triage:confirm", user=user)).ok
        assert says_why(await at.whispered(user))
    assert await at.bodies(incident) == before


async def test_nobody_is_kept_out_for_what_they_asked_alone(at):
    for _ in range(TOGETHER):
        assert "What you can type" in await at.type("help")
    assert says_why(await at.type("help"))
    assert says_why(await at.type("help", user=SAM))
