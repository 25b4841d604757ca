"""`/triage runbook NAME --dry-run`: one person sees it, and nothing else happens."""

import asyncio

import pytest
from desk_house import HERE, ROBIN, SAM, house

from bot.errors import UsageError
from bot.world.rooms import RoomsUnreachable
from handlers.errands import Errands
from handlers.grammar import parse

CANARY = "words of somebody"


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as here:
        yield here


def whispers(at, user):
    return [m["text"] for m in at.workspace.ephemerals(user)]


async def told(at, user=ROBIN, ends="Nothing was done, kept or held."):
    await at.workspace.wait_for(
        lambda: any(ends in one for one in whispers(at, user)), 10
    )
    return whispers(at, user)


@pytest.mark.parametrize(
    "typed",
    ["--dry-run", "\u2014dry-run", "\u2013DRY-RUN"],
    ids=["dashes", "em-dash", "en-dash"],
)
def test_phones_make_other_dashes_of_it(typed):
    ask = parse(f"runbook Restart the {typed} router")
    assert (ask.verb, ask.words, ask.dry_run) == ("runbook", "Restart the router", True)


def test_a_dry_run_of_nothing_says_what_to_type():
    with pytest.raises(UsageError, match="NAME --dry-run"):
        parse("runbook --dry-run")


def test_without_it_a_page_is_started():
    assert not parse("runbook reconnect").dry_run


async def test_only_the_person_sees_it_and_the_incident_does_not_change(at):
    incident = await at.open()
    before = await at.kinds(incident)
    said = await at.type("runbook reconnect --dry-run")
    assert "Dry run, nothing is touched" in said
    shown = await told(at)
    assert all("Dry run, nothing is touched" in one for one in shown)
    assert any("Step 1 of 1" in one and "Reconnect" in one for one in shown)
    assert whispers(at, SAM) == []
    assert await at.kinds(incident) == before
    assert at.rooms.removed == []
    assert [m for m in at.workspace.messages(HERE) if m.get("bot_id")] == []


async def test_there_must_be_an_incident_and_a_page(at):
    assert "no incident in this channel" in await at.type("runbook reconnect --dry-run")
    await at.open()
    assert "no runbook of that name" in await at.type("runbook nonsense --dry-run")


async def test_trouble_on_the_way_is_told_with_where_the_log_has_it(
    at, monkeypatch, capsys
):
    await at.open()

    async def broken(*_, **__):
        raise KeyError(CANARY)
        yield

    monkeypatch.setattr(type(at.desk.dry_run), "walk", broken)
    await at.type("runbook reconnect --dry-run")
    shown = await told(at, ends="in the log under ref-")
    assert not any(CANARY in one for one in shown)
    assert CANARY not in capsys.readouterr().out


async def test_a_reason_that_is_known_is_told_as_it_is(at, monkeypatch):
    await at.open()

    async def refused(*_, **__):
        raise RoomsUnreachable("The server is away.")
        yield

    monkeypatch.setattr(type(at.desk.dry_run), "walk", refused)
    await at.type("runbook reconnect --dry-run")
    assert await told(at, ends="It ends here: The server is away.")


async def test_the_same_delivery_begins_one_errand_and_too_many_are_refused():
    errands, began, never = Errands(most=1), [], asyncio.Event()

    async def errand():
        began.append(1)
        await never.wait()

    errands.begin("a", errand)
    errands.begin("a", errand)
    with pytest.raises(UsageError, match="Several dry runs"):
        errands.begin("b", errand)
    await asyncio.sleep(0)
    await errands.stop()
    errands.begin("b", errand)
    await asyncio.sleep(0)
    assert len(began) == 2
    await errands.stop()
