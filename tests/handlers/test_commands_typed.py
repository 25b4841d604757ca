"""`/triage`, every line of it, over signed bytes and the real Bolt app."""

from dataclasses import replace

import pytest
from desk_house import (
    ELI,
    FREE,
    GALE,
    HERE,
    LOU,
    ROBIN,
    SAM,
    SHARED,
    calls,
    house,
)

from bot.core.evidence import Verdict
from bot.core.incident import commands as c
from rehearsal.slack import Fault, Status
from rehearsal.slack.faults import Delay, RateLimited


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        yield up


async def test_nothing_after_it_opens_the_form(at):
    assert await at.type() is None
    assert at.view().view["callback_id"] == "triage:open"
    assert await at.incidents() == []


async def test_a_room_opens_an_incident_and_says_nothing(at):
    assert await at.type('"R&D west" alice cannot get back in') is None
    [head] = await at.incidents()
    opened = (await at.bodies())[0]
    assert (head.room, head.channel) == ("R&D west", HERE)
    assert opened.report.participant == "alice"
    assert opened.report.words == "cannot get back in"


async def test_words_about_a_payload_open_an_incident_like_any_other(at):
    # Bolt alone takes the form for one with JSON in it, and loses the command.
    assert await at.type("blue alice the payload= is lost") is None
    assert (await at.bodies())[0].report.words == "the payload= is lost"


async def test_a_command_of_a_known_person_calls_slack_for_nothing(at):
    at.desk.channels.learn(HERE, shared=False)
    before = calls(at)
    await at.type("blue alice")
    await at.type("status")
    await at.type("resolve")
    assert calls(at) == before


async def test_the_first_command_of_an_unknown_person_asks_who_they_are(tmp_path):
    async with house(tmp_path, prefetch=False) as at:
        await at.type("blue")
        await at.type("status")
        assert calls(at, "users.info") == 1


async def test_what_was_recorded_of_the_room_is_in_the_report(at):
    at.recorded.put("joined", "PA_1", at.clock.at, room="blue", identity="alice")
    at.recorded.put("joined", "PA_2", at.clock.at, room="blue", identity="bob")
    await at.type("blue alice")
    told = (await at.bodies())[0].report.transitions
    assert "alice joined" in told
    assert "bob" not in told


async def test_characters_that_hide_are_left_out_and_looked_up_without(at):
    at.recorded.put("joined", "PA_1", at.clock.at, room="blue", identity="alice")
    await at.type("bl\u202eue ali\u200bce")
    report = (await at.bodies())[0].report
    assert (report.room, report.participant) == ("blue", "alice")
    assert "alice joined" in report.transitions


async def test_names_that_are_too_long_are_refused_by_name(at):
    assert "The room does not fit" in await at.type("r" * 257)
    assert "The participant does not fit" in await at.type("blue " + "p" * 257)
    assert "too long" in await at.type("blue alice " + "x " * 2_500)
    assert "words does not fit" in await at.type("blue alice " + "x" * 2_001)
    assert await at.incidents() == []


@pytest.mark.parametrize("verb", ["status", "summary", "resolve", "reopen"])
async def test_without_an_incident_here_it_says_how_to_open_one(at, verb):
    told = await at.type(verb)
    assert "no incident in this channel" in told
    assert "`/triage ROOM`" in told


async def test_a_list_without_incidents_says_so(at):
    assert await at.type("list") == "No incident is open. `/triage` opens one."


async def test_status_tells_of_this_channels_incident(at):
    await at.open("far", channel=SHARED)
    await at.type("blue")
    assert "blue" in await at.type("status")
    assert "far" in await at.type("status", channel=SHARED)


async def test_the_list_has_the_unresolved_ones_of_all_channels(at):
    for room, channel in (("near", HERE), ("far", SHARED), ("over", HERE)):
        last = await at.open(room, channel)
    await at.do(last, c.Resolve(anyway=True), by=SAM)
    told = await at.type("list")
    assert told.startswith("*2 incidents*")
    assert "near" in told
    assert "over" not in told


async def test_the_summary_is_shown_to_who_asks(at):
    await at.open("blue")
    seen = await at.workspace.command(ROBIN, HERE, "/triage", "summary")
    assert seen.message["blocks"]
    assert at.workspace.journal.refused() == ()
    assert at.workspace.messages(HERE) == []


async def test_resolving_with_failing_checks_runs_them_again_then_holds(at):
    incident = await at.open()
    await at.report(incident, 1, Verdict.BAD)
    assert "being run again" in await at.type("resolve it was the router")
    await at.report(incident, 2, Verdict.BAD)
    assert "Resolve anyway" in await at.type("status")
    assert (await at.incidents())[0].status == "held"
    assert await at.type("resolve the wifi anyway") is None
    last = (await at.bodies())[-1]
    assert (last.kind, last.words) == ("incident.resolved", "the wifi")


async def test_resolving_when_the_checks_turn_out_well_resolves(at):
    incident = await at.open()
    await at.report(incident, 1, Verdict.UNKNOWN)
    await at.type("resolve")
    await at.report(incident, 2)
    assert (await at.incidents())[0].status == "resolved"


async def test_who_was_first_is_told_with_the_time(at):
    incident = await at.open()
    await at.do(incident, c.Resolve(anyway=True), by=SAM)
    told = await at.type("resolve")
    assert "It is resolved already." in told
    assert f"<@{SAM}> <!date^" in told


async def test_reopening_goes_on_with_the_newest_one(at):
    incident = await at.open()
    assert "open already" in await at.type("reopen")
    await at.do(incident, c.Resolve(anyway=True), by=SAM)
    assert await at.type("reopen it is back") is None
    assert (await at.incidents())[0].status == "open"
    reopened = next(b for b in await at.bodies() if b.kind == "incident.reopened")
    assert reopened.words == "it is back"


@pytest.mark.parametrize("name", ["restart-router", "RESTART the Router"])
async def test_a_runbook_is_started_by_slug_or_title(at, name):
    incident = await at.open()
    assert await at.type(f"runbook {name}") is None
    assert "runbook.started" in await at.kinds(incident)


async def test_a_near_miss_of_a_runbook_gets_a_guess(at):
    await at.open()
    told = await at.type("runbook restart-ruoter")
    assert "Did you mean `/triage runbook restart-router`?" in told
    assert "There are: `reconnect`, `restart-router`." in await at.type("runbook zzz")
    assert "Say which runbook" in await at.type("runbook")


async def test_a_slip_of_a_verb_gets_a_guess_and_opens_nothing(at):
    told = await at.type("statsu")
    assert "There is no `statsu`. Did you mean `/triage status`?" in told
    assert "`/triage room:statsu`" in told
    assert await at.type("room:statsu") is None
    assert [head.room for head in await at.incidents()] == ["statsu"]


async def test_a_verb_with_words_that_it_does_not_take_opens_nothing(at):
    assert "Did you mean `/triage help`?" in await at.type("help me please")
    assert await at.incidents() == []


async def test_help_names_every_verb_and_each_line_of_it_works(at):
    told = await at.type("help")
    for line in ("status", "list", "summary", "runbook NAME", "help"):
        assert f"`/triage {line}`" in told
    for line in ("resolve [words] [anyway]", "reopen [words]"):
        assert f"`/triage {line}`" in told
    assert "start" not in told.replace("start a runbook", "")


@pytest.mark.parametrize("line", ["blue", "status", "list", "help", "resolve"])
@pytest.mark.parametrize(("user", "channel"), [(GALE, HERE), (ELI, SHARED)])
async def test_guests_and_strangers_are_refused_with_who_could(at, line, user, channel):
    told = await at.type(line, user, channel)
    assert "A full member of this workspace can." in told
    assert await at.incidents() == []


async def test_a_guest_does_not_even_get_the_form(at):
    assert "Guests cannot do that." in await at.type(user=GALE)
    assert at.workspace.views(GALE) == []


@pytest.mark.parametrize(
    ("user", "why"), [(LOU, "deactivated"), ("U0BOT", "Bots"), ("U0NOBODY", "know you")]
)
async def test_the_departed_bots_and_unknown_ids_are_refused(at, user, why):
    await at.type("help")
    status, told = await at.send({**at.last(), "user_id": user, "text": "blue"})
    assert status == 200
    assert why in told["text"]
    assert "A full member" in told["text"]
    assert await at.incidents() == []


async def test_somebody_of_another_workspace_is_refused_by_the_payload_alone(at):
    await at.type("help")
    _, told = await at.send({**at.last(), "team_id": "T0OTHER", "text": "blue"})
    assert "another workspace" in told["text"]


async def test_the_same_command_delivered_twice_opens_one_incident(at):
    await at.type("blue alice")
    assert await at.send(at.last()) == (200, "")
    assert len(await at.incidents()) == 1


async def test_the_same_resolve_delivered_twice_is_no_refusal(at):
    await at.open()
    first = await at.type("resolve anyway")
    assert first is None
    assert await at.send(at.last()) == (200, "")
    assert (await at.kinds()).count("incident.resolved") == 1


async def test_an_expired_trigger_is_told_with_what_to_type_instead(tmp_path):
    async with house(tmp_path, settings=replace(FREE, trigger_life=-1.0)) as at:
        told = await at.type()
        assert "expired_trigger_id" in told
        assert "type `/triage ROOM [PARTICIPANT] [words]`" in told


@pytest.mark.parametrize("what", [Status(500), RateLimited(30), Delay(5.0)])
async def test_when_slack_does_not_open_the_form_it_says_so_in_time(
    at, what, monkeypatch
):
    monkeypatch.setattr("handlers.views.PATIENCE", 0.2)
    at.workspace.faults.add(Fault("views.open", what))
    told = await at.type()
    assert "did not let me open the form" in told
    assert "type `/triage ROOM" in told


async def test_a_room_that_is_opened_twice_by_two_people_makes_two_incidents(at):
    await at.type("blue")
    await at.type("blue", user=SAM)
    assert len(await at.incidents()) == 2


async def test_words_are_erased_by_their_number_and_it_goes_on_record(at):
    await at.type("blue alice The password is hunter2")
    said = await at.type("erase 1 It names a password", user=SAM)
    assert "The words of event 1 are erased here." in said
    opened, *_, record = await at.bodies()
    assert opened.report.words.startswith(f"[erased by {SAM}, ")
    assert record.why == "It names a password"
    assert "erased already" in await at.type("erase 1 again")


@pytest.mark.parametrize("line", ["erase", "erase 1", "erase it now", "erase 0 why"])
async def test_an_erasure_needs_an_event_and_a_reason(at, line):
    await at.type("blue")
    assert "Say which event" in await at.type(line)


async def test_a_guest_erases_nothing(at):
    await at.type("blue alice The password is hunter2")
    await at.type("erase 1 It names a password", user=GALE)
    assert (await at.bodies())[0].report.words == "The password is hunter2"
