"""Any commands in any order leave a legal incident, or are refused in plain words."""

import re
from collections import Counter
from datetime import timedelta

from file_samples import artefact, compare, fact, offer, receive
from hypothesis import given, settings
from hypothesis import strategies as st
from incident_story import ANN, BEN, HELD_BY_BEN, STATES, Story, stored

from bot.core.evidence import Finding, Verdict, witnessed
from bot.core.incident import commands as c
from bot.core.incident.advance import Work, advance, pending
from bot.core.incident.apply import fold
from bot.core.incident.decide import decide
from bot.core.incident.events import BOT, StepRef
from bot.core.incident.moves import MOVES
from bot.core.incident.press import plan_digest
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import ACTING, ENDED, Status, StepStatus, Verb
from bot.core.incident.telling import LISTED
from bot.core.locks import Obstacle
from bot.core.runbook.pages import AskKind, StepKind
from bot.core.transitions import Move, Transition
from bot.engine.claims import claimed, settles
from tests.fakes.scripted import FACTS, OTHER_PLAN, PLAN, RULES

SENTENCE = re.compile(r"[A-Z'«].* .*[.!?](: .*)?", re.DOTALL)
FACT = {"endpoint.up": st.booleans(), "room.people": st.integers(0, 2)}
PLANS = st.sampled_from([PLAN, PLAN, OTHER_PLAN])
WORDS = st.sampled_from([None, "", "So.", " \u200b", "Ünïcode \U0001f600"])
TYPED = {
    AskKind.CHOICE: st.sampled_from(["yes", "yes", "no", "maybe"]),
    AskKind.NUMBER: st.sampled_from(["3", "0.5", "-1", "many", ""]),
    AskKind.NAME: st.sampled_from(["6470ae3", "6470ae3", "0.1.0", ""]),
    AskKind.LINK: st.sampled_from(["https://example.org/1", "file:///etc"]),
}
PEOPLE = st.sampled_from([ANN, BEN])


@st.composite
def refs(draw, story):
    """The step whose turn it is, mostly; else any other, or one that is not there."""
    step = story.state.run.current() if story.state.run else None
    if step and draw(st.integers(0, 9)):
        return step.ref
    return StepRef(draw(st.integers(0, 3)), draw(st.integers(0, 5)))


def attempt(draw, story, ref):
    step = story.state.step(ref)
    now = step.attempt if step else 1
    return draw(st.sampled_from([now, now, now, 1, 2]))


def reports(draw, story):
    waiting = [look.call.number for look in story.state.unreported()]
    number = draw(st.sampled_from([*waiting, *waiting, 0, 1, 3]))
    look = story.state.looks.get(number)
    check = look.call.check if look else "endpoint"
    verdict = draw(st.sampled_from(Verdict))
    told = draw(st.booleans())
    facts = {name: draw(FACT[name]) for name in FACTS[check] if told}
    finding = Finding(verdict=verdict, headline="Seen.", facts=facts)
    at = story.now - timedelta(seconds=draw(st.integers(0, 30)))
    took = draw(st.floats(0, 30))
    return c.ReportCheck(number, witnessed(finding, source=check, at=at), took)


def presses(draw, story):
    ref = draw(refs(story))
    step = story.state.step(ref)
    allowed = MOVES[step.status] if step else ()
    verb = draw(st.sampled_from([*allowed, *allowed, *allowed, *Verb]))
    shown = step.plan if step and step.plan and draw(st.integers(0, 5)) else PLAN
    asks = step.step.asks if step else ()
    answers = {ask.name: draw(TYPED[ask.kind]) for ask in asks}
    digest = plan_digest(shown)
    if step and step.approval and verb is not Verb.RUN:
        digest = step.approval.digest
    return c.Press(ref, verb, draw(WORDS), digest, answers)


def sightings(draw, story):
    moves = [
        Transition(
            id=f"EV_{number}",
            room="blue-whale",
            identity="alice",
            sid=f"PA_{number}",
            move=Move.LEFT,
            at=story.now + timedelta(seconds=number % 7),
            source="webhook",
        )
        for number in draw(st.lists(st.integers(0, 60), max_size=40))
    ]
    return c.See(tuple(moves))


def engines(draw, story):
    """What the engine may tell, whether or not it is its turn to."""
    ref = draw(refs(story))
    plan, happened = draw(PLANS), draw(st.sampled_from([None, True, False]))
    number = attempt(draw, story, ref)
    commands = [
        c.Prepared(ref, plan),
        c.Prepared(ref, None, "Nobody is there."),
        c.Intend(ref, plan, {"room": "blue-whale"}),
        c.Block(ref, plan, draw(st.sampled_from([HELD_BY_BEN, Obstacle()]))),
        c.Unblock(ref),
        c.Finish(ref, number, ok=draw(st.booleans()), detail="It was ended."),
        c.Doubt(ref, number, "No answer in time."),
        c.Clear(ref, number, happened, "The probe looked."),
    ]
    return draw(st.sampled_from(commands))


def works(draw, story):
    """What the engine would tell next of the work that it has."""
    work = pending(story.state, story.now, story.rules.settle)
    if work.prepare:
        return c.Prepared(work.prepare, draw(PLANS))
    if work.act:
        return c.Intend(work.act, draw(PLANS))
    return reports(draw, story) if work.looks else engines(draw, story)


def files(draw, story):
    """Files handed over, read, read again and compared, by whomever."""
    names = st.sampled_from(["F1", "F2", "F3"])
    number, content = draw(st.integers(0, 3)), draw(st.sampled_from(["aa", "bb", ""]))
    told = [fact("endpoint.up", draw(st.booleans()), at=story.now)]
    read = artefact(content, facts=told)
    waiting = [*story.state.waiting, "F9"]
    commands = [
        offer(*draw(st.lists(names, max_size=3))),
        receive(draw(st.sampled_from(waiting)), *[read] * number),
        receive(draw(names), read),
        compare(copies__differ=draw(st.booleans())),
    ]
    return draw(st.sampled_from(commands))


def wholes(draw, _):
    pages = [c.Start(one) for one in RULES.library.values()]
    words, anyway = draw(WORDS), draw(st.booleans())
    others = [c.Resolve(words, anyway=anyway), c.Reopen(words), c.Reopen(words)]
    return draw(st.sampled_from([*pages, *others]))


KINDS = [
    *[reports, presses, presses, presses, works, works, works, engines, wholes],
    files,
]


@st.composite
def stories(draw, most=20):
    """Drive an incident on from anywhere by commands that are mostly in place."""
    story = draw(st.sampled_from([Story, *STATES.values()]))()
    for _ in range(draw(st.integers(0, most))):
        make = draw(st.sampled_from([*KINDS, sightings]))
        story.wait(draw(st.sampled_from([0, 1, 5, 400, -2])))
        by = draw(PEOPLE) if make in (presses, wholes) else BOT
        told(story, make(draw, story), by)
    return story


def told(story, command, by):
    """Do a command; see that it left a legal state, or a reason to read."""
    before = story.state
    reason = None
    try:
        story.do(command, by)
    except NotNow as refused:
        reason = refused.reason
    assert reason is None or (SENTENCE.fullmatch(reason) and story.state is before)
    is_legal(story)


def is_legal(story):
    state = story.state
    acting = [s for run in state.runs for s in run.steps if s.status in ACTING]
    assert state.seq == len(story.events)
    assert len(acting) <= 1
    assert not acting or acting[0] is state.run.current()
    assert held(story) == any(s.status in UNSETTLED for s in acting)
    assert len(state.transitions) <= LISTED
    read = [one.sha256 for one in state.artefacts if one.sha256]
    assert len(read) == len(set(read))
    assert set(state.waiting) <= set(state.offered)
    assert all(state.fact_seq[name] <= state.seq for name in state.facts)
    for run in state.runs:
        is_in_order(run)
    if state.status is Status.RESOLVED:
        assert not acting
        assert story.work == Work(files=tuple(state.waiting.values()))
    has_at_most_one_thing_to_do(story)
    for run in state.runs:
        for step in run.steps:
            is_as_safe_as_its_page(step)


UNSETTLED = ACTING - {StepStatus.ASKED}


def held(story):
    """Say whether the incident's target is held, by what its batches claim."""
    now = False
    for event in story.events:
        now = bool(claimed("INC-7", [event], story.rules)) or now
        now = now and not settles([event])
    return now


def is_as_safe_as_its_page(step):
    """See that no stop is confirmed, and that two different people attest."""
    done = step.status is StepStatus.DONE
    people = {one.by for one in step.attested}
    assert len(people) == len(step.attested) <= 2
    if step.step.kind is StepKind.STOP:
        assert not done
        assert step.overridden == (step.status is StepStatus.SKIPPED)
        assert step.words or not step.overridden
    if step.step.kind is StepKind.ATTEST:
        assert done == (len(people) == 2)
    elif done and step.step.asks:
        assert set(step.answers) == {ask.name for ask in step.step.asks}


def is_in_order(run):
    """See that steps end one after the other, and that none is begun early."""
    current = run.current()
    after = [s for s in run.steps if current and s.number > current.number]
    assert all(step.status is StepStatus.WAITING for step in after)
    assert all(
        s.status in ENDED for s in run.steps if current and s.number < current.number
    )


def has_at_most_one_thing_to_do(story):
    work = story.work
    assert sum(ref is not None for ref in (work.prepare, work.act, work.settle)) <= 1
    if work.act:
        of_step = [
            one for one in story.events if getattr(one.body, "step", 0) == work.act
        ]
        last = next(o for o in reversed(of_step) if o.body.kind.startswith("action."))
        assert last.body.kind == "action.asked"
        assert last.by != BOT


@settings(max_examples=45, deadline=None)
@given(stories())
def test_any_commands_leave_a_legal_incident(story):
    kinds = Counter(event.body.kind for event in story.events)
    pressed = [e for e in story.events if e.body.kind == "action.asked" and e.by != BOT]
    assert kinds["action.intended"] <= len(pressed) == kinds["action.asked"]
    story.follow()
    assert advance(story.state, story.context()) == ()


@settings(max_examples=30, deadline=None)
@given(stories())
def test_what_was_stored_and_read_again_gives_the_same_state(story):
    assert stored(story.events) == story.events
    assert fold(story.state.id, stored(story.events)) == story.state
    for at in range(1, len(story.events), 7):
        fold(story.state.id, story.events[:at])


@settings(max_examples=30, deadline=None)
@given(stories())
def test_of_two_presses_on_one_step_the_second_is_refused_or_is_another_thing(story):
    step = story.state.run.current() if story.state.run else None
    if step is None or story.state.status is Status.RESOLVED:
        return
    for verb in MOVES[step.status]:
        seen = plan_digest(step.plan) if step.plan else None
        press = c.Press(step.ref, verb, "So.", seen)
        again = Story(now=story.now, events=story.events[:])
        again.state, again.events = story.state, story.events[:]
        told(again, press, ANN)
        if again.state is story.state:
            continue
        after = again.state.step(step.ref)
        if verb in MOVES[after.status]:
            assert verb in (Verb.LOOK_AGAIN, Verb.PREPARE)
            continue
        told_why = refusal(again, press)
        assert told_why.by == ANN or story.state.run is not again.state.run


def refusal(story, press):
    try:
        decide(story.state, press, story.context(BEN))
    except NotNow as refused:
        return refused
    raise AssertionError("The second press went through.")


@settings(max_examples=30, deadline=None)
@given(stories(most=10))
def test_an_incident_can_always_be_finished(story):
    """Whatever happened, the engine's work and a person's presses end it."""
    for _ in range(60):
        if story.state.status is Status.RESOLVED:
            break
        told(story, *way_out(story))
    assert story.state.status is Status.RESOLVED


def way_out(story):
    step = story.state.run.current() if story.state.run else None
    acting = step if step and step.status in ACTING else None
    story.wait(100)
    work = story.work
    if acting is None:
        return c.Resolve("Over.", anyway=True), ANN
    if work.act:
        return c.Prepared(work.act, None, "Nobody is there."), BOT
    if work.settle:
        return c.Clear(work.settle, acting.attempt, None, "It cannot tell."), BOT
    if work.looks:
        seen = Finding(verdict=Verdict.UNKNOWN, headline="No answer.")
        number = work.looks[0].call.number
        return c.ReportCheck(number, witnessed(seen, source="x", at=story.now), 0), BOT
    return c.Press(step.ref, Verb.HAPPENED, "So."), ANN
