"""Whatever happens to an incident, its messages are sound, and no button is dead."""

import re

from any_stories import ALL, CAT, LIBRARY, stories
from hypothesis import given, settings
from states import Story, buttons

from bot.core.incident import commands as c
from bot.core.incident.apply import fold
from bot.core.incident.state import Verb
from handlers import refs
from handlers.render.limits import message_problems
from handlers.render.message import digest, wanted


def texts(part):
    if isinstance(part, dict):
        own = [part["text"]] if part.get("type") == "mrkdwn" else []
        return own + [text for value in part.values() for text in texts(value)]
    if isinstance(part, list):
        return [text for one in part for text in texts(one)]
    return []


ALLOWED = re.compile(r"<@U0(?:ANN|BEN)>|<!date\^\d+\^[^|<>]*\|[\dTZ:-]+>")


@settings(max_examples=25, deadline=None)
@given(stories())
def test_messages_are_within_limits_and_call_nobody(story):
    for message in story.messages(ALL):
        payload = {"text": message.text, "blocks": message.blocks}
        assert message_problems(payload) == ()
        for text in [message.text, *texts(message.blocks)]:
            assert "<" not in ALLOWED.sub("", text)


@settings(max_examples=8, deadline=None)
@given(stories())
def test_drawing_twice_gives_the_same(story):
    once, twice = (wanted(story.state, tuple(story.events), ALL) for _ in range(2))
    assert once == twice
    assert [digest(one) for one in once] == [digest(one) for one in twice]
    assert len({one.part for one in once}) == len(once)


@settings(max_examples=25, deadline=None)
@given(stories())
def test_no_button_is_dead(story):
    before = (story.state, story.events[:], story.now)
    for message in story.messages(ALL):
        for button in buttons(message).values():
            story.state, story.events, story.now = before[0], before[1][:], before[2]
            story.do(meant(button), CAT)


def meant(button):
    """Return the command that a button's press would give."""
    action, value = button["action_id"], button["value"]
    simple = {
        refs.RESOLVE: c.Resolve("So."),
        refs.RESOLVE_ANYWAY: c.Resolve("So.", anyway=True),
        refs.REOPEN: c.Reopen("So."),
    }
    if action in simple:
        assert refs.IncidentButton.decoded(value)
        return simple[action]
    if action == refs.START:
        return c.Start(LIBRARY[refs.StartButton.decoded(value).slug])
    ref = refs.StepButton.decoded(value)
    return c.Press(ref.ref, refs.verb_of(action), "So.", ref.plan)


@settings(max_examples=8, deadline=None)
@given(stories())
def test_what_was_shown_once_stays_wanted(story):
    seen = set()
    for seq in range(1, len(story.events) + 1):
        parts = {one.part for one in then(story, seq)}
        assert seen <= parts
        seen = parts


def then(story, seq):
    """Return the messages that were wanted after the event of that number."""
    events = story.events[:seq]
    return wanted(fold(story.id, events), events, ALL)


@settings(max_examples=10, deadline=None)
@given(stories())
def test_a_summary_never_changes_once_it_is_posted(story):
    now = {one.part: digest(one) for one in story.messages(ALL)}
    for event in story.events:
        if event.body.kind == "incident.resolved":
            for one in then(story, event.seq):
                if one.part.startswith("summary:"):
                    assert now[one.part] == digest(one)


def test_the_card_stands_in_the_channel_and_all_else_in_its_thread():
    messages = Story().ranked().start().resolved().messages()
    assert {one.part: (one.thread, one.urgent) for one in messages} == {
        "card": (False, False),
        "checks": (True, False),
        "ranking": (True, False),
        "step:1:1": (True, True),
        "summary:1": (True, False),
    }


def test_a_digest_tells_what_must_be_drawn_again():
    story = Story().ranked().start()
    before = {one.part: digest(one) for one in story.messages()}
    after = {one.part: digest(one) for one in story.press(Verb.CONFIRM).messages()}
    changed = {part for part in before if before[part] != after[part]}
    assert changed == {"card", "checks", "step:1:1"}
