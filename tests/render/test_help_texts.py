"""The short answers to `/triage`."""

import pytest
from states import BEN, START, TOKEN_BAD, Story

from bot.core.incident import commands as c
from bot.core.incident.state import Status, Verb
from handlers.render import help as answers


def listed(n, channel="C0HELP", room="blue-whale"):
    return answers.Listed(f"INC-{n}", room, Status.OPEN, channel, START)


def test_usage_names_each_command():
    shown = answers.usage()
    assert len(shown.split("\n")) == len(answers.COMMANDS) + 1
    assert "`/triage runbook NAME` start a runbook" in shown


def test_an_unknown_word_gets_the_nearest_one():
    shown = answers.did_you_mean("statsu", "status")
    assert shown.startswith("There is no `statsu`. Did you mean `status`?")


def test_an_unknown_word_without_a_near_one_points_to_help():
    shown = answers.did_you_mean("<!here> `x`", None)
    assert shown.startswith("There is no `&lt;!here&gt; \u02cbx\u02cb`. `/triage help`")


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (Story(), "Checks: 2 running."),
        (Story(), "No runbook is started."),
        (Story().ranked(), "Checks: :white_check_mark: 1 ok, :x: 1 bad."),
        (Story().at_action(), "step 3 of 4 is ready, Force a reconnect."),
        (Story().resolved(), "To go on with it: `/triage reopen`."),
        (
            Story().ranked().do(c.Resolve()).reports("token-endpoint", TOKEN_BAD),
            "press *Resolve anyway* on its card.",
        ),
    ],
)
def test_a_status_says_where_it_stands_and_what_is_next(story, said):
    assert said in answers.status(story.state)


def test_a_finished_run_says_so():
    story = Story().at_action().press(Verb.SKIP, "No.").press(Verb.CONFIRM)
    assert "all steps have ended" in answers.status(story.state)


def test_a_list_has_a_line_for_each():
    lines = answers.listing([listed(1), listed(2, channel="<!here>")]).split("\n")
    assert lines[0] == "*2 incidents*"
    assert "<#C0HELP>" in lines[1]
    assert "&lt;!here&gt;" in lines[2]


def test_a_long_list_counts_the_rest():
    lines = answers.listing([listed(n) for n in range(30)]).split("\n")
    assert lines[-1] == "…and 10 more."
    assert len(lines) == answers.MAX_LISTED + 2


def test_an_empty_list_says_what_to_do():
    assert answers.listing([]) == "No incident is open. `/triage` opens one."


def test_a_refusal_says_who_was_first():
    shown = answers.refusal("Step 1 is done.", BEN, START)
    assert shown.startswith("Step 1 is done. (<@U0BEN> <!date^")


def test_a_refusal_without_a_person_is_its_reason():
    assert answers.refusal("Nobody asked for <this>.") == (
        "Nobody asked for &lt;this&gt;."
    )
