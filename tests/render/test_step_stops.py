"""How stops, passed steps, answers and attestations look."""

from states import ANN, BEN, KEY_PAGE, ROOM_EMPTY, ROOM_OK, Story, buttons, page
from step_stories import labels, step

from bot.core.incident import commands as c
from bot.core.incident.state import Verb
from bot.core.runbook.pages import Ask, AskKind, Step, StepKind

STOP = Step(
    title="Nobody adds vault items.", kind=StepKind.STOP, when="room.participants < 1"
)
SEEN = Ask(
    name="seen", question="Is it there?", kind=AskKind.CHOICE, choices=("yes", "no")
)
BUILD = Ask(name="build", question="Which build?", kind=AskKind.NAME)
TELL = Step(title="Say what you see.", asks=(SEEN,))
VOUCH = Step(title="Vouch.", kind=StepKind.ATTEST, asks=(BUILD,))
NEXT = Step(title="Go on.")


def at(*steps, finding=ROOM_EMPTY):
    book = KEY_PAGE.model_copy(update={"steps": steps})
    story = Story().ranked().start(book)
    waiting = [one.call.check for one in story.state.unreported()]
    return story.reports("room-occupied", finding) if waiting else story


def answer(story, by=ANN, **answers):
    step = story.state.run.current().ref
    return story.do(c.Press(step, Verb.CONFIRM, answers=answers), by)


def test_a_stop_says_not_to_go_on_and_offers_to_override_it():
    story = at(STOP, NEXT)
    told = page(step(story, 1))
    assert ":octagonal_sign: *Do not go on.* Stop, as now" in told
    assert labels(story, 1) == ["Run the check again", "Override the stop"]
    assert buttons(step(story, 1))["Override the stop"]["style"] == "danger"


def test_an_overridden_stop_is_loud():
    story = at(STOP, NEXT).press(Verb.SKIP, "The owner agreed.", BEN)
    told = page(step(story, 1))
    assert ":rotating_light: *The stop was overridden.* The owner agreed." in told
    assert "overrode the stop" in told


def test_a_stop_with_nothing_to_stop_is_passed_over():
    story = at(STOP, NEXT, finding=ROOM_OK)
    told = page(step(story, 1))
    assert ":fast_forward: Passed over. Nothing to stop" in told
    assert "the bot passed it over" in told


def test_a_stop_that_only_a_file_can_rule_out_says_so():
    story = at(STOP.model_copy(update={"when": "file.seen == true"}), NEXT)
    assert labels(story, 1) == ["Override the stop"]
    assert "a file may. Else skip it." in page(step(story, 1))


def test_a_guard_of_another_version_is_no_crash():
    story = at(STOP.model_copy(update={"when": "file.seen ="}), NEXT)
    assert labels(story, 1) == ["Override the stop"]


def test_what_was_answered_stands_in_the_trail():
    story = at(TELL, NEXT)
    assert labels(story, 1) == ["Answer", "Skip", "It failed"]
    assert "then press Answer, and say what you saw" in page(step(story, 1))
    assert "confirmed it 12:00:04: seen no" in page(step(answer(story, seen="no"), 1))


def test_the_second_person_sees_what_the_first_said():
    story = at(VOUCH, NEXT)
    assert "Two different people attest this" in page(step(story, 1))
    assert labels(story, 1) == ["Attest", "Skip", "It failed"]
    answer(story, build="6470ae3")
    told = page(step(story, 1))
    assert "<@U0ANN> has attested: build 6470ae3." in told
    answer(story, BEN, build="27ab114")
    told = page(step(story, 1))
    assert "Done. The two did not say the same: build." in told
    assert told.count("attested") == 2
