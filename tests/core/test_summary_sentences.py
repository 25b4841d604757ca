import re
import textwrap
from datetime import datetime
from typing import get_args

import pytest
from file_samples import artefact, compare, offer, receive
from hypothesis import given, settings
from hypothesis import strategies as st
from incident_story import (
    ANN,
    BEN,
    DOWN,
    GONE,
    NOBODY,
    SILENT,
    STATES,
    TWO,
    UP,
    Story,
)
from inline_snapshot import snapshot
from test_incident_properties import stories

from bot.core.evidence import witnessed
from bot.core.incident import commands as c
from bot.core.incident.apply import apply, opened
from bot.core.incident.events import Body, StepRef
from bot.core.incident.state import ACTING, Verb
from bot.core.incident.telling import AS_THEY_COME, LISTED
from bot.core.policy import Deed, Ruling
from bot.core.report import Report
from bot.core.summary import Account, Person, summarise
from bot.core.transitions import Move, Transition
from tests.fakes.scripted import CALM, CAREFUL, OTHER_PLAN, PLAN

SILENT_KINDS = {"checks.requested", "artefact.offered", "artefact.repeated"}
"""That a look or a file was asked for is no news: what was seen is."""


def told(story):
    """Return the summary as plain lines, each with what it rests on."""
    lines = []
    for section in summarise("INC-7", story.events):
        lines.append(f"# {section.title}")
        lines += [f"{said(one)} {list(one.rests_on)}" for one in section.sentences]
    return "\n".join(textwrap.fill(one, 80, subsequent_indent="  ") for one in lines)


def said(sentence):
    return "".join(map(spoken, sentence.parts))


def spoken(part):
    if isinstance(part, Person):
        return f"<{part.id}>"
    return f"{part:%H:%M:%S}" if isinstance(part, datetime) else part


def sentences(story, title):
    for section in summarise("INC-7", story.events):
        if section.title == title:
            return [said(one) for one in section.sentences]
    return []


def whole():
    """Return an incident in which everything happens once."""
    report = Report(
        room="blue-whale",
        participant="alice",
        packet_type="sync_request",
        request_id="req-1",
        transitions="12:00 left",
        words="Nothing syncs.",
    )
    story = Story(report=report).ranked().do(c.See((moved(1), moved(2))))
    story.start().press(Verb.CONFIRM, words="Told them.").sees("endpoint", UP)
    story.prepared(None, "Nobody is there.").press(Verb.LOOK_AGAIN).prepared()
    story.press(Verb.RUN).prepared(OTHER_PLAN).press(Verb.RUN, plan=OTHER_PLAN)
    story.intend(OTHER_PLAN).doubt().clear(happened=None)
    story.press(Verb.HAPPENED, by=BEN).sees("connected", GONE).sees("connected", TWO)
    story.press(Verb.SKIP, words="No sign came.")
    story.start(CALM, by=BEN).press(Verb.FAIL, words="They do not answer.")
    story.do(c.Resolve("It works."), ANN)
    return story


def moved(number):
    return Transition(
        id=f"EV_{number}",
        room="blue-whale",
        identity="alice",
        sid="PA_1",
        move=Move.LEFT,
        at=Story().now,
        source="webhook",
    )


def test_the_summary_of_a_whole_incident():
    assert told(whole()) == snapshot("""\
# What was reported
<U0ANN> opened it 12:00:00 about room blue-whale for alice, SEV3. [1]
Packet type: sync_request [1]
Request id: req-1 [1]
Connection state transitions: 12:00 left [1]
In their words: Nothing syncs. [1]
Reproduces after a handshake or sync retry: not tried. [1]
# What was seen last
people: ok — 2 people are in the room. [4]
endpoint: ok — The endpoint answers. [12]
connected: ok — 2 people are in the room. [27]
2 connection state transitions recorded. [6]
# Which runbook
Proposed: repair. «The repair page» scores 2: endpoint.up == false (endpoint.up
  is False). The next, «The blind page», scores 0. [5]
<U0ANN> started 'The repair page' 12:00:04. [7]
<U0BEN> started 'The calm page' 12:00:20. [30]
# What was done
Step 1: confirmed by <U0ANN> 12:00:05: Told them. [9]
Step 2: the check was ok (The endpoint answers.) [12]
Step 3: could not be run. Nobody is there. [14]
Step 3: <U0ANN> pressed Run on session PA_1 in room blue-whale. [17]
Step 3: what it would touch had changed; nothing was done. [18]
Step 3: <U0ANN> pressed Run on session PA_1 in room blue-whale. [19]
Step 3: attempt 1 began 12:00:13. [20]
Step 3: in doubt. No answer in time. [21]
Step 3: the doubt was looked into. The probe looked. [22]
Step 3: the doubt was looked into. <U0BEN>: A person looked: it happened. So.
  [23]
Step 3: the verification was bad (The participant is not there.) [25]
Step 3: the verification was ok (2 people are in the room.) [27]
Step 4: held back. It waits until `sign.seen == true`; sign.seen could not be
  told. [28]
Step 4: skipped by <U0ANN> 12:00:19: No sign came. [29]
Step 1 of runbook 2: failed by <U0ANN> 12:00:21: They do not answer. [32]
# How it ended
<U0ANN> resolved it 12:00:22: It works. [34]
It took 22 s from opening. [1, 34]\
""")


def test_a_held_a_resolved_and_a_reopened_incident_say_so():
    story = Story().ranked().do(c.Resolve("Restarted."), ANN).sees("endpoint", SILENT)
    story.do(c.Resolve(anyway=True), BEN).do(c.Reopen("It is back."), ANN)
    story.sees("endpoint", DOWN).sees("people", NOBODY)
    story.do(c.Resolve(anyway=True), ANN)
    assert sentences(story, "How it ended") == snapshot(
        [
            "<U0ANN> asked to resolve it 12:00:03: Restarted.",
            "Not resolved: endpoint not ok.",
            "<U0BEN> resolved it 12:00:05. Not ok at that time: endpoint.",
            "<U0ANN> reopened it 12:00:06: It is back.",
            "<U0ANN> resolved it 12:00:09. Not ok at that time: endpoint, people.",
            "It took 9 s from opening.",
        ]
    )


def test_the_bot_is_no_person():
    story = Story().ranked().do(c.Resolve(), ANN).sees("endpoint", UP)
    assert sentences(story, "How it ended")[1].startswith("The bot resolved it")
    story = Story().running().doubt().clear(happened=False, detail="It is there.")
    looked = "Step 3: the doubt was looked into. It is there."
    assert looked in sentences(story, "What was done")


@pytest.mark.parametrize("status", STATES)
def test_an_open_incident_says_which_step_it_stands_at_and_since_which_event(status):
    story = STATES[status]()
    *_, last = summarise("INC-7", story.events)[-1].sentences
    assert said(last).startswith(f"Open: step {story.step.number} ")
    (seq,) = last.rests_on
    story.do(c.See((moved(9),)))
    *_, later = summarise("INC-7", story.events)[-1].sentences
    assert later.rests_on == (seq,)


def test_how_long_it_took_rests_on_the_opening_and_the_resolution():
    story = Story().ranked().start().press(Verb.CONFIRM).wait(3700).resolved()
    resolution = story.state.seq
    story.sees("endpoint", DOWN)
    *_, last = summarise("INC-7", story.events)[-1].sentences
    assert said(last) == "It took 1 h 1 min 45 s from opening."
    assert last.rests_on == (1, resolution)


def test_a_clock_that_was_set_back_makes_no_negative_time():
    story = Story().wait(-3600).resolved()
    took = sentences(story, "How it ended")[-1]
    assert took == "It took less than a second from opening."


def test_what_was_seen_last_is_what_was_looked_at_last():
    story = Story().do(c.Resolve(anyway=True), ANN).do(c.Reopen(), ANN)
    early, late = [number for name, number in story.waiting() if name == "people"]
    story.wait(60).tells(late, TWO).tells(early, NOBODY, took=50)
    assert sentences(story, "What was seen last") == [f"people: ok — {TWO.headline}"]


def test_a_failed_check_names_where_the_log_has_it():
    story = Story()
    seen = witnessed(SILENT, source="endpoint", at=story.now)
    crashed = seen.model_copy(update={"reference": "ref-1"})
    story.do(c.ReportCheck(1, crashed, 0.1))
    last = sentences(story, "What was seen last")
    assert last == [f"endpoint: unknown — {SILENT.headline} (reference ref-1)"]


def test_one_transition_is_not_many():
    story = Story().do(c.See((moved(1),)))
    expected = "1 connection state transition recorded."
    assert sentences(story, "What was seen last") == [expected]


def test_transitions_that_were_counted_are_told_in_a_line_for_each_participant():
    story = Story()
    for number in range(AS_THEY_COME):
        story.do(c.See((moved(number),)))
    crowd = [
        moved(100 + n).model_copy(update={"at": story.now, "identity": f"peer-{n}"})
        for n in range(LISTED + 2)
    ]
    story.wait(3_600).do(c.See(tuple(crowd)))
    recorded, first, other = sentences(story, "What was seen last")
    assert recorded == "62 connection state transitions recorded."
    assert first.startswith("peer-0: 1 more, counted and not listed, from ")
    assert other.startswith("peer-1: 1 more, counted and not listed, from ")


def test_a_file_is_told_with_its_verdict_and_a_short_hash_and_no_more():
    story = Story().do(offer("F1", "F2"), ANN).do(receive("F1", artefact("ab")))
    story.do(receive("F2", artefact("", name="two.log")))
    story.do(compare(copies__differ=True))
    assert sentences(story, "Which files were read") == [
        "one.log (log): bad. SHA-256 abababababab.",
        "two.log (log): bad.",
        "a.db and b.db compared: bad.",
    ]


NOT_ALLOWED = Ruling(Deed.ONE_PARTICIPANT, "The policy does not let you.", ("leads",))


def disputed():
    """Let somebody be refused, decline, wait too long, break the glass, be refused."""
    story = Story()
    story.do(c.Refuse(NOT_ALLOWED, story.awaiting().step.ref), ANN)
    story.press(Verb.DECLINE).prepared().press(Verb.RUN, by=BEN).intend()
    story.wait(16 * 60).follow().prepared().sees("people", TWO).prepared()
    story.press(Verb.RUN, by=BEN).intend()
    story.press(Verb.APPROVE).press(Verb.BREAK_GLASS, words="She is locked out.")
    return story.do(c.Withhold(story.step.ref, ANN, NOT_ALLOWED))


def test_what_others_said_to_an_action_is_told_with_its_events():
    said_of_it = sentences(disputed(), "What was done")[2:]
    lines = (textwrap.fill(one, 80, subsequent_indent="  ") for one in said_of_it)
    assert "\n".join(lines) == snapshot("""\
Step 3: <U0BEN> pressed Run on session PA_1 in room blue-whale.
Step 3: <U0BEN> asks 2 other people to approve it on session PA_1 in room blue-
  whale, until 12:15:08.
Step 3: <U0ANN> was refused 12:00:09. The policy does not let you.
Step 3: declined by <U0ANN> 12:00:10: So.
Step 3: <U0BEN> pressed Run on session PA_1 in room blue-whale.
Step 3: <U0BEN> asks 2 other people to approve it on session PA_1 in room blue-
  whale, until 12:15:13.
Step 3: what was asked for is void. The time to approve it is over.
Step 3: <U0BEN> pressed Run on session PA_1 in room blue-whale.
Step 3: <U0BEN> asks 2 other people to approve it on session PA_1 in room blue-
  whale, until 12:31:18.
Step 3: approved by <U0ANN> 12:16:19 (774e5c19c65f).
Step 3: GLASS BROKEN by <U0ANN> 12:16:20, without 1 of its approvals: She is
  locked out.
Step 3: <U0ANN> may not run what disturbs one participant now, so nothing was
  done.\
""")


def test_no_kind_of_event_is_forgotten():
    elsewhere = {"rollback.proposed", "recovery.asked", "recovery.opened"}
    kinds = {body.model_fields["kind"].default for body in get_args(Body)} - elsewhere
    story = whole()
    story.do(c.Reopen(), ANN).ranked().do(c.Resolve(), ANN).sees("endpoint", DOWN)
    story.start().press(Verb.CONFIRM)
    story.sees("endpoint", UP).blocked().do(c.Unblock(story.step.ref))
    story.prepared().press(Verb.RUN).intend().finish()
    story.start(CAREFUL).sees("people", TWO).answer(seen="no", count="2")
    story.press(Verb.CONFIRM).answer(build="6470ae3", seen="no")
    story.do(offer("F1", "F2"), ANN).do(receive("F1", artefact()))
    story.do(receive("F2", artefact())).do(compare(copies__differ=True))
    story.erases(1)
    both = (story, disputed())
    assert {event.body.kind for one in both for event in one.events} == kinds
    speaking = {
        story.events[seq - 1].body.kind
        for story in both
        for section in summarise("INC-7", story.events)
        for one in section.sentences
        for seq in one.rests_on
        if not said(one).startswith("Open: ")
    }
    held_back = STATES["barred"]()
    assert any("held back" in one for one in sentences(held_back, "What was done"))
    assert kinds - speaking - {"step.reached"} == SILENT_KINDS


@settings(max_examples=20, deadline=None)
@given(stories())
def test_each_sentence_rests_on_events_that_there_are(story):
    steps = {s.ref for run in story.state.runs for s in run.steps}
    for section in summarise("INC-7", story.events):
        assert section.sentences
        for one in section.sentences:
            assert one.rests_on
            assert all(1 <= seq <= len(story.events) for seq in one.rests_on)
            assert list(one.rests_on) == sorted(set(one.rests_on))
            assert step_named(said(one)) <= steps
            asks = "pressed Run" in said(one) or "to approve it on" in said(one)
            assert PLAN.target not in said(one) or asks


def step_named(line):
    found = re.findall(r"[Ss]tep (\d+)(?: of runbook (\d+))?", line)
    return {StepRef(int(run or 1), int(step)) for step, run in found}


@settings(max_examples=8, deadline=None)
@given(stories())
def test_the_beginning_of_a_timeline_can_be_summarised_too(story):
    for end in range(1, len(story.events) + 1, 5):
        assert summarise("INC-7", story.events[:end])[0].title == "What was reported"


def test_acts_are_told_by_who_pressed():
    story = Story().running()
    pressed = f"Step 3: <{ANN}> pressed Run on {PLAN.target}."
    assert pressed in sentences(story, "What was done")
    assert story.step.status in ACTING


@settings(max_examples=50)
@given(stories(), st.data())
def test_an_account_grows_from_a_copy_and_leaves_what_was_copied_as_it_was(story, draw):
    at = draw.draw(st.integers(1, len(story.events)))
    state, account = opened("INC-7", story.events[0]), Account()
    account.take(state, story.events[0])
    for number, event in enumerate(story.events[1:], 2):
        if number == at + 1:
            before, account = (account, state), account.copy()
        state = apply(state, event)
        account.take(state, event)
    assert account.sections(state) == summarise("INC-7", story.events)
    if at < len(story.events):
        assert before[0].sections(before[1]) == summarise("INC-7", story.events[:at])
