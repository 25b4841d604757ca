"""The message of all checks."""

from inline_snapshot import snapshot
from states import (
    NO_ANSWER,
    ROOM_OK,
    RULES,
    TOKEN_BAD,
    TOKEN_OK,
    Story,
    page,
    told,
)

from bot.core.evidence import ok
from bot.core.incident import commands as c
from bot.core.incident.commands import Rules


def checks(story):
    return told(story.message("checks"))


def many(count):
    names = tuple(f"check-{n:02}" for n in range(count))
    return Rules(RULES.library, names, takes={}, yields={})


def test_checks_under_way_are_named():
    assert page(Story().message("checks")) == snapshot("""\
(Checks: 2 not finished)
*Checks*: 2 not finished
:hourglass_flowing_sand: 2 checks still running: Token endpoint answers, Room is
  occupied\
""")


def test_the_worst_stands_first_with_its_facts():
    assert page(Story().ranked().message("checks")) == snapshot("""\
(Checks: 1 bad, 1 ok)
*Checks*: 1 bad, 1 ok
:x: *Token endpoint answers*: The token endpoint answers 500.
~ token.status `server-error` · token.http_status `500` · seen 12:00:00
:white_check_mark: *Room is occupied*: 2 participants are in the room.
~ room.participants `2` · seen 12:00:01\
""")


def test_a_crash_is_unknown_and_has_its_reference():
    story = Story().reports("room-occupied", ROOM_OK)
    story.reports("token-endpoint", NO_ANSWER, reference="ref-12")
    assert page(story.message("checks")) == snapshot("""\
(Checks: 1 unknown, 1 ok)
*Checks*: 1 unknown, 1 ok
:grey_question: *Token endpoint answers*: LiveKit does not answer.
~ reference `ref-12`
:white_check_mark: *Room is occupied*: 2 participants are in the room.
~ room.participants `2` · seen 12:00:00\
""")


def test_a_check_that_looks_again_shows_what_it_saw_last():
    shown = checks(Story().ranked().do(c.Resolve()))
    assert "1 check still running: Token endpoint answers" in shown
    assert ":x: *Token endpoint answers*" in shown


def test_only_the_last_look_of_a_check_counts():
    story = Story().ranked().do(c.Resolve()).reports("token-endpoint", TOKEN_OK)
    assert checks(story).count("*Token endpoint answers*") == 1
    assert ":x:" not in checks(story)


def test_a_check_that_never_finished_is_not_said_to_run():
    shown = checks(Story().resolved())
    assert "2 checks not finished when it was resolved" in shown


def test_many_facts_are_counted():
    facts = {f"subject.n{n}": n for n in range(9)}
    story = Story().reports("room-occupied", ok("Fine.", facts))
    assert "subject.n5 `5` · …and 3 more · seen" in checks(story)
    assert "subject.n6" not in checks(story)


def test_among_many_checks_those_that_are_ok_are_short():
    story = Story(rules=many(20))
    for n in range(19):
        story.reports(f"check-{n:02}", ok("Fine.", {"a.b": n}))
    story.reports("check-19", TOKEN_BAD)
    shown = checks(story)
    assert "a.b" not in shown
    assert "token.status `server-error`" in shown
    assert shown.count(":white_check_mark:") == 19


def test_no_check_no_message():
    story = Story(rules=many(0))
    assert "checks" not in {one.part for one in story.messages()}
