"""What a dry run shows beyond what is so: after a press, and of the summary."""

from dataclasses import replace

from inline_snapshot import snapshot
from states import (
    ANN,
    CATALOGUE,
    PLAN,
    TOKEN_OK,
    TOKEN_PAGE,
    WATCHED,
    Story,
    _clock,
    wrapped,
)

from bot.core.incident.commands import Context, Intend
from bot.core.incident.state import Verb
from bot.core.incident.supposing import Case, as_if, supposed
from bot.core.locks import Capped
from bot.core.policy import Deed
from handlers.render import dry_run as d
from handlers.render import supposed as s
from handlers.render.message import wanted
from handlers.render.step import step

HOSTILE = PLAN.model_copy(update={"target": "<!channel> & \u202ealice *x*"})
CAPS = Capped(participants=25, touches=1, acts=6, begun=0)


def cases(story, plan=PLAN):
    act = Intend(story.here(), plan, {"room": "blue-whale"})
    context = Context(ANN, story.now, story.rules)
    return tuple(supposed(story.state, story.events, act, context))


def follows(story, plan=PLAN):
    one = story.state.run.current()
    drawn = step(story.state, one, story.events, CATALOGUE)
    shown = tuple(d.lines_of(drawn.blocks))
    told = s.follows(one.ref, shown, cases(story, plan), CATALOGUE)
    return {case: lines for case, _, lines in told}


def text(told):
    lines = [f"{case}: {_clock(line)}" for case, some in told.items() for line in some]
    return wrapped("\n".join(lines))


def test_an_act_that_others_must_approve_is_told_to_each_of_its_ends():
    assert text(follows(Story(rules=WATCHED).at_action())) == snapshot("""\
pressed: :hourglass_flowing_sand: <@U0ANN> pressed Run. The bot checks that
  nothing has changed.
pressed: Nobody needs to press anything now; the bot goes on by itself.
pressed: <@U0ANN> pressed Run 12:00:06 on alice's session PA_1 in room blue-
  whale
awaiting: :hourglass_flowing_sand: <@U0ANN> asks to run it; it lacks 2 approvals
  by leads, until 12:15:06. Whoever asked cannot approve.
awaiting: Parameters: room blue-whale · Page: abababababab · Bound as:
  3c32e67cca29
awaiting: [Approve] [Decline] [Break the glass] [Skip]
awaiting: [Approve] asks first: *Approve: Reconnect the participant?* alice's
  session PA_1 in room blue-whale. One participant is offline for up to 30 s.
  [Approve] [Not now]
awaiting: <@U0ANN> pressed Run 12:00:06 on alice's session PA_1 in room blue-
  whale · <@U0ANN> asked for 2 approvals 12:00:06
broken: The glass is broken
broken: :rotating_light: *somebody who may broke the glass 12:00:06*: Reconnect
  the participant runs without 2 approvals.
broken: *Why:* (What people say is told here; nobody knows it before.)
broken: blue-whale, INC-7, step 3 of runbook 1.
running: :hourglass_flowing_sand: Running, attempt 1.
running: Nobody needs to press anything now; the bot goes on by itself.
running: approver 1 approved it 12:00:06 · approver 2 approved it 12:00:06 ·
  attempt 1 began 12:00:06
done: :hourglass_flowing_sand: (What the server says is told here; nobody knows
  it before.) The bot looks for the effect: Participant is connected.
done: Nobody needs to press anything now; the bot goes on by itself.
done: attempt 1 was done 12:00:06: (What the server says is told here; nobody
  knows it before.)
effect: :white_check_mark: Done. (What the server says is told here; nobody
  knows it before.)
effect: :white_check_mark: *Participant is connected*: (What is seen then is
  told here; nobody knows it before.)
effect: attempt 1 was done 12:00:06: (What the server says is told here; nobody
  knows it before.)
no-effect: :warning: (What the server says is told here; nobody knows it
  before.) The effect was not seen: Participant is connected is not ok.
no-effect: :grey_question: *Participant is connected*: (What is seen then is
  told here; nobody knows it before.)
no-effect: [Run the check again] [Run again] [Confirm] [Skip] [It failed]
no-effect: attempt 1 was done 12:00:06: (What the server says is told here;
  nobody knows it before.)
nothing: :warning: It cannot be run now. (Why nothing was done is told here;
  nobody knows it before.)
nothing: [Look again] [Skip] [It failed]
nothing: attempt 1 did nothing 12:00:06: (Why nothing was done is told here;
  nobody knows it before.)
doubt: :warning: In doubt: the bot is looking whether it happened. It is not run
  again. (Why there is doubt is told here; nobody knows it before.)
doubt: Nobody needs to press anything now; the bot goes on by itself.
doubt: attempt 1 in doubt 12:00:06: (Why there is doubt is told here; nobody
  knows it before.)
unsure: :warning: In doubt: the bot cannot tell whether it happened. Look, then
  say so. (Why there is doubt is told here; nobody knows it before.)
unsure: [It happened] [It did not happen]
unsure: attempt 1 in doubt 12:00:06: (Why there is doubt is told here; nobody
  knows it before.) · the bot looked into the doubt 12:00:06: (Why there is doubt
  is told here; nobody knows it before.)\
""")


def test_each_line_is_one_of_the_very_messages_of_life():
    story = Story(rules=WATCHED).at_action()
    told = follows(story)
    for one in cases(story):
        live = wanted(one.state, one.events, CATALOGUE)
        lines = "\n".join(line for m in live for line in d.lines_of(m.blocks))
        for line in told[one.case]:
            assert all(part in lines for part in line.split(d.BETWEEN))


def test_what_others_wrote_is_escaped_wherever_it_is_shown():
    story = Story().ranked().start().press(Verb.CONFIRM)
    story = story.reports("token-endpoint", TOKEN_OK).prepared(HOSTILE)
    told = "\n".join(line for some in follows(story, HOSTILE).values() for line in some)
    one = story.state.run.current()
    before = "\n".join(d.shown(story.state, one, None, story.events, CATALOGUE))
    for shown in (told, before):
        assert "&lt;!channel&gt; &amp; alice" in shown
        assert "<!channel>" not in shown
        assert "\u202e" not in shown


def test_a_page_that_only_looks_ends_with_its_summary():
    looks = TOKEN_PAGE.model_copy(update={"steps": TOKEN_PAGE.steps[1:2]})
    story = Story().ranked().start(looks).reports("token-endpoint", TOKEN_OK)
    context = Context(ANN, story.now, story.rules)
    ending = as_if(story.id, story.events, {}, context)
    told = map(_clock, s.summary(story.id, ending))
    assert wrapped("\n".join(told)) == snapshot("""\
Summary: blue-whale
*What was reported*
• <@U0ANN> opened it 12:00:00 about room blue-whale for alice, SEV2. [1]
• Reproduces after a handshake or sync retry: not tried. [1]
*What was seen last*
• room-occupied: ok — 2 participants are in the room. [4]
• token-endpoint: ok — The token endpoint answers. [9]
*Which runbook*
• Proposed: token-invalid. «Token invalid or expired» scores 2: token.status !=
  'ok' (token.status is server-error). The next, «Missing group key», scores 0.
  [5]
• <@U0ANN> started 'Token invalid or expired' 12:00:03. [6]
*What was done*
• Step 1: the check was ok (The token endpoint answers.) [9]
*How it ended*
• <@U0ANN> resolved it 12:00:04. [10]
• It took 4 s from opening. [1,10]
Incident INC-7, as of event 10, 12:00:04. The numbers are those of events.\
""")


def test_caps_are_told_with_what_counts_towards_them():
    assert s.capped(CAPS) == (
        "By its caps one act may disturb 25 participants (this one: 1), and 6 acts of "
        "its reach may begin in a room within an hour (so far: 0)."
    )
    unknown = CAPS.model_copy(update={"touches": None, "begun": None})
    assert "(this one: it is not known how many)" in s.capped(unknown)
    assert "(so far: this is not known here)" in s.capped(unknown)


def test_what_cannot_be_pressed_says_that_nothing_can_be_known():
    assert list(s.remarks(None, ())) == [s.UNPLANNED]


def test_it_is_said_when_nobody_may_break_the_glass():
    may = {**WATCHED.policy.may, Deed.BREAK_GLASS: frozenset()}
    rules = replace(WATCHED, policy=replace(WATCHED.policy, may=may))
    told = cases(Story(rules=rules).at_action())
    assert list(s.remarks(CAPS, told)) == [s.capped(CAPS), s.STAND_INS, s.NO_GLASS]
    assert s.NO_GLASS not in s.remarks(CAPS, cases(Story(rules=WATCHED).at_action()))


def test_every_case_has_its_title():
    assert set(s.TITLES) == set(Case)


def test_plain_text_is_escaped_where_it_becomes_markup():
    header = {"type": "header", "text": {"type": "plain_text", "text": "<!here> & co"}}
    assert list(d.lines_of([header])) == ["&lt;!here&gt; &amp; co"]
