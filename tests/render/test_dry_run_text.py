"""A dry run as text: every message, and nothing in it that could be pressed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from states import CATALOGUE, TOKEN_PAGE, Story
from step_stories import finished, unsure

from bot.core.actions import Effect
from bot.core.incident.state import Verb
from bot.core.policy import MEMBERS, Demand
from handlers.render import dry_run as d

ROOM_ACT = Demand(Effect.ROOM, ("on-call",), 2, ("leads", "on-call"))


def text(story, number=3, demand=None):
    one = story.state.runs[-1].steps[number - 1]
    return list(d.shown(story.state, one, demand, story.events, CATALOGUE))


def test_an_action_is_shown_with_target_and_blast_and_dead_buttons():
    (told,) = text(Story().at_action())
    assert told.splitlines()[:6] == [
        ":test_tube: *Dry run, nothing is touched.*",
        "*Step 3 of 4* — Force a reconnect.",
        (
            ":arrow_forward: Ready to run: Reconnect the participant. Nothing is done "
            "before a press."
        ),
        "*It touches:* alice's session PA_1 in room blue-whale",
        "*What that means:* One participant is offline for up to 30 s.",
        "[Run] [Look again] [Skip] [It failed]",
    ]


def test_how_many_must_approve_an_act_is_said_of_each_act():
    told = text(Story().at_action(), demand=ROOM_ACT)[0]
    assert (
        "_By the policy it needs 2 approvals by leads or on-call, and whoever asks "
        "cannot approve._"
    ) in told.splitlines()
    assert "By the policy" not in text(Story().at_action())[0]


@pytest.mark.parametrize(
    ("demand", "said"),
    [
        (replace(ROOM_ACT, needed=0), "By the policy it needs no approval."),
        (
            replace(ROOM_ACT, needed=1, approvers=(MEMBERS,)),
            (
                "By the policy it needs 1 approval by any other full member, and "
                "whoever asks cannot approve."
            ),
        ),
        (
            replace(ROOM_ACT, runners=(), needed=1, approvers=()),
            (
                "By the policy nobody may run it; it needs 1 approval by nobody: the "
                "policy names none, and whoever asks cannot approve."
            ),
        ),
    ],
    ids=["none", "by members", "by nobody"],
)
def test_a_demand_is_said_in_words(demand, said):
    assert d.demanded(demand) == said


def test_what_would_be_verified_is_said_and_nothing_where_nothing_would_be():
    assert (
        "look for its effect: Participant is connected" in text(Story().at_action())[0]
    )
    bare = Story()
    action = TOKEN_PAGE.steps[2].model_copy(update={"verify": None})
    bare.ranked().start(TOKEN_PAGE.model_copy(update={"steps": (action,)})).prepared()
    assert text(bare, 1)[0].endswith("_Here it would wait for a press of Run._")


@pytest.mark.parametrize(
    "story",
    [Story().ranked().start(), finished(), unsure()],
    ids=["open", "verifying", "unsure"],
)
def test_only_an_action_that_is_ready_would_wait_for_a_press(story):
    number = story.here().step
    assert "would wait" not in "".join(text(story, number))


def test_what_is_long_comes_in_parts_and_nothing_is_left_out():
    lines = [f"{n} {'x' * 400}" for n in range(30)]
    told = list(d.parts(lines))
    assert len(told) > 1
    assert all(len(one) <= d.LONGEST for one in told)
    assert "\n".join(told).split("\n") == lines


def test_a_line_that_is_too_long_for_any_part_comes_alone():
    assert list(d.parts(["x" * 4_000, "y"])) == ["x" * 4_000, "y"]


def test_it_says_at_both_ends_that_nothing_is_touched():
    assert "nothing is touched" in d.begun(TOKEN_PAGE)
    assert "*Token invalid or expired*" in d.ended(TOKEN_PAGE)


def test_a_terminal_gets_plain_words():
    story = Story().at_action().press(Verb.RUN)
    story.now += timedelta(seconds=1)
    told = d.for_terminal(story.message("step:1:3"))
    assert "started by U0ANN 2026-03-01T12:00:03Z" in told
    assert "<" not in told
    assert ":hourglass" not in told


@pytest.mark.parametrize(
    ("mrkdwn", "plain"),
    [
        ("R&amp;D &lt;west&gt;", "R&D <west>"),
        ("see <https://x.org/a|the page>", "see the page (https://x.org/a)"),
        ("<@U0ANN> in <#C0HELP>", "U0ANN in C0HELP"),
        (":lock: Not now", "Not now"),
    ],
)
def test_markup_becomes_what_a_person_reads(mrkdwn, plain):
    assert d.plain(mrkdwn) == plain


def test_headings_and_dividers_are_told_or_left_out():
    header = {"type": "header", "text": {"type": "plain_text", "text": "Room"}}
    assert list(d.lines_of([header, {"type": "divider"}])) == ["Room"]
