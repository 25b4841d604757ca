"""The summary: in the thread, on the card in short, and as Markdown."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot
from markdown_it import MarkdownIt
from states import ANN, BEN, TOKEN_BAD, Story, page, told, wrapped

from bot.core.evidence import bad
from bot.core.incident import commands as c
from bot.core.incident.state import Verb
from bot.core.report import Report
from bot.core.summary import Section, Sentence, summarise
from handlers.render.summary import SHORT, markdown, resolution, short, spoken

MARKED = re.compile(r" \[\d+(,\d+)*\]$")


def ended():
    story = Story().ranked().start().press(Verb.CONFIRM, "They know.", BEN)
    return story.resolved(by=BEN)


def written(story, names=None):
    sections = summarise(story.id, story.events)
    return markdown(story.id, story.state, sections, names or {})


def long_story():
    """Look at the token thirty times over."""
    story = Story().ranked().start().press(Verb.CONFIRM)
    for n in range(30):
        story.reports("token-endpoint", bad(f"Look {n}: {'no token ' * 20}"))
        story.press(Verb.LOOK_AGAIN)
    return story


def test_each_resolution_has_its_summary():
    assert page(ended().message("summary:1")) == snapshot("""\
(Incident in blue-whale resolved by <@U0BEN>. 1 check not ok. Its summary is
  here.)
# Summary: blue-whale
*What was reported*
• <@U0ANN> opened it 12:00:00 about room blue-whale for alice, SEV2. [1]
• Reproduces after a handshake or sync retry: not tried. [1]
*What was seen last*
• token-endpoint: bad — The token endpoint answers 500. [3]
• room-occupied: ok — 2 participants are in the room. [4]
*Which runbook*
• Proposed: token-invalid. «Token invalid or expired» scores 2: token.status !=
  'ok' (token.status is server-error). The next, «Missing group key», scores 0.
  [5]
• <@U0ANN> started 'Token invalid or expired' 12:00:03. [6]
*What was done*
• Step 1: confirmed by <@U0BEN> 12:00:04: They know. [8]
*How it ended*
• <@U0BEN> resolved it 12:00:05: Restarted the token service. Not ok at that
  time: token-endpoint. [11]
• It took 5 s from opening. [1,11]
~ Incident INC-7, as of event 11, 12:00:05. The numbers are those of events.\
""")


def test_a_second_resolution_has_its_own_and_the_first_stays():
    story = ended()
    first = story.message("summary:1")
    story.do(c.Reopen("It is back."), BEN).resolved(by=ANN, words="Again.")
    assert story.message("summary:1") == first
    second = told(story.message("summary:2"))
    assert "# Summary (2): blue-whale" in second
    assert "reopened it" in second


def test_the_summary_so_far_does_not_say_that_it_is_resolved():
    story = Story().ranked()
    drawn = resolution(story.id, story.events, 1)
    assert drawn.text == "The incident in blue-whale so far: open."


def test_an_open_incident_has_no_summary_message():
    parts = {one.part for one in Story().ranked().messages()}
    assert parts == {"card", "checks", "ranking", "step:1:1"}


def test_each_sentence_ends_with_its_events():
    story = ended()
    lines = short(summarise(story.id, story.events)).split("\n")
    sentences = [line for line in lines if line.startswith("• ")]
    assert len(sentences) == 9
    assert all(MARKED.search(line) for line in sentences)


def test_the_short_summary_stays_short_and_counts_what_it_leaves_out():
    story = long_story()
    told_short = short(summarise(story.id, story.events))
    assert len(told_short.encode()) <= SHORT
    assert re.search(r"…and \d+ earlier\.", told_short)
    assert "*How it ended*" in told_short


def test_the_newest_sentences_are_kept():
    story = long_story()
    told_short = short(summarise(story.id, story.events))
    assert "the check was bad (Look 29" in told_short
    assert "the check was bad (Look 1:" not in told_short


def test_a_long_summary_keeps_its_end():
    story = long_story().resolved()
    shown = told(story.message("summary:1"))
    assert "resolved it" in shown
    assert "earlier." in shown


def test_as_markdown_it_has_all_sentences_and_names():
    text = written(ended(), {ANN: "Ann", BEN: "Ben"})
    assert wrapped(text) == snapshot("""\
# Incident INC-7

SEV2, room blue-whale: resolved.

## What was reported

- Ann opened it 2026-03-01 12:00:00 UTC about room blue-whale for alice, SEV2.
  [1]
- Reproduces after a handshake or sync retry: not tried. [1]

## What was seen last

- token-endpoint: bad — The token endpoint answers 500. [3]
- room-occupied: ok — 2 participants are in the room. [4]

## Which runbook

- Proposed: token-invalid. «Token invalid or expired» scores 2: token.status !=
  'ok' (token.status is server-error). The next, «Missing group key», scores 0.
  [5]
- Ann started 'Token invalid or expired' 2026-03-01 12:00:03 UTC. [6]

## What was done

- Step 1: confirmed by Ben 2026-03-01 12:00:04 UTC: They know. [8]

## How it ended

- Ben resolved it 2026-03-01 12:00:05 UTC: Restarted the token service. Not ok
  at that time: token-endpoint. [11]
- It took 5 s from opening. [1,11]
""")


def test_a_person_without_a_name_stays_an_id():
    assert "- U0ANN opened it" in written(Story())


def test_markdown_leaves_nothing_out():
    text = written(long_story())
    assert all(f"Look {n}:" in text for n in range(30))


def test_a_sentence_of_the_bot_names_it():
    story = Story().ranked().do(c.Resolve()).reports("token-endpoint", TOKEN_BAD)
    assert "asked to resolve it" in written(story)
    assert "Not resolved: token-endpoint not ok." in written(story)


def test_a_line_break_in_a_sentence_becomes_a_stroke():
    sentence = Sentence(("one\n two ", "\nthree"), (4,))
    assert spoken(sentence) == "one / two  / three [4]"


MARKS = st.sampled_from(list("\\`*_[]<>&~|#+-=!()1. \n:"))


@settings(deadline=None)
@given(st.lists(MARKS | st.characters(exclude_categories=["C", "Z"])).map("".join))
def test_markdown_of_any_words_reads_as_those_words(words):
    section = Section("Said", (Sentence((words,), (1,)),))
    text = markdown("INC-7", Story().state, (section,), {})
    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    inlines = [one for one in parser.parse(text) if one.type == "inline"]
    kinds = {part.type for one in inlines for part in one.children}
    assert kinds <= {"text", "text_special"}
    last = "".join(part.content for part in inlines[-1].children)
    said = " / ".join(filter(None, map(str.strip, words.split("\n"))))
    assert last == f"{said} [1]".lstrip()


def test_the_heading_cannot_be_broken_by_a_room():
    story = Story(report=Report(room="a\n# b"))
    assert "\n# b" not in written(story)
