"""Whatever may happen to an incident, told by chance: hostile words, any order."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from states import (
    ANN,
    BEN,
    CATALOGUE,
    KEY_PAGE,
    PLAN,
    RULES,
    TOKEN_PAGE,
    WATCHED,
    Story,
    moved,
    seen_by,
)

from bot.core.evidence import Evidence, Fact, Verdict
from bot.core.guard import Guard
from bot.core.incident import commands as c
from bot.core.incident.events import BOT
from bot.core.incident.moves import MOVES
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Status, StepStatus, Verb
from bot.core.report import Report
from bot.core.runbook.pages import Step

# The first guard makes cel-python raise the recursion limit, which hypothesis must not
# see happen during a test.
Guard.parse("a.b == 1")

MARKUP = ("<!channel>", "<!here>", "<@U666>", "<#C666>", "<https://e.org|ok>", "```")
HOSTILE = st.lists(
    st.sampled_from(
        [*MARKUP, "`", "*", "\n", "\u202e", "&amp;", "é" * 400, "👩\u200d🚒"]
    )
    | st.text(max_size=12),
    max_size=12,
).map("".join)
WORDS = HOSTILE.filter(str.strip).map(lambda text: text[:1_900])

HOSTILE_PAGE = KEY_PAGE.model_copy(
    update={
        "slug": "hostile",
        "title": "<!channel> " + "*" * 300,
        "for_": ("token.status == 'bad'",),
        "steps": (
            Step(title="<@U666>" * 200, body="<!here> **x\n" * 900),
            Step(title="Wait.", when="nobody.knows == true"),
        ),
    }
)
ACTION_PAGE = KEY_PAGE.model_copy(
    update={"slug": "act", "title": "Act at once", "steps": TOKEN_PAGE.steps[2:]}
)
LIBRARY = {**RULES.library, "hostile": HOSTILE_PAGE, "act": ACTION_PAGE}
ALL_RULES = replace(RULES, library=LIBRARY)
ALL_WATCHED = replace(WATCHED, library=LIBRARY)
ALL = replace(CATALOGUE, library=LIBRARY)
PAGES = (ACTION_PAGE, TOKEN_PAGE, KEY_PAGE, HOSTILE_PAGE)


CAT = "U0CAT"
"""Somebody who has neither asked for anything nor approved it."""


class Teller:
    """Chooses what happens next, mostly something that brings the story on."""

    def __init__(self, draw):
        self.draw = draw
        self.texts = st.sampled_from(draw(st.lists(WORDS, min_size=2, max_size=4)))

    def one(self, choices):
        return self.draw(st.sampled_from(choices))

    def text(self):
        return self.draw(self.texts)

    def next(self, story):
        """Return who asks for what next."""
        told = [one.call.number for one in story.state.unreported()]
        step = story.state.run.current() if story.state.run else None
        if told and self.one((True, False, step is None)):
            return BOT, self.report(self.one(told), story.now)
        command = self.act(step) if step and self.one((True, True, False)) else None
        if command:
            return BOT, command
        return self.one((ANN, BEN, "<!channel>")), self.ask(story, step)

    def report(self, number, at):
        value = self.one((2, 0, 9, 1.5, True, "ok", "bad", self.text()))
        fact = self.one(("token.status", "room.participants", "hostile.fact"))
        facts = (Fact(name=fact, value=value, observed_at=at, source="x"),)
        verdict = self.one(Verdict)
        seen = Evidence(
            verdict=verdict,
            headline=self.text(),
            facts=facts,
            reference=self.one((None, "ref-1")),
        )
        return c.ReportCheck(number, seen, 0.1)

    def act(self, step):
        """Return what the engine tells of a step that it works on, if it does."""
        words, how = self.text(), self.one((True, None, False))
        plan = PLAN.model_copy(update={"target": words, "blast": self.text()})
        prepared = c.Prepared(step.ref, None if how is False else plan, words)
        over = c.Finish(step.ref, step.attempt, bool(how), words)
        doubt = c.Doubt(step.ref, step.attempt, words)
        return {
            StepStatus.PREPARING: prepared,
            StepStatus.ASKED: c.Intend(step.ref, step.plan) if how else prepared,
            StepStatus.RUNNING: doubt if how is None else over,
            StepStatus.DOUBT: c.Clear(step.ref, step.attempt, how, words),
        }.get(step.status)

    def ask(self, story, step):
        """Return what a person asks for."""
        if story.state.status is Status.RESOLVED:
            return c.Reopen(self.text())
        kind = self.one(("press",) * 9 + ("start", "resolve", "see"))
        if kind == "see":
            return c.See(tuple(moved(n) for n in range(self.one((1, 4, 9)))))
        if kind == "resolve":
            anyway = self.one((False, True))
            return c.Resolve(self.one((None, self.text())), anyway=anyway)
        if kind == "start" or step is None:
            return c.Start(self.one(PAGES))
        verb = self.one(MOVES[step.status] or (Verb.SKIP,))
        return c.Press(step.ref, verb, self.text(), seen_by(step, verb))


def begun(story, far):
    """Bring the story to an act: 0 not at all, up to 5 its verification."""
    if far:
        story.ranked().start(ACTION_PAGE).prepared()
    if far > 1:
        story.press(Verb.RUN).intended()
    while far > 1 and story.state.run.current().status is StepStatus.AWAITING:
        story.press(Verb.BREAK_GLASS, "<!here>", BEN).intended()
    if far in {3, 4}:
        story.do(c.Doubt(story.here(), 1, "<!here>"))
    if far == 4:
        story.do(c.Clear(story.here(), 1, happened=None, detail="<@U666>"))
    if far == 5:
        story.do(c.Finish(story.here(), 1, ok=True, detail="<!here>"))
    return story


@st.composite
def stories(draw):
    teller = Teller(draw)
    report = Report(room=teller.text()[:200] + "r", words=teller.text())
    rules = teller.one((ALL_RULES, ALL_WATCHED))
    story = Story(report=report, rules=rules, by=teller.one((ANN, "<!channel>")))
    begun(story, teller.one(range(6)))
    for _ in range(draw(st.integers(0, 20))):
        by, command = teller.next(story)
        with suppress(NotNow):
            story.do(command, by)
        story.now += timedelta(minutes=teller.one((0, 0, 0, 0, 6)))
        story.follow()
    return story
