"""The form that opens an incident: filled in, prefilled, sent, refused."""

from dataclasses import replace

import pytest
from desk_house import ELI, GALE, HERE, LOU, ROBIN, calls, house

from bot.core.policy import Deed
from bot.world.rooms import RoomsUnreachable
from handlers import forms
from handlers.render import form
from rehearsal.slack.faults import Delay, Fault, Status
from tests.fakes.allowed import EVERYTHING


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as up:
        up.rooms.put("alice", room="blue")
        up.rooms.put("bob", room="blue")
        up.rooms.put("spy", room="blue", hidden=True)
        up.rooms.put("carol", room="R&D west")
        yield up


def block(view, action):
    """Return the id of the block that holds a field."""
    return next(
        one["block_id"]
        for one in view.view["blocks"]
        if one["element"]["action_id"] == action
    )


def held(view, action):
    """Return what a field holds."""
    state = view.values[block(view, action)][action]
    return state.get("value") or (state.get("selected_option") or {}).get("value")


async def suggest(at, action, typed):
    offered = await at.workspace.suggest(ROBIN, at.view().id, action, typed)
    return [one["value"] for one in offered]


async def choose(at, action, value):
    assert value in await suggest(at, action, value)
    told = await at.workspace.choose(ROBIN, at.view().id, action, value=value)
    assert told.ok
    return at.view()


def fill(at, **fields):
    view = at.view()
    for name, value in fields.items():
        action = getattr(form, name.upper())
        at.workspace.fill(view.id, block(view, action), value, action)


async def submit(at):
    return await at.workspace.submit(at.view().id)


async def test_rooms_and_who_is_in_them_are_offered(at):
    await at.form()
    assert await suggest(at, form.ROOM, "") == ["R&D west", "blue"]
    assert await suggest(at, form.ROOM, "bl") == ["bl", "blue"]
    assert await suggest(at, form.PARTICIPANT, "") == []
    await choose(at, form.ROOM, "blue")
    assert await suggest(at, form.PARTICIPANT, "") == ["alice", "bob"]


async def test_what_was_typed_is_offered_when_livekit_is_down(at):
    at.rooms.fails = RoomsUnreachable("LiveKit is down.")
    await at.form()
    assert await suggest(at, form.ROOM, "gone") == ["gone"]
    assert await suggest(at, form.ROOM, "") == []
    assert at.workspace.journal.refused() == ()


async def test_choosing_a_room_fills_in_its_transitions(at):
    at.recorded.put("joined", "PA_1", at.clock.at, room="blue", identity="alice")
    at.recorded.put("joined", "PA_2", at.clock.at, room="R&D west", identity="carol")
    await at.form()
    fill(at, words="It hurts.", severity="SEV1", request_id="r-1")
    view = await choose(at, form.ROOM, "blue")
    assert "alice joined" in held(view, form.TRANSITIONS)
    assert (held(view, form.ROOM), held(view, form.WORDS)) == ("blue", "It hurts.")
    assert (held(view, form.SEVERITY), held(view, form.REQUEST_ID)) == ("SEV1", "r-1")
    view = await choose(at, form.ROOM, "R&D west")
    assert "carol joined" in held(view, form.TRANSITIONS)
    assert "alice" not in held(view, form.TRANSITIONS)


async def test_choosing_a_participant_fills_in_theirs_alone(at):
    for who in ("alice", "bob"):
        at.recorded.put("joined", f"PA_{who}", at.clock.at, room="blue", identity=who)
    await at.form()
    await choose(at, form.ROOM, "blue")
    await choose(at, form.PARTICIPANT, "bob")
    chosen = {**at.last(), "type": "block_actions"}
    view = at.view()
    chosen["view"] = view.stated()
    chosen["actions"] = [{"action_id": form.PARTICIPANT, "type": "external_select"}]
    assert await at.send(chosen) == (200, "")
    told = held(at.view(), form.TRANSITIONS)
    assert "bob joined" in told
    assert "alice" not in told


async def test_transitions_that_a_person_wrote_are_left_alone(at):
    at.recorded.put("joined", "PA_1", at.clock.at, room="blue", identity="alice")
    await at.form()
    fill(at, transitions="It flapped all morning.")
    view = await choose(at, form.ROOM, "blue")
    assert held(view, form.TRANSITIONS) == "It flapped all morning."


async def test_a_form_that_moved_on_meanwhile_is_left_alone(at):
    await at.form()
    await choose(at, form.ROOM, "blue")
    stale = at.last()
    await choose(at, form.ROOM, "R&D west")
    assert (await at.send(stale))[0] == 200
    assert held(at.view(), form.ROOM) == "R&D west"
    assert [one.outcome for one in at.workspace.journal.refused()] == ["hash_conflict"]


@pytest.mark.parametrize("what", [Status(500), Delay(5.0)])
async def test_a_form_that_cannot_be_filled_in_stays_as_it_is(at, what, monkeypatch):
    monkeypatch.setattr("handlers.forms.PATIENCE", 0.2)
    await at.form()
    at.workspace.faults.add(Fault("views.update", what))
    view = await choose(at, form.ROOM, "blue")
    assert held(view, form.ROOM) == "blue"


async def test_all_fields_arrive_in_the_timeline(at):
    await at.form()
    await choose(at, form.ROOM, "blue")
    await choose(at, form.PARTICIPANT, "alice")
    fill(
        at,
        packet_type="SYNC_REQ",
        request_id="r-1",
        transitions="up, down",
        reproduces="yes",
        severity="SEV1",
        words="Nobody can work.",
    )
    sent = await submit(at)
    assert sent.outcome == "closed"
    opened = (await at.bodies())[0]
    assert opened.channel == HERE
    assert opened.report.model_dump(mode="json") == {
        "about": "room",
        "version": None,
        "room": "blue",
        "participant": "alice",
        "packet_type": "SYNC_REQ",
        "request_id": "r-1",
        "transitions": "up, down",
        "reproduces": "yes",
        "severity": "SEV1",
        "words": "Nobody can work.",
    }


async def sent_with(at, **values):
    """Submit what Slack's own client would not let through."""
    await at.form()
    await choose(at, form.ROOM, "blue")
    await submit(at)
    for view in at.workspace.views(ROBIN):
        await at.workspace.close(view.id)
    payload = at.last()
    payload["view"]["id"] = "VFORGED"
    fields = payload["view"]["state"]["values"]
    for name, state in values.items():
        action = getattr(form, name.upper())
        home = next(b for b in fields.values() if action in b)
        home[action] = state
    return await at.send(payload)


def chosen(value):
    return {"type": "external_select", "selected_option": {"value": value}}


@pytest.mark.parametrize(
    ("fields", "at_block", "said"),
    [
        ({"room": chosen("r" * 257)}, form.ROOM, "at most 256"),
        ({"room": chosen("\u200b\u202e")}, form.ROOM, "at least 1"),
        ({"room": chosen("")}, form.ROOM, "at least 1"),
        ({"participant": chosen("p" * 257)}, form.PARTICIPANT, "at most 256"),
        ({"words": {"value": "w" * 2_001}}, form.WORDS, "at most 2000"),
        ({"severity": chosen("SEV9")}, form.SEVERITY, "SEV4"),
        ({"reproduces": chosen("maybe")}, form.REPRODUCES, "not tried"),
    ],
)
async def test_what_does_not_fit_is_told_beside_its_field(at, fields, at_block, said):
    _, told = await sent_with(at, **fields)
    assert told["response_action"] == "errors"
    [(where, text)] = told["errors"].items()
    assert where == at_block
    assert said in text
    assert len(await at.incidents()) == 1


async def test_several_faults_stand_each_beside_its_own_field(at):
    long = {"value": "x" * 2_001}
    _, told = await sent_with(at, transitions=long, words=long)
    first, second = sorted(told["errors"])
    assert first.startswith(f"{form.TRANSITIONS}:")
    assert second == form.WORDS


async def test_hostile_characters_are_shown_harmless_and_kept_out(at):
    room = "<!channel> \u202e*`&\ud800`*\n\x00"
    assert (await sent_with(at, room=chosen(room)))[0] == 200
    assert (await at.incidents())[0].room == "<!channel> *`&?`*"
    assert "<!channel>" not in await at.type("status")


async def test_the_same_form_sent_twice_opens_one_incident(at):
    await at.form()
    await choose(at, form.ROOM, "blue")
    await submit(at)
    assert await at.send(at.last()) == (200, {"response_action": "clear"})
    assert len(await at.incidents()) == 1


@pytest.mark.parametrize(
    ("user", "why"),
    [(GALE, "Guests"), (ELI, "another workspace"), (LOU, "deactivated")],
)
async def test_who_may_not_act_is_told_in_the_form(at, user, why):
    await at.form()
    await choose(at, form.ROOM, "blue")
    await submit(at)
    forged = at.last()
    forged["user"] = {"id": user, "team_id": at.workspace.state.directory.team_of(user)}
    forged["view"]["id"] = "VOTHER"
    _, told = await at.send(forged)
    assert why in told["errors"][form.ROOM]
    assert "A full member" in told["errors"][form.ROOM]
    assert len(await at.incidents()) == 1


@pytest.mark.parametrize("memo", ["", "{}", '{"k":"open","c":"C0INC","x":1}', "C0GEN"])
async def test_a_form_whose_memo_is_not_ours_is_refused_and_keeps_its_words(at, memo):
    await at.form()
    await choose(at, form.ROOM, "blue")
    await submit(at)
    forged = at.last()
    forged["view"]["private_metadata"] = memo
    forged["view"]["id"] = "VOTHER"
    _, told = await at.send(forged)
    assert "cannot be read" in told["errors"][form.ROOM]


async def test_a_message_shortcut_opens_the_form_for_its_channel(at):
    ts = (await at.workspace.post(ROBIN, HERE, "it is down"))["ts"]
    await at.workspace.message_shortcut(ROBIN, ts, "triage_message")
    await choose(at, form.ROOM, "blue")
    await submit(at)
    assert (await at.incidents())[0].channel == HERE


async def test_a_shortcut_that_cannot_open_it_tells_the_person_alone(at):
    ts = (await at.workspace.post(ROBIN, HERE, "it is down"))["ts"]
    at.workspace.faults.add(Fault("views.open", Status(500)))
    await at.workspace.message_shortcut(ROBIN, ts, "triage_message")
    assert "did not let me open the form" in await at.whispered()
    assert len(at.workspace.messages(HERE)) == 1


async def test_a_slack_that_does_not_say_who_it_is_keeps_nobody_from_the_form(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(forms, "MOMENT", 0.05)
    async with house(tmp_path, prefetch=False) as at:
        at.workspace.faults.add(Fault("users.info", Delay(2)))
        await at.form()
        assert calls(at, "views.open") == 1


@pytest.mark.parametrize(("user", "channel"), [(GALE, HERE), (ELI, "C0SHARED")])
async def test_who_may_open_nothing_gets_no_form_even_if_unknown_till_then(
    tmp_path, user, channel
):
    async with house(tmp_path, prefetch=False) as at:
        assert "cannot" in await at.type(user=user, channel=channel)
        assert at.workspace.views(user) == []


async def test_the_form_is_not_opened_where_others_would_see_what_comes_of_it(at):
    said = await at.type(channel="C0SHARED")
    assert "shared with another company" in said
    assert at.workspace.views(ROBIN) == []


async def test_who_became_a_guest_with_the_form_open_is_shown_no_names(at):
    view = await at.form()
    await choose(at, form.ROOM, "blue")
    assert "alice" in await suggest(at, form.PARTICIPANT, "")
    directory = at.workspace.state.directory
    directory.set_person(replace(directory.people[ROBIN], is_restricted=True))
    at.grow_old()
    await at.workspace.choose(ROBIN, view.id, form.PARTICIPANT, value="alice")
    assert "Guests cannot do that." in await at.whispered()
    assert await suggest(at, form.ROOM, "") == []
    assert await suggest(at, form.PARTICIPANT, "") == []


async def test_whom_the_policy_keeps_from_opening_is_shown_no_names(tmp_path):
    nobody = replace(EVERYTHING, may={**EVERYTHING.may, Deed.OPEN: frozenset()})
    async with house(tmp_path) as at:
        at.rooms.put("alice", room="blue")
        await at.form()
        object.__setattr__(at.desk.authority, "policy", nobody)
        assert await suggest(at, form.ROOM, "") == []
        assert "lets nobody open" in await at.type()


async def test_knowledge_of_hours_ago_is_not_enough_while_slack_answers(at):
    incident = await at.open()
    directory = at.workspace.state.directory
    directory.set_person(replace(directory.people[ROBIN], is_restricted=True))
    at.grow_old()
    assert "Guests cannot do that." in await at.type("resolve Over. anyway")
    assert "incident.resolved" not in await at.kinds(incident)


async def test_older_knowledge_is_enough_while_slack_is_silent(at):
    await at.open()
    at.grow_old()
    at.workspace.faults.add(Fault("users.info", Status(500), times=9))
    assert "blue" in str(await at.type("list"))
