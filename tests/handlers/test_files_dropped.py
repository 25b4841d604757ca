"""Files dropped into an incident's thread, over signed bytes and the real Bolt app."""

import time
from dataclasses import replace

import pytest
from desk_house import (
    ELI,
    FREE,
    GALE,
    HERE,
    ROBIN,
    SAM,
    calls,
    house,
    keep_nothing,
    say_nothing,
)

from bot.clients.allowance import Allowance, Rate
from bot.core.incident import commands as c
from bot.store.rows import Drawing
from handlers.render import form
from rehearsal.slack.delivery.envelope import Envelope
from rehearsal.slack.delivery.http import encoded, signed

NAME = "cohrtz_0195b2f0_0000_7000_8000_000000000000.db"


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        yield up


async def carded(at, channel=HERE):
    """Open an incident whose card stands in Slack; return it and the card's ts."""
    incident = await at.open(channel=channel)
    ts = (await at.draw(incident))["card"]
    drawing = Drawing(
        incident, "card", channel, ts, None, "x", "drawn", None, at.clock()
    )
    await at.store.keep_drawing(drawing)
    return incident, ts


async def drop(at, thread, user=ROBIN, channel=HERE, name=NAME):
    message = await at.workspace.drop_file(user, channel, name, b"hello", thread)
    await at.workspace.settled()
    return message


async def waiting(at, incident):
    return list((await at.desk.service.load(incident)).waiting.values())


async def test_a_file_in_an_incidents_thread_is_noted_by_its_id(at):
    incident, ts = await carded(at)
    message = await drop(at, ts)
    (one,) = await waiting(at, incident)
    assert one.id == message["files"][0]["id"]
    assert one.name == "cohrtz_«id».db"
    assert (await at.kinds(incident))[-1] == "artefact.offered"
    assert calls(at, "files.info") == 0


async def test_nothing_is_kept_of_where_an_event_says_that_a_file_lies(at):
    incident, ts = await carded(at)
    await drop(at, ts)
    kept = "".join(row.body for row in await at.store.events(incident))
    assert "url" not in kept
    assert "files-pri" not in kept


async def test_a_file_elsewhere_is_not_ours(at):
    incident, _ = await carded(at)
    other = await at.workspace.post(ROBIN, HERE, "Lunch?")
    await drop(at, None)
    await drop(at, other["ts"])
    assert await waiting(at, incident) == []
    assert at.workspace.ephemerals(ROBIN) == []


async def test_words_in_an_incidents_thread_are_nobodys_business(at):
    incident, ts = await carded(at)
    before = await at.kinds(incident)
    await at.workspace.post(ROBIN, HERE, "I am on it.", ts)
    await at.workspace.settled()
    assert await at.kinds(incident) == before
    said = at.workspace.journal.deliveries()
    assert {one.status for one in said if "event" in one.arguments} == {200}


async def test_a_guest_is_told_why_not(at):
    incident, ts = await carded(at)
    await drop(at, ts, user=GALE)
    assert "Guests cannot do that." in await at.whispered(GALE)
    assert await waiting(at, incident) == []


async def test_somebody_of_another_workspace_is_refused(at):
    incident, ts = await carded(at, channel="C0SHARED")
    await drop(at, ts, user=ELI, channel="C0SHARED")
    assert "another workspace" in await at.whispered(ELI)
    assert await waiting(at, incident) == []


async def test_a_resolved_incident_says_to_reopen_it(at):
    incident, ts = await carded(at)
    await at.do(incident, c.Resolve("Over.", anyway=True), by=SAM)
    await drop(at, ts)
    assert "reopen it first" in await at.whispered()


async def test_a_redelivery_changes_nothing(at):
    incident, ts = await carded(at)
    await drop(at, ts)
    kinds = await at.kinds(incident)
    event = await delivered(at, "file_share")
    body, content_type = encoded(Envelope("events_api", event.arguments))
    secret = at.workspace.settings.app.signing_secret
    headers = signed(secret, body, int(time.time()) - 1)
    headers["Content-Type"] = content_type
    async with at.http.post(at.url, data=body, headers=headers) as answer:
        assert answer.status == 200
    assert await at.kinds(incident) == kinds


async def test_what_cannot_be_kept_is_not_acknowledged(at, monkeypatch):
    _, ts = await carded(at)

    keep_nothing(at, monkeypatch, "commit")
    await at.workspace.drop_file(ROBIN, HERE, NAME, b"hello", ts)
    event = await delivered(at, "file_share")
    assert event.status == 500


async def test_a_file_whose_refusal_can_be_neither_kept_nor_said_comes_again(
    at, monkeypatch
):
    _, ts = await carded(at)
    say_nothing(at, monkeypatch)
    await at.workspace.drop_file(GALE, HERE, NAME, b"hello", ts)
    event = await delivered(at, "file_share")
    assert event.status == 500


async def test_a_file_that_comes_before_the_cards_place_is_noted_comes_again(
    at, monkeypatch
):
    incident, ts = await carded(at)
    await at.store.keep_drawing(card_of(at, incident, None, "posting"))
    under_way = type(at.store).card_under_way

    async def noted_a_moment_later(store, channel):
        found = await under_way(store, channel)
        await store.keep_drawing(card_of(at, incident, ts, "drawn"))
        return found

    monkeypatch.setattr(type(at.store), "card_under_way", noted_a_moment_later)
    await at.workspace.drop_file(ROBIN, HERE, NAME, b"hello", ts)
    assert (await delivered(at, "file_share")).status == 500
    await at.workspace.settled()
    (one,) = await waiting(at, incident)
    assert one.name == "cohrtz_«id».db"


async def test_files_over_the_limit_come_again_and_are_taken_then(
    tmp_path, monkeypatch
):
    """Slack's minute lasts 0.6 s here, and so does the person's."""
    limit, quick = 6, replace(FREE, clock_factor=0.01)
    async with house(tmp_path, settings=quick) as at:
        incident, ts = await carded(at)
        each = Allowance(Rate(limit, 2.0 * limit), time.monotonic)
        monkeypatch.setattr(at.desk.crowd, "_each", each)
        for number in range(2 * limit):
            name = f"{number}.log"
            await at.workspace.drop_file(ROBIN, HERE, name, b"hello", ts)
        await at.workspace.settled()
        names = {one.name for one in await waiting(at, incident)}
        assert names == {f"{number}.log" for number in range(2 * limit)}
        assert 500 in {one.status for one in at.workspace.journal.deliveries()}
        assert "Slack brings them to me again" in await at.whispered()
        assert len(at.workspace.ephemerals(ROBIN)) == 1


def card_of(at, incident, ts, state):
    return Drawing(incident, "card", HERE, ts, None, "x", state, None, at.clock())


async def delivered(at, subtype):
    def those():
        return [
            one
            for one in at.workspace.journal.deliveries()
            if one.arguments.get("event", {}).get("subtype") == subtype
        ]

    await at.workspace.wait_for(lambda: bool(those()))
    return those()[0]


async def test_files_chosen_in_the_form_come_with_the_incident(at):
    at.rooms.put("alice", room="blue")
    view = await at.form()
    chosen = await at.workspace.choose_file(ROBIN, "app.log", b"hello")
    at.workspace.fill(view.id, form.FILES, [chosen], form.FILES)
    await at.workspace.suggest(ROBIN, view.id, form.ROOM, "blue")
    await at.workspace.choose(ROBIN, view.id, form.ROOM, value="blue")
    done = await at.workspace.submit(at.view().id)
    assert done.ok, done
    [head] = await at.incidents()
    (one,) = await waiting(at, head.incident)
    assert (one.id, one.name) == (chosen["id"], "app.log")
