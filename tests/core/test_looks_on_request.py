"""A look that a person asks for, since the ranking lacks what it would tell."""

from dataclasses import replace
from datetime import timedelta

import pytest
from incident_story import ANN, BEN, DOWN, SILENT, TWO, UP, Story

from bot.core.evidence import bad
from bot.core.incident import commands as c
from bot.core.incident.events import BOT, Purpose
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Status, Verb
from tests.fakes.scripted import ROOM, RULES, page

HEARD = bad("It asks for the key.", {"air.asking": 3})
LOST = page("lost", for_=("air.asking > 2",))
ON_AIR = replace(
    RULES,
    library={**RULES.library, "lost": LOST},
    takes={**RULES.takes, "listen": frozenset({"room"})},
    yields={**RULES.yields, "air.asking": "listen"},
    on_request=frozenset({"listen"}),
)
LISTEN = c.Request("listen")


def calm():
    """Come to a ranking that nothing speaks for, and that lacks what is on the air."""
    return Story(rules=ON_AIR).sees("endpoint", UP).sees("people", TWO)


def rankings(story):
    return [one for one in story.events if one.body.kind == "runbooks.ranked"]


def test_a_look_is_taken_and_the_pages_are_ranked_again_by_it():
    story = calm()
    assert story.state.ranking.proposed is None
    story.do(LISTEN, by=ANN)
    assert story.waiting() == [("listen", 3)]
    look = story.state.looks[3]
    assert (look.call.purpose, look.call.params) == (Purpose.REQUEST, {"room": ROOM})
    assert (look.asked_by, story.state.looks[1].asked_by) == (ANN, BOT)
    assert story.state.ranking is None
    story.sees("listen", HEARD, took=8.0)
    assert story.state.ranking.proposed == "lost"
    assert [one.by for one in rankings(story)] == [BOT, BOT]
    assert story.folded() == story.state


def test_what_could_not_be_heard_may_be_asked_for_again():
    story = calm().do(LISTEN, by=ANN).sees("listen", SILENT)
    assert story.state.ranking.proposed is None
    assert story.do(LISTEN, by=BEN).waiting() == [("listen", 4)]


def test_what_was_heard_too_long_ago_is_looked_at_anew_with_all_else():
    story = calm().do(LISTEN, by=ANN).sees("listen", HEARD)
    story.wait(360).do(c.Resolve(), by=ANN).sees("listen", SILENT)
    story.do(c.Resolve(anyway=True), by=ANN).do(c.Reopen(), by=ANN)
    story.sees("endpoint", UP).sees("people", TWO)
    story.wait(360).do(LISTEN, by=ANN).sees("listen", HEARD)
    assert [name for name, _ in story.waiting()] == ["endpoint", "people"]
    story.sees("endpoint", UP).sees("people", TWO)
    assert story.state.ranking.proposed == "lost"


def test_the_second_who_asks_is_told_who_was_first():
    story = calm().do(LISTEN, by=ANN)
    with pytest.raises(NotNow, match="looking already") as refused:
        story.do(LISTEN, by=BEN)
    assert refused.value.by == ANN
    assert refused.value.at == story.now - timedelta(seconds=1)


def test_before_the_first_ranking_there_is_nothing_to_ask_for():
    with pytest.raises(NotNow, match="looking already"):
        Story(rules=ON_AIR).do(LISTEN, by=ANN)


@pytest.mark.parametrize("check", ["endpoint", "people", "connected", "nonsense"])
def test_only_what_the_ranking_lacks_and_is_offered_can_be_asked_for(check):
    with pytest.raises(NotNow, match="does not wait for that"):
        calm().do(c.Request(check), by=ANN)


def test_what_is_known_already_is_not_asked_for():
    story = calm().do(LISTEN, by=ANN).sees("listen", HEARD)
    with pytest.raises(NotNow, match="does not wait for that"):
        story.do(LISTEN, by=BEN)


def test_a_rollback_has_no_ranking_and_offers_no_look():
    story = calm()
    story.state = replace(story.state, ranking=None)
    with pytest.raises(NotNow, match="does not wait for that"):
        story.do(LISTEN, by=ANN)


def test_a_resolved_incident_is_not_looked_at():
    with pytest.raises(NotNow, match="reopen it first") as refused:
        calm().resolved().do(LISTEN, by=BEN)
    assert refused.value.by == ANN


def test_while_a_page_is_walked_through_the_pages_are_ranked_all_the_same():
    story = calm().start().press(Verb.CONFIRM).sees("endpoint", DOWN)
    story.do(LISTEN, by=ANN).sees("listen", HEARD)
    assert story.state.run.slug == "repair"
    assert {one.score for one in story.state.ranking.ranked if one.slug == "lost"} == {
        2
    }


def test_resolving_waits_for_what_was_asked_for():
    story = calm().do(LISTEN, by=ANN).do(c.Resolve("Over."), by=ANN)
    assert story.state.status is Status.RESOLVING
    story.sees("listen", HEARD)
    assert story.state.status is Status.HELD
    assert story.state.failing == ("listen",)
