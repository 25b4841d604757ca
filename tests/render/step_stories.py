"""Stories that come to a step in each of its states."""

from datetime import timedelta

from states import (
    BEN,
    CATALOGUE,
    KEY_PAGE,
    NO_ANSWER,
    PLAN,
    TOKEN_BAD,
    TOKEN_OK,
    TOKEN_PAGE,
    Story,
    buttons,
)

from bot.core.incident import commands as c
from bot.core.incident.events import Purpose
from bot.core.incident.state import Verb
from bot.core.runbook.pages import Step

OTHER_PLAN = PLAN.model_copy(update={"target": "alice's session PA_2"})


def step(story, number=3, run=1, catalogue=CATALOGUE):
    return story.message(f"step:{run}:{number}", catalogue)


def labels(story, number=3, run=1):
    return list(buttons(step(story, number, run)))


def finished(*, ok=True):
    story = Story().running()
    return story.do(c.Finish(story.here(), 1, ok=ok, detail="It was ended."))


def unverified():
    return (
        finished()
        .reports("participant-connected", NO_ANSWER)
        .reports("participant-connected", NO_ANSWER)
    )


def in_doubt():
    story = Story().running()
    return story.do(c.Doubt(story.here(), 1, "No answer in time."))


def unsure():
    story = in_doubt()
    return story.do(c.Clear(story.here(), 1, happened=None, detail="It cannot tell."))


def at_guard(finding):
    """Come to the last step, whose guard reads how many are in the room."""
    story = Story()
    story.reports("token-endpoint", TOKEN_BAD).reports("room-occupied", finding)
    story.start().press(Verb.CONFIRM).reports("token-endpoint", TOKEN_OK)
    story.prepared().press(Verb.SKIP, "Not needed.", BEN)
    asked_again = any(story.state.unreported(Purpose.GUARD))
    return story.reports("room-occupied", finding) if asked_again else story


def blocked(obstacle):
    """Come to an action that was refused after a press."""
    story = Story().at_action().press(Verb.RUN)
    return story.do(c.Block(story.here(), PLAN, obstacle))


def aged():
    """Come to an action that was ready until the facts of its guard grew old."""
    action = TOKEN_PAGE.steps[2].model_copy(update={"when": "room.participants > 0"})
    story = Story().ranked().start(KEY_PAGE.model_copy(update={"steps": (action,)}))
    story.prepared()
    story.now += timedelta(minutes=6)
    return story.do(c.See(()))


def guarded(when):
    """Start a page whose only step has this guard."""
    only = Step(title="Wait.", when=when)
    page = KEY_PAGE.model_copy(update={"steps": (only,)})
    return Story().ranked().start(page)
