"""What can be pressed on a step, and why not."""

from dataclasses import replace

import pytest
from states import (
    BEN,
    CATALOGUE,
    KEY_PAGE,
    PLAN,
    ROOM_EMPTY,
    ROOM_OK,
    RULES,
    START,
    TOKEN_PAGE,
    Story,
    buttons,
    told,
)
from step_stories import (
    OTHER_PLAN,
    aged,
    at_guard,
    blocked,
    finished,
    guarded,
    in_doubt,
    labels,
    step,
    unsure,
    unverified,
)

from bot.core.actions import Effect
from bot.core.incident.press import plan_digest
from bot.core.incident.state import Verb
from bot.core.locks import Holder, Obstacle
from bot.core.runbook.pages import Step
from handlers import refs

HOLDER = Holder(incident="INC-9", by=BEN, since=START, whole_room=True)


@pytest.mark.parametrize(
    ("story", "number", "expected"),
    [
        (Story().ranked().start(), 1, ["Confirm", "Skip", "It failed"]),
        (Story().ranked().start().press(Verb.CONFIRM), 2, ["Skip"]),
        (
            Story().at_action().press(Verb.LOOK_AGAIN).prepared(None, "Nobody there."),
            3,
            ["Look again", "Skip", "It failed"],
        ),
        (Story().at_action(), 3, ["Run", "Look again", "Skip", "It failed"]),
        (
            blocked(Obstacle(holder=HOLDER)),
            3,
            ["Held by INC-9: look again", "Skip", "It failed"],
        ),
        (blocked(Obstacle()), 3, ["Look again", "Skip", "It failed"]),
        (aged(), 1, []),
        (Story().at_action().press(Verb.RUN), 3, []),
        (Story().running(), 3, []),
        (in_doubt(), 3, []),
        (unsure(), 3, ["It happened", "It did not happen"]),
        (finished(), 3, []),
        (
            unverified(),
            3,
            ["Run the check again", "Run again", "Confirm", "Skip", "It failed"],
        ),
        (at_guard(ROOM_EMPTY), 4, ["Run the check again", "Skip", "It failed"]),
    ],
    ids=[
        "open",
        "looking",
        "unready",
        "ready",
        "held",
        "capped",
        "looking-again",
        "asked",
        "running",
        "doubt",
        "unsure",
        "verifying",
        "unverified",
        "barred",
    ],
)
def test_the_buttons_are_those_of_the_state(story, number, expected):
    assert labels(story, number) == expected


def test_a_button_names_its_step_and_run_its_plan():
    for label, button in buttons(step(Story().at_action())).items():
        ref = refs.StepButton.decoded(button["value"])
        assert (ref.incident, ref.run, ref.step) == ("INC-7", 1, 3)
        assert ref.plan == (plan_digest(PLAN) if label == "Run" else None)
        assert refs.verb_of(button["action_id"])


def test_run_asks_once_more_with_target_and_blast():
    sure = buttons(step(Story().at_action()))["Run"]["confirm"]["text"]["text"]
    assert sure == f"{PLAN.target}. {PLAN.blast}"


@pytest.mark.parametrize(
    ("effects", "style"),
    [
        ({"reconnect-participant": Effect.LOOKS}, "primary"),
        ({"reconnect-participant": Effect.ROOM}, "danger"),
        ({}, "danger"),
    ],
)
def test_what_does_more_than_look_is_drawn_as_dangerous(effects, style):
    catalogue = replace(CATALOGUE, effects=effects)
    message = step(Story().at_action(), catalogue=catalogue)
    assert buttons(message)["Run"]["style"] == style


def test_a_plan_that_changed_after_the_press_says_so_and_has_its_own_button():
    story = Story().at_action().press(Verb.RUN).prepared(OTHER_PLAN)
    assert "changed after Run was pressed; nothing was done" in told(step(story))
    ref = refs.StepButton.decoded(buttons(step(story))["Run"]["value"])
    assert ref.plan == plan_digest(OTHER_PLAN)


def test_who_pressed_run_and_what_came_of_it_is_told():
    shown = told(step(finished(ok=False)))
    assert "<@U0ANN> pressed Run 12:00:07 on alice's session PA_1" in shown
    assert "attempt 1 did nothing 12:00:09: It was ended." in shown


def test_a_person_who_settles_a_doubt_is_named():
    story = unsure().press(Verb.NOT_HAPPENED, "I saw her.", BEN)
    assert "<@U0BEN> looked into the doubt" in told(step(story))
    assert "it did not happen. I saw her." in told(step(story))


def test_a_guard_being_looked_at_has_no_button():
    assert labels(at_guard(ROOM_EMPTY).press(Verb.LOOK_AGAIN), 4) == []


def test_a_guard_that_no_check_can_tell_offers_no_look():
    story = guarded("somebody.knows == true")
    assert labels(story, 1) == ["Skip", "It failed"]
    assert "No check can tell what it waits for" in told(step(story, 1))


def test_where_the_sources_are_not_known_a_look_is_offered():
    catalogue = replace(CATALOGUE, yields=None)
    message = step(guarded("somebody.knows == true"), 1, catalogue=catalogue)
    assert "Run the check again" in buttons(message)


def test_in_a_resolved_incident_nothing_can_be_pressed():
    story = Story().at_action().resolved()
    assert labels(story) == []
    assert "Reopen it to go on: /triage reopen." in told(step(story))


def test_a_step_of_an_earlier_run_points_to_the_later_one():
    story = Story().ranked().start().start(KEY_PAGE)
    assert labels(story, 1) == []
    assert "started since: *Missing group key*. Go on there." in told(step(story, 1))
    assert labels(story, 1, run=2) == ["Confirm", "Skip", "It failed"]


def test_steps_that_were_not_reached_are_not_shown():
    parts = [one.part for one in Story().ranked().start().messages()]
    assert "step:1:2" not in parts


def test_all_steps_of_a_finished_run_are_shown():
    story = at_guard(ROOM_OK).press(Verb.CONFIRM)
    parts = [one.part for one in story.messages() if one.part.startswith("step:")]
    assert parts == [f"step:1:{n}" for n in (1, 2, 3, 4)]


def test_a_long_step_keeps_its_state_and_its_buttons():
    body = "\n\n".join(f"Paragraph {n}: {'é' * 200}" for n in range(60))
    long = KEY_PAGE.model_copy(
        update={"steps": (Step(title="Read." * 300, body=body, line=7),)}
    )
    message = step(Story().ranked().start(long), 1)
    assert list(buttons(message)) == ["Confirm", "Skip", "It failed"]
    assert "The rest stands on the page, at line 7." in told(message)
    assert "then press Confirm" in told(message)


def test_a_step_is_urgent_and_stands_in_the_thread():
    message = step(Story().ranked().start(), 1)
    assert message.urgent
    assert message.thread


def test_the_rules_and_the_catalogue_speak_of_the_same_pages():
    assert (
        RULES.library
        == CATALOGUE.library
        == {
            TOKEN_PAGE.slug: TOKEN_PAGE,
            KEY_PAGE.slug: KEY_PAGE,
        }
    )
