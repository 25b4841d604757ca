"""What the card says of a release and a rollback."""

from states import Story

from bot.core.incident import commands as c
from bot.core.incident.state import Verb
from handlers.render.release import released
from tests.fakes.releases import RELEASE, ROLLBACK, answers, knowing

DEFAULT = Story().rules


def story(report):
    return Story(report=report, rules=knowing(DEFAULT))


def sign(told, count):
    for _ in range(count):
        step = told.state.run.current()
        press = c.Press(step.ref, Verb.CONFIRM, answers=answers(step.step))
        told.do(press, "U0ANN")
    return told


def shown(told):
    return "\n".join(block["text"]["text"] for block in released(told.state))


def test_an_incident_of_a_room_says_nothing_of_releases():
    assert list(released(Story().state)) == []


def test_a_release_shows_its_verdict_and_what_is_missing():
    said = shown(story(RELEASE))
    assert "*Verdict: no-go.*" in said
    assert "Missing: The migration checklist passes. (not signed yet)" in said


def test_a_signed_release_shows_link_signer_and_time():
    said = shown(sign(story(RELEASE), 5))
    assert "*Verdict: go.*" in said
    assert "Signed: The N/N-1 compatibility suites pass. <@U0ANN> <!date^" in said
    assert "ci.example/1" in said


def test_a_proposal_shows_its_evidence_and_that_nothing_is_done():
    told = sign(story(RELEASE), 6)
    told.do(c.Propose("migration-corruption", 1, ("INC-1",), ("blue",)))
    said = shown(told)
    assert "A rollback is proposed: databases that a migration" in said
    assert "Seen in 1 room since the release; 1 are enough. Incidents: INC-1." in said
    assert "Nothing is done by itself" in said


def test_a_rollback_shows_which_rooms_have_their_incident():
    told = story(ROLLBACK).do(c.Recover(tuple(f"r{n}" for n in range(12)), 20), "U0B")
    told = story(ROLLBACK) if told is None else told
    told.do(c.Spread("r0", "INC-8", "missing-group-key"))
    told.do(c.Spread("r1", "INC-9", None))
    said = shown(told)
    assert "`r0`: INC-8, missing-group-key" in said
    assert "`r1`: INC-9, no page started" in said
    assert "`r2`: waits for its turn" in said
    assert "…and 2 more." in said


def test_a_resolved_rollback_promises_no_room_its_turn():
    told = story(ROLLBACK).do(c.Recover(("blue",), 20), "U0B")
    told.do(c.Resolve(anyway=True))
    assert "`blue`: has no incident: the rollback was resolved before" in shown(told)


def test_a_rollback_that_has_not_come_to_a_room_may_be_resolved_anyway():
    told = story(ROLLBACK).do(c.Recover(("blue",), 20), "U0B")
    said = str(told.message("card").blocks)
    assert "Resolve anyway" in said
    assert "room blue has no incident" in said
