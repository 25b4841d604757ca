"""When a rollback is proposed, and how its rooms are named."""

from datetime import timedelta

import pytest
from incident_story import ANN, BEN, Story
from test_release_verdict import KNOWING, ROLLBACK, release, sign

from bot.core.evidence import bad
from bot.core.incident import commands as c
from bot.core.incident.events import BOT
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Status, Verb
from bot.core.report import Report
from bot.core.rollback import (
    MEANING,
    PAGES,
    Thresholds,
    Trigger,
    page_for,
    signs,
    tripped,
)
from bot.core.summary import summarise

TWO = Thresholds(decrypt_failures=2, migration_corruption=1)


def incident(name, room, **facts):
    """Return an incident of a room in which these facts were seen."""
    story = Story(report=Report(room=room))
    told = {key.replace("__", "."): value for key, value in facts.items()}
    story.sees("endpoint", bad("It was looked at.", told))
    state = story.state
    return type(state)(**{**vars(state), "id": name})


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"packets__gsk_requesters": 2}, {Trigger.DECRYPT}),
        ({"log__vault_decrypt_failed": 1}, {Trigger.DECRYPT}),
        ({"log__sqlite_malformed": 1}, {Trigger.CORRUPTION}),
        ({"database__integrity": "not-a-database"}, {Trigger.CORRUPTION}),
        ({"database__integrity": "ok", "log__merge_schema": 0}, set()),
        ({"log__merge_schema": 4}, {Trigger.PARTITION}),
        ({"log__gsk_wait_expired": "many"}, set()),
        ({}, set()),
    ],
)
def test_what_was_seen_speaks_for_a_trigger_and_nothing_else_does(facts, found):
    assert signs(incident("INC-1", "blue", **facts)) == found


def test_a_trigger_trips_by_rooms_not_by_incidents():
    first = incident("INC-1", "blue", packets__gsk_requesters=1)
    again = incident("INC-2", "blue", packets__gsk_requesters=1)
    assert tripped([first, again], first.opened_at, TWO) == ()
    other = incident("INC-3", "green", log__gsk_mac_failed=3)
    (found,) = tripped([first, again, other], first.opened_at, TWO)
    assert found.trigger is Trigger.DECRYPT
    assert found.rooms == ("blue", "green")
    assert found.incidents == ("INC-1", "INC-2", "INC-3")


@pytest.mark.parametrize("hours", [1, -169])
def test_incidents_before_the_release_or_long_after_it_do_not_count(hours):
    seen = incident("INC-1", "blue", log__sqlite_malformed=1)
    assert tripped([seen], seen.opened_at + timedelta(hours=hours), TWO) == ()
    assert tripped([seen], seen.opened_at, TWO)


def test_a_release_or_a_rollback_is_no_evidence():
    assert tripped([release().state], release().state.opened_at, TWO) == ()


def test_each_trigger_has_its_meaning_and_its_page():
    assert set(MEANING) == set(PAGES) == set(Trigger)
    assert page_for(incident("INC-1", "blue", log__merge_schema=1)) == "sync-divergence"
    assert page_for(incident("INC-1", "blue")) is None


PROPOSE = c.Propose("decrypt-failures", 2, ("INC-1", "INC-2"), ("blue", "green"))


def test_a_proposal_is_told_once_and_starts_nothing():
    story = sign(release(), 6)
    story.do(PROPOSE, BOT)
    events = len(story.events)
    story.do(PROPOSE, BOT)
    assert len(story.events) == events
    (proposed,) = story.folded().proposals
    assert proposed.rooms == ("blue", "green")
    said = str(summarise(story.state.id, story.events))
    assert "A rollback is proposed: decrypt-failures in 2 rooms (2 are enough)" in said
    assert story.state.impacted == ()


def test_only_an_open_release_is_proposed_to():
    with pytest.raises(NotNow):
        Story().do(PROPOSE)
    settled = sign(release(), 6).press(Verb.CONFIRM).do(c.Resolve(), ANN)
    with pytest.raises(NotNow):
        settled.do(PROPOSE)


def rollback():
    return Story(rules=KNOWING, report=ROLLBACK)


def test_named_rooms_are_kept_once_and_recovered_once():
    story = rollback().do(c.Recover(("blue", "green", "blue"), most=3), BEN)
    assert story.state.impacted == ("blue", "green")
    assert story.state.asked_by == BEN
    story.do(c.Spread("blue", "INC-8", "missing-group-key"))
    events = len(story.events)
    story.do(c.Spread("blue", "INC-9", None))
    assert len(story.events) == events
    story.do(c.Spread("green", "INC-9", None))
    said = str(summarise(story.state.id, story.events))
    assert "Room blue recovers in incident INC-8, with missing-group-key." in said
    assert "Room green recovers in incident INC-9." in said


def test_a_rollback_waits_for_its_rooms_before_it_is_resolved():
    story = rollback().do(c.Recover(("blue", "green"), most=3), BEN)
    story.do(c.Spread("blue", "INC-8", None))
    with pytest.raises(NotNow, match="1 of 2 rooms have no incident yet"):
        story.do(c.Resolve())
    story.do(c.Spread("green", "INC-9", None)).do(c.Resolve())
    assert story.state.status is Status.RESOLVED
    assert "got no incident" not in str(summarise(story.state.id, story.events))


def test_a_rollback_resolved_anyway_says_which_rooms_it_left():
    story = rollback().do(c.Recover(("blue", "green"), most=3), BEN)
    story.do(c.Resolve(anyway=True))
    story.do(c.Spread("blue", "INC-8", None))  # it was being opened just then
    said = str(summarise(story.state.id, story.events))
    assert "Room green was to be recovered and got no incident." in said
    assert "Room blue recovers in incident INC-8." in said
    assert "Room blue was to be" not in said


def test_more_rooms_than_the_cap_are_refused_with_the_cap():
    story = rollback().do(c.Recover(("blue",), most=2), BEN)
    with pytest.raises(NotNow, match="3 rooms; a rollback recovers 2"):
        story.do(c.Recover(("green", "red"), most=2), BEN)
    with pytest.raises(NotNow, match="recovered already"):
        story.do(c.Recover(("blue",), most=2), BEN)
    with pytest.raises(NotNow, match="Only a rollback"):
        Story().do(c.Recover(("blue",), most=2), BEN)


def test_the_thresholds_are_by_trigger():
    assert [Thresholds().needed(one) for one in Trigger] == [3, 2, 2]
