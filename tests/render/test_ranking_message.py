"""Which runbook: the ranking, and the proposal before anybody started it."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot
from states import (
    CATALOGUE,
    KEY_PAGE,
    NO_ANSWER,
    ROOM_OK,
    RULES,
    TOKEN_OK,
    TOKEN_PAGE,
    Story,
    buttons,
    page,
    told,
)

from bot.core.evidence import bad
from bot.core.incident import commands as c
from bot.core.incident.state import Verb
from bot.core.opposites import Opposite
from bot.core.requests import OnRequest
from handlers import refs

START_TOKEN = "Start “Token invalid or expired”"
START_KEY = "Start “Missing group key”"


def ranking(story, catalogue=CATALOGUE):
    return story.message("ranking", catalogue)


def undecided():
    story = Story().reports("token-endpoint", NO_ANSWER)
    return story.reports("room-occupied", ROOM_OK)


def finished():
    """Walk the proposed page to its end, resolve and reopen; it is proposed again."""
    story = Story().ranked().start(KEY_PAGE).press(Verb.CONFIRM)
    return story.resolved().do(c.Reopen())


def test_the_proposal_has_its_reasons():
    assert page(ranking(Story().ranked())) == snapshot("""\
(Proposed runbook: Token invalid or expired)
*Which runbook*
The evidence speaks for this page. Start it, or choose another one.
:point_right: *Token invalid or expired* (score 2)
For: `token.status != 'ok'`, seen: token.status `server-error`
[Start “Token invalid or expired”]
~ Not known yet: keys.group (from Group key was seen).
Runner-up: *Missing group key* (score 0)
Could not be told: `keys.group == false`
[Start “Missing group key”]\
""")


def test_no_clear_winner_says_what_is_missing_and_from_where():
    assert page(ranking(undecided())) == snapshot("""\
(No runbook stands out yet; choose one, or look further)
*Which runbook*
No fact speaks for a page. Choose a page, or find out what is missing.
~ Not known yet: keys.group (from Group key was seen), token.status (from Token
  endpoint answers).
*Missing group key* (score 0)
Could not be told: `keys.group == false`
[Start “Missing group key”]
*Token invalid or expired* (score 0)
Could not be told: `token.status != 'ok'`
[Start “Token invalid or expired”]\
""")


def test_a_page_of_which_nothing_is_known_does_not_list_its_signs():
    signs = tuple(f"log.sign_{number} > 0" for number in range(7))
    silent = KEY_PAGE.model_copy(update={"for_": signs})
    rules = replace(RULES, library={silent.slug: silent})
    story = Story(rules=rules).reports("token-endpoint", TOKEN_OK)
    shown = told(ranking(story.reports("room-occupied", ROOM_OK)))
    assert "7 of its signs could not be told." in shown
    assert "log.sign_0 > 0" not in shown


def test_a_page_that_is_ruled_out_says_by_what():
    story = Story().reports("token-endpoint", NO_ANSWER)
    story.reports("room-occupied", bad("Crowded.", {"room.participants": 9}))
    shown = told(ranking(story))
    assert "Against: `room.participants &gt; 5`, seen: room.participants `9`" in shown


def test_there_is_no_ranking_before_the_checks_have_reported():
    assert "ranking" not in {one.part for one in Story().messages()}


def test_each_page_has_its_own_button_and_the_proposed_one_stands_out():
    offered = buttons(ranking(Story().ranked()))
    slugs = [refs.StartButton.decoded(one["value"]).slug for one in offered.values()]
    assert slugs == [TOKEN_PAGE.slug, KEY_PAGE.slug]
    assert [one.get("style") for one in offered.values()] == ["primary", None]
    assert {one["action_id"] for one in offered.values()} == {refs.START}


def test_four_other_pages_are_offered_and_the_rest_are_named():
    library = {f"page-{n}": replaced(n) for n in range(7)}
    rules = replace(RULES, library={**RULES.library, **library})
    catalogue = replace(CATALOGUE, library=rules.library)
    story = Story(rules=rules).ranked()
    assert len(buttons(ranking(story, catalogue))) == 5
    assert "Also in the library: Page 3, Page 4" in told(ranking(story, catalogue))


def test_five_pages_are_offered_when_none_is_proposed():
    library = {f"page-{n}": replaced(n) for n in range(4)}
    rules = replace(RULES, library={KEY_PAGE.slug: KEY_PAGE, **library})
    story = Story(rules=rules).reports("token-endpoint", TOKEN_OK)
    story.reports("room-occupied", ROOM_OK)
    catalogue = replace(CATALOGUE, library=rules.library)
    assert len(buttons(ranking(story, catalogue))) == 5
    assert "Also in the library" not in told(ranking(story, catalogue))


def replaced(n):
    return KEY_PAGE.model_copy(update={"slug": f"page-{n}", "title": f"Page {n}"})


@pytest.mark.parametrize(
    ("story", "labels"),
    [
        (Story().ranked().start(), [START_KEY]),
        (Story().ranked().resolved(), []),
        (Story().running(), []),
        (Story().ranked().resolved().do(c.Reopen()), []),
    ],
    ids=["one under way", "resolved", "acting", "ranked again"],
)
def test_a_page_that_cannot_be_started_has_no_button(story, labels):
    assert list(buttons(ranking(story))) == labels


def test_a_page_that_left_the_library_has_no_button():
    without = replace(CATALOGUE, library={KEY_PAGE.slug: KEY_PAGE})
    assert list(buttons(ranking(Story().ranked(), without))) == [START_KEY]


def test_the_first_step_of_the_proposed_page_is_shown_before_it_is_started():
    message = Story().ranked().message("step:1:1")
    assert page(message) == snapshot("""\
(Proposed runbook: Token invalid or expired. Its first step is here.)
*Step 1 of 4* — Tell the people in the room.
Say *when* you start, see the rota (https://example.org/r).
Proposed: *Token invalid or expired*. Nothing runs before somebody starts it.
[Start runbook]\
""")
    assert message.urgent


def test_starting_turns_the_proposal_into_its_step():
    story = Story().ranked().start()
    assert "[Confirm]" in told(story.message("step:1:1"))[:-1]
    assert [one.part for one in story.messages()] == [
        "card",
        "checks",
        "ranking",
        "step:1:1",
    ]


def test_no_proposal_no_first_step():
    assert "step:1:1" not in {one.part for one in undecided().messages()}


def test_a_proposal_stays_without_its_button_when_the_incident_is_resolved():
    message = Story().ranked().resolved().message("step:1:1")
    assert buttons(message) == {}
    assert "Reopen it to start a page" in told(message)


def test_a_proposal_stays_without_its_button_while_it_is_ranked_again():
    message = Story().ranked().resolved().do(c.Reopen()).message("step:1:1")
    assert buttons(message) == {}
    assert "the evidence is being gathered again" in told(message)


def test_a_proposal_that_is_none_any_more_says_so():
    story = Story().ranked().resolved().do(c.Reopen())
    story.reports("token-endpoint", TOKEN_OK).reports("room-occupied", ROOM_OK)
    assert "is not proposed any more" in told(story.message("step:1:1"))


def test_after_a_finished_run_the_next_proposal_is_the_next_runs_first_step():
    message = finished().ranked().message("step:2:1")
    assert list(buttons(message)) == ["Start runbook"]


def test_while_a_run_is_under_way_nothing_is_proposed_beside_it():
    story = Story().ranked().start(KEY_PAGE).resolved().do(c.Reopen()).ranked()
    assert "step:2:1" not in {one.part for one in story.messages()}


def test_facts_that_contradict_each_other_are_shown_with_when_and_where():
    guard = "token.status == 'ok' && room.participants > 0"
    rules = replace(RULES, opposites=(Opposite(guard=guard, means="Look again."),))
    story = Story(rules=rules).reports("token-endpoint", TOKEN_OK)
    shown = told(ranking(story.reports("room-occupied", ROOM_OK)))
    assert ":left_right_arrow: *Contradiction:* room.participants `2` (" in shown
    assert "but token.status `ok` (token-endpoint 12:00:" in shown
    assert "Look again." in shown


def test_a_file_that_would_tell_is_asked_for_by_whom():
    asking = KEY_PAGE.model_copy(update={"for_": ("log.gsk_wait_expired > 0",)})
    rules = replace(RULES, library={asking.slug: asking})
    story = Story(rules=rules).reports("token-endpoint", TOKEN_OK)
    shown = told(ranking(story.reports("room-occupied", ROOM_OK)))
    assert "~ Would tell: Get the app's log" in shown
    assert "Not known yet" not in shown


LISTEN = OnRequest("Listen (8 s)", "Joins & sends nothing.")
ON_AIR = replace(CATALOGUE, on_request={"group-key-seen": LISTEN})
ON_REQUEST = replace(RULES, on_request=frozenset({"group-key-seen"}))


def test_a_look_that_would_tell_is_offered_by_its_button():
    shown = ranking(undecided(), ON_AIR)
    assert (
        "Would tell: *Group key was seen*. Joins &amp; sends nothing.\n[Listen (8 s)]"
    ) in told(shown)
    button = buttons(shown)["Listen (8 s)"]
    assert button["action_id"] == refs.REQUEST
    ref = refs.RequestButton.decoded(button["value"])
    assert (ref.incident, ref.check) == ("INC-7", "group-key-seen")


def test_while_it_is_taken_and_after_the_end_the_look_is_not_offered():
    story = Story(rules=ON_REQUEST).ranked().do(c.Request("group-key-seen"))
    assert "Listen (8 s)" not in buttons(ranking(story, ON_AIR))
    story = Story(rules=ON_REQUEST).ranked().resolved()
    assert "Listen (8 s)" not in buttons(ranking(story, ON_AIR))


def test_a_ranking_that_was_never_finished_is_told_of_as_the_last():
    story = Story(rules=ON_REQUEST).ranked().do(c.Request("group-key-seen")).resolved()
    assert "the last ranking before the incident was resolved" in told(ranking(story))
