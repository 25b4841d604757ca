"""Whole incidents told in hostile words: every message is sound and within limits."""

import json
from contextlib import suppress
from dataclasses import replace

from bot.core.evidence import Evidence, Fact, Verdict
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Verb
from bot.core.report import Report
from bot.core.runbook.pages import Step
from handlers.render import help as words
from tests.fuzz import mutations
from tests.fuzz.harness import Target
from tests.fuzz.soundness import message, mrkdwn
from tests.render import states


def _said(rng, most=8):
    return mutations.words(rng, most) or "x"


def _person(rng):
    """Return one whose id is not Slack's, so that nobody may be called by it."""
    return f"x{_said(rng)}"


def _page(rng):
    steps = tuple(Step(title=_said(rng), body=_said(rng, 30)) for _ in range(3))
    return states.KEY_PAGE.model_copy(
        update={"slug": "hostile", "title": _said(rng), "steps": steps}
    )


def _story(rng, page):
    rules = replace(states.RULES, library={**states.RULES.library, "hostile": page})
    room = (_said(rng) + "r")[:200]
    report = Report(room=room, words=_said(rng)[:1_900], participant=_said(rng)[:200])
    by = rng.choice((states.ANN, _person(rng)))
    story = states.Story(report=report, rules=rules, by=by)
    for asked in story.state.unreported():
        story.tells(asked.call.number, _evidence(rng, story.now))
    return story


def _evidence(rng, at):
    value = rng.choice((True, 7, _said(rng)))
    fact = Fact(name="token.status", value=value, observed_at=at, source=_said(rng))
    verdict = rng.choice(tuple(Verdict))
    return Evidence(verdict=verdict, headline=_said(rng), facts=(fact,))


def _walk(rng, story, page):
    story.start(page, by=rng.choice((states.BEN, _person(rng))))
    for _ in range(rng.randint(0, 4)):
        with suppress(NotNow, AttributeError):
            verb = rng.choice((Verb.CONFIRM, Verb.SKIP, Verb.FAIL))
            story.press(verb, words=_said(rng)[:1_000])
    with suppress(NotNow):
        story.resolved(words=_said(rng)[:1_000])


def case(_, rng):
    page = _page(rng)
    story = _story(rng, page)
    _walk(rng, story, page)
    catalogue = replace(states.CATALOGUE, library=story.rules.library)
    for one in story.messages(catalogue):
        message(one.text, json.loads(json.dumps(one.blocks)))
    mrkdwn(words.status(story.state))
    mrkdwn(words.refusal(_said(rng), _person(rng), story.now))
    return str(story.state.status)


TARGET = Target("messages", "incidents in hostile words", 200, lambda: None, case)
