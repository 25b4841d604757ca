"""What a step and the channel say of approvals, refusals and the broken glass."""

from dataclasses import replace
from datetime import timedelta

import pytest
from inline_snapshot import snapshot
from states import BEN, PLAN, TOKEN_PAGE, WATCHED, Story, buttons, page
from step_stories import labels, step

from bot.core.incident import commands as c
from bot.core.incident.state import Verb
from bot.core.policy import Deed, Ruling

CAT = "U0CAT"
EDITED = TOKEN_PAGE.model_copy(update={"sha256": "ef" * 32})
REFUSED = Ruling(Deed.APPROVE, "The policy does not let you approve actions.", ())


def test_a_step_that_waits_for_approvals():
    assert page(step(Story().awaiting().press(Verb.APPROVE, by=BEN))) == snapshot("""\
(Step 3 of 4: :hourglass_flowing_sand: <@U0ANN> asks to run it; it lacks 1
  approval by leads, until 12:15:08. Approved by <@U0BEN>. Whoever asked cannot
  approve.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:hourglass_flowing_sand: <@U0ANN> asks to run it; it lacks 1 approval by leads,
  until 12:15:08. Approved by <@U0BEN>. Whoever asked cannot approve.
*It touches:* alice's session PA_1 in room blue-whale
*What that means:* One participant is offline for up to 30 s.
~ Page: abababababab
~ Bound as: 632a152119d1
[Approve] [Decline] [Break the glass] [Skip]
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ <@U0ANN> asked for 2 approvals 12:00:08
~ <@U0BEN> approved it 12:00:09\
""")


def test_an_approval_is_given_on_what_the_dialog_shows_once_more():
    asked = buttons(step(Story().awaiting()))["Approve"]["confirm"]
    texts = [asked[part]["text"] for part in ("title", "text", "confirm", "deny")]
    assert texts == [
        "Approve: Reconnect the participant?",
        f"{PLAN.target}. {PLAN.blast}",
        "Approve",
        "Not now",
    ]


@pytest.mark.parametrize(
    ("library", "told"),
    [
        ({TOKEN_PAGE.slug: EDITED}, "The page was changed since this run began."),
        ({}, "The page was taken away since this run began."),
    ],
)
def test_who_approves_sees_that_the_page_is_another_than_the_runs(library, told):
    rules = replace(WATCHED, library={**WATCHED.library, **library} if library else {})
    shown = page(step(Story().awaiting(rules)))
    assert f":warning: *{told}*" in shown
    assert ":warning: *The page" not in page(step(Story().awaiting()))


def test_the_glass_has_no_button_where_nobody_may_break_it():
    assert "Break the glass" in labels(Story().awaiting())
    nobody = WATCHED.policy.may | {Deed.BREAK_GLASS: frozenset()}
    rules = replace(WATCHED, policy=replace(WATCHED.policy, may=nobody))
    assert "Break the glass" not in labels(Story().awaiting(rules))


def test_a_step_whose_approvals_are_void():
    story = Story().awaiting()
    story.press(Verb.APPROVE, by=BEN).press(Verb.APPROVE, by=CAT)
    other = PLAN.model_copy(update={"blast": "Everybody is offline."})
    assert page(step(story.intended(other))) == snapshot("""\
(Step 3 of 4: :warning: Not run: what was asked for is void. Since it was asked
  for, this has changed: what it would touch. Read it again, then press Run:
  Reconnect the participant.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:warning: Not run: what was asked for is void. Since it was asked for, this has
  changed: what it would touch. Read it again, then press Run: Reconnect the
  participant.
*It touches:* alice's session PA_1 in room blue-whale
*What that means:* Everybody is offline.
[Run] [Look again] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ <@U0ANN> asked for 2 approvals 12:00:08
~ <@U0BEN> approved it 12:00:09
~ <@U0CAT> approved it 12:00:10
~ void 12:00:11: Since it was asked for, this has changed: what it would touch.\
""")


def test_a_step_that_was_declined():
    story = Story().awaiting().press(Verb.DECLINE, "Not at noon.", BEN).prepared()
    assert page(step(story)) == snapshot("""\
(Step 3 of 4: :warning: Not run: what was asked for is void. Not at noon. Read
  it again, then press Run: Reconnect the participant.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:warning: Not run: what was asked for is void. Not at noon. Read it again, then
  press Run: Reconnect the participant.
*It touches:* alice's session PA_1 in room blue-whale
*What that means:* One participant is offline for up to 30 s.
[Run] [Look again] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ <@U0ANN> asked for 2 approvals 12:00:08
~ <@U0BEN> declined it 12:00:09: Not at noon.\
""")


def test_a_step_whose_request_nobody_approved_in_time():
    story = Story().awaiting()
    story.now += timedelta(minutes=16)
    story.follow()
    assert "The time to approve it is over." in page(step(story.prepared()))


def test_a_refusal_stands_in_the_trail_of_its_step():
    story = Story().awaiting()
    story.do(c.Refuse(REFUSED, story.here()), CAT)
    assert "<@U0CAT> was refused 12:00:09: The policy" in page(step(story))


def test_whoever_may_not_any_more_is_named():
    story = Story().awaiting()
    story.press(Verb.APPROVE, by=BEN).press(Verb.APPROVE, by=CAT)
    story.do(c.Withhold(story.here(), CAT, REFUSED))
    assert page(step(story)) == snapshot("""\
(Step 3 of 4: :warning: It cannot be run now. Somebody on whom it rests may not
  approve actions now. Whoever runs this bot can change its policy.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:warning: It cannot be run now. Somebody on whom it rests may not approve
  actions now. Whoever runs this bot can change its policy.
[Look again] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ <@U0ANN> asked for 2 approvals 12:00:08
~ <@U0BEN> approved it 12:00:09
~ <@U0CAT> approved it 12:00:10
~ not run 12:00:11: <@U0CAT> may not approve actions now\
""")


def test_the_broken_glass_is_a_message_of_the_channel_itself():
    story = Story().awaiting().press(Verb.BREAK_GLASS, "She is locked out.", BEN)
    loud = story.message(f"glass:{story.events[-1].seq}")
    assert (loud.thread, loud.urgent) == (False, True)
    assert page(loud) == snapshot("""\
(The glass is broken: <@U0BEN> broke the glass 12:00:09: Reconnect the
  participant without 2 approvals.)
# The glass is broken
:rotating_light: *<@U0BEN> broke the glass 12:00:09*: Reconnect the participant
  runs without 2 approvals.
*Why:* She is locked out.
~ blue-whale, INC-7, step 3 of runbook 1.\
""")


def test_the_broken_glass_waits_for_no_message_but_the_card():
    """First posts go in this order: loud means before whatever piled up."""
    story = Story().awaiting().press(Verb.BREAK_GLASS, "She is locked out.", BEN)
    parts = [one.part for one in story.messages()]
    assert parts[:2] == ["card", f"glass:{story.events[-1].seq}"]
