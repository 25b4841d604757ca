"""A step in each state that people meet: what it says."""

from datetime import timedelta

from inline_snapshot import snapshot
from states import (
    BEN,
    ROOM_EMPTY,
    ROOM_OK,
    START,
    TOKEN_BAD,
    Story,
    page,
)
from step_stories import (
    aged,
    at_guard,
    blocked,
    finished,
    in_doubt,
    step,
    unsure,
    unverified,
)

from bot.core.incident.state import Verb
from bot.core.locks import Holder, Obstacle


def test_a_step_for_a_person():
    assert page(step(Story().ranked().start(), 1)) == snapshot("""\
(Step 1 of 4: :point_right: Do this, then press Confirm.
Tell the people in the room.)
*Step 1 of 4* — Tell the people in the room.
Say *when* you start, see the rota (https://example.org/r).
:point_right: Do this, then press Confirm.
[Confirm] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03\
""")


def test_a_check_that_is_under_way():
    assert page(step(Story().ranked().start().press(Verb.CONFIRM), 2)) == snapshot("""\
(Step 2 of 4: :hourglass_flowing_sand: The bot is looking: Token endpoint
  answers.
Verify that the token endpoint answers.)
*Step 2 of 4* — Verify that the token endpoint answers.
:hourglass_flowing_sand: The bot is looking: Token endpoint answers.
[Skip]
~ Token invalid or expired, started by <@U0ANN> 12:00:03\
""")


def test_a_check_that_is_not_ok():
    story = Story().ranked().start().press(Verb.CONFIRM)
    assert page(step(story.reports("token-endpoint", TOKEN_BAD), 2)) == snapshot("""\
(Step 2 of 4: :x: The check is not ok. Put it right and run the check again, or
  skip it with a reason; confirm if you know that it is fine.
Verify that the token endpoint answers.)
*Step 2 of 4* — Verify that the token endpoint answers.
:x: The check is not ok. Put it right and run the check again, or skip it with a
  reason; confirm if you know that it is fine.
:x: *Token endpoint answers*: The token endpoint answers 500.
~ token.status `server-error` · token.http_status `500` · seen 12:00:04
[Run the check again] [Confirm] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03\
""")


def test_an_action_that_is_ready():
    assert page(step(Story().at_action())) == snapshot("""\
(Step 3 of 4: :arrow_forward: Ready to run: Reconnect the participant. Nothing
  is done before a press.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:arrow_forward: Ready to run: Reconnect the participant. Nothing is done before
  a press.
*It touches:* alice's session PA_1 in room blue-whale
*What that means:* One participant is offline for up to 30 s.
[Run] [Look again] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03\
""")


def test_an_action_that_ran_and_is_being_verified():
    assert page(step(finished())) == snapshot("""\
(Step 3 of 4: :hourglass_flowing_sand: It was ended. The bot looks for the
  effect: Participant is connected.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:hourglass_flowing_sand: It was ended. The bot looks for the effect: Participant
  is connected.
~ Nobody needs to press anything now; the bot goes on by itself.
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ attempt 1 began 12:00:08
~ attempt 1 was done 12:00:09: It was ended.\
""")


def test_an_action_whose_effect_was_not_seen():
    assert page(step(unverified())) == snapshot("""\
(Step 3 of 4: :warning: It was ended. The effect was not seen: Participant is
  connected is not ok.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:warning: It was ended. The effect was not seen: Participant is connected is not
  ok.
:grey_question: *Participant is connected*: LiveKit does not answer.
[Run the check again] [Run again] [Confirm] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ attempt 1 began 12:00:08
~ attempt 1 was done 12:00:09: It was ended.\
""")


def test_an_action_in_doubt():
    assert page(step(in_doubt())) == snapshot("""\
(Step 3 of 4: :warning: In doubt: the bot is looking whether it happened. It is
  not run again. No answer in time.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:warning: In doubt: the bot is looking whether it happened. It is not run again.
  No answer in time.
*It touches:* alice's session PA_1 in room blue-whale
*What that means:* One participant is offline for up to 30 s.
~ Nobody needs to press anything now; the bot goes on by itself.
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ attempt 1 began 12:00:08
~ attempt 1 in doubt 12:00:09: No answer in time.\
""")


def test_an_action_that_only_a_person_can_settle():
    assert page(step(unsure())) == snapshot("""\
(Step 3 of 4: :warning: In doubt: the bot cannot tell whether it happened. Look,
  then say so. It cannot tell.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:warning: In doubt: the bot cannot tell whether it happened. Look, then say so.
  It cannot tell.
*It touches:* alice's session PA_1 in room blue-whale
*What that means:* One participant is offline for up to 30 s.
[It happened] [It did not happen]
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ attempt 1 began 12:00:08
~ attempt 1 in doubt 12:00:09: No answer in time.
~ the bot looked into the doubt 12:00:10: It cannot tell.\
""")


def test_a_step_that_its_guard_holds_back():
    story = at_guard(ROOM_EMPTY)
    assert page(step(story, 4)) == snapshot("""\
(Step 4 of 4: :no_entry: Held back. It waits until `room.participants &gt; 0`;
  now room.participants is 0.
Watch it for a while.)
*Step 4 of 4* — Watch it for a while.
:no_entry: Held back. It waits until `room.participants &gt; 0`; now
  room.participants is 0.
:x: *Room is occupied*: The room is empty.
~ room.participants `0` · seen 12:00:07
[Run the check again] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03\
""")


def test_a_skipped_step_says_who_skipped_it_and_why():
    assert page(step(at_guard(ROOM_OK), 3)) == snapshot("""\
(Step 3 of 4: :fast_forward: Skipped. Not needed.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:fast_forward: Skipped. Not needed.
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0BEN> skipped it 12:00:07\
""")


def test_an_action_whose_target_another_incident_holds():
    holder = Holder(incident="INC-9", by=BEN, since=START, whole_room=False)
    message = step(blocked(Obstacle(holder=holder)))
    assert page(message) == snapshot("""\
(Step 3 of 4: :lock: Not now: incident INC-9 acts on one participant, for
  <@U0BEN> since 12:00:00. The button comes back by itself when that is settled.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:lock: Not now: incident INC-9 acts on one participant, for <@U0BEN> since
  12:00:00. The button comes back by itself when that is settled.
*It touches:* alice's session PA_1 in room blue-whale
*What that means:* One participant is offline for up to 30 s.
[Held by INC-9: look again] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ blocked 12:00:08 for <@U0ANN>, as incident INC-9 acts on one participant, for
  <@U0BEN> since 12:00:00.\
""")


def test_an_action_that_would_go_over_a_cap():
    obstacle = Obstacle(begun=2, most=2, until=START + timedelta(hours=1))
    assert page(step(blocked(obstacle))) == snapshot("""\
(Step 3 of 4: :no_entry: Not now: 2 such acts have begun in this room within an
  hour, and the policy allows 2. The next may begin 13:00:00.
Force a reconnect.)
*Step 3 of 4* — Force a reconnect.
:no_entry: Not now: 2 such acts have begun in this room within an hour, and the
  policy allows 2. The next may begin 13:00:00.
*It touches:* alice's session PA_1 in room blue-whale
*What that means:* One participant is offline for up to 30 s.
[Look again] [Skip] [It failed]
~ Token invalid or expired, started by <@U0ANN> 12:00:03
~ <@U0ANN> pressed Run 12:00:07 on alice's session PA_1 in room blue-whale
~ blocked 12:00:08 for <@U0ANN>, as 2 such acts have begun in this room within
  an hour, and the policy allows 2. The next may begin 13:00:00.\
""")


def test_an_action_whose_facts_are_looked_at_again():
    assert page(step(aged(), 1)) == snapshot("""\
(Step 1 of 1: :hourglass_flowing_sand: What it rests on was seen too long ago:
  the bot is looking again. The button comes back if it still holds.
Force a reconnect.)
*Step 1 of 1* — Force a reconnect.
:hourglass_flowing_sand: What it rests on was seen too long ago: the bot is
  looking again. The button comes back if it still holds.
~ Nobody needs to press anything now; the bot goes on by itself.
~ Missing group key, started by <@U0ANN> 12:00:03\
""")
