"""The incident card, in the states that people meet."""

from datetime import timedelta

import pytest
from inline_snapshot import snapshot
from states import (
    BEN,
    NO_ANSWER,
    ROOM_EMPTY,
    ROOM_OK,
    TOKEN_BAD,
    TOKEN_OK,
    Story,
    buttons,
    moved,
    page,
    told,
)

from bot.core.incident import commands as c
from bot.core.incident.state import Verb
from bot.core.incident.telling import AS_THEY_COME, LISTED
from bot.core.report import Report, Reproduces
from bot.core.transitions import Move
from handlers import refs


def card(story):
    return story.message("card")


def test_a_new_incident_shows_its_report_and_that_checks_run():
    report = Report(
        room="blue-whale",
        participant="alice",
        packet_type="HANDSHAKE",
        request_id="r-1",
        reproduces=Reproduces.YES,
        words="Nobody sees *alice*.\nIt began at noon.",
    )
    assert page(card(Story(report=report))) == snapshot("""\
(SEV3 in blue-whale: open)
# SEV3 · blue-whale
:red_circle: *Open*
*Opened*
<@U0ANN> 12:00:00
*Participant*
`alice`
*Packet type*
`HANDSHAKE`
*Request id*
`r-1`
*Reproduces after a retry*
yes
*Runbook*
none started
&gt; Nobody sees *alice*. It began at noon.
:hourglass_flowing_sand: 2 checks running.
*Summary so far*
*What was reported*
• <@U0ANN> opened it 12:00:00 about room blue-whale for alice, SEV3. [1]
• Packet type: HANDSHAKE [1]
• Request id: r-1 [1]
• In their words: Nobody sees *alice*. / It began at noon. [1]
• Reproduces after a handshake or sync retry: yes. [1]
[Resolve]
~ INC-7 · event 2 · 12:00:00\
""")


def test_a_ranked_incident_shows_its_worst_finding():
    assert page(card(Story().ranked())) == snapshot("""\
(SEV2 in blue-whale: open)
# SEV2 · blue-whale
:red_circle: *Open*
*Opened*
<@U0ANN> 12:00:00
*Participant*
`alice`
*Reproduces after a retry*
not tried
*Runbook*
none started
:x: *Token endpoint answers*: The token endpoint answers 500.
*Summary so far*
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
[Resolve]
~ INC-7 · event 5 · 12:00:02\
""")


def test_a_run_under_way_shows_its_step():
    assert page(card(Story().at_action())) == snapshot("""\
(SEV2 in blue-whale: open)
# SEV2 · blue-whale
:red_circle: *Open*
*Opened*
<@U0ANN> 12:00:00
*Participant*
`alice`
*Reproduces after a retry*
not tried
*Runbook*
Token invalid or expired, step 3 of 4
:white_check_mark: 2 checks ok, none bad.
*Summary so far*
*What was reported*
• <@U0ANN> opened it 12:00:00 about room blue-whale for alice, SEV2. [1]
• Reproduces after a handshake or sync retry: not tried. [1]
*What was seen last*
• room-occupied: ok — 2 participants are in the room. [4]
• token-endpoint: ok — The token endpoint answers. [11]
*Which runbook*
• Proposed: token-invalid. «Token invalid or expired» scores 2: token.status !=
  'ok' (token.status is server-error). The next, «Missing group key», scores 0.
  [5]
• <@U0ANN> started 'Token invalid or expired' 12:00:03. [6]
*What was done*
• Step 1: confirmed by <@U0ANN> 12:00:04. [8]
• Step 2: the check was ok (The token endpoint answers.) [11]
*How it ended*
• Open: step 3 is ready. [13]
[Resolve]
~ INC-7 · event 13 · 12:00:06\
""")


def test_a_held_incident_says_what_is_not_ok():
    story = Story().ranked().do(c.Resolve("Looks fine."), BEN)
    story.reports("token-endpoint", TOKEN_BAD)
    assert page(card(story)) == snapshot("""\
(SEV2 in blue-whale: not resolved: checks are not ok)
# SEV2 · blue-whale
:warning: *Not resolved: checks are not ok*
<@U0BEN> asked to resolve it: Looks fine.
Not ok: Token endpoint answers.
*Opened*
<@U0ANN> 12:00:00
*Participant*
`alice`
*Reproduces after a retry*
not tried
*Runbook*
none started
:x: *Token endpoint answers*: The token endpoint answers 500.
*Summary so far*
*What was reported*
• <@U0ANN> opened it 12:00:00 about room blue-whale for alice, SEV2. [1]
• Reproduces after a handshake or sync retry: not tried. [1]
*What was seen last*
• room-occupied: ok — 2 participants are in the room. [4]
• token-endpoint: bad — The token endpoint answers 500. [8]
*Which runbook*
• Proposed: token-invalid. «Token invalid or expired» scores 2: token.status !=
  'ok' (token.status is server-error). The next, «Missing group key», scores 0.
  [5]
*How it ended*
• <@U0BEN> asked to resolve it 12:00:03: Looks fine. [6]
• Not resolved: token-endpoint not ok. [9]
[Resolve] [Resolve anyway]
~ INC-7 · event 9 · 12:00:04\
""")


def test_a_resolved_incident_says_who_resolved_it_and_what_was_not_ok():
    assert page(card(Story().ranked().resolved(by=BEN))) == snapshot("""\
(SEV2 in blue-whale: resolved)
# SEV2 · blue-whale
:white_check_mark: *Resolved*
<@U0BEN> resolved it 12:00:03: Restarted the token service.
At that time not ok: Token endpoint answers.
*Opened*
<@U0ANN> 12:00:00
*Participant*
`alice`
*Reproduces after a retry*
not tried
*Runbook*
none started
:x: *Token endpoint answers*: The token endpoint answers 500.
*Summary so far*
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
*How it ended*
• <@U0BEN> resolved it 12:00:03: Restarted the token service. Not ok at that
  time: token-endpoint. [6]
• It took 3 s from opening. [1,6]
[Reopen]
~ INC-7 · event 6 · 12:00:03\
""")


def test_a_reopened_incident_says_who_reopened_it():
    story = Story().ranked().resolved().do(c.Reopen("It is back."), BEN)
    status = card(story).blocks[1]["text"]["text"]
    assert status.startswith(":red_circle: *Open*\n<@U0BEN> reopened it <!date^")
    assert status.endswith(": It is back.")


def test_each_participant_has_their_last_states_in_a_line():
    moves = [moved(n) for n in range(1, 7)] + [moved(7, Move.LEFT, "client-initiated")]
    others = [moved(8).model_copy(update={"id": "EV_b", "identity": "bob"})]
    shown = told(card(Story().do(c.See((*moves, *others)))))
    assert (
        "`alice`: … → 12:03:00 joined → 12:04:00 joined → 12:05:00 joined → "
        "12:06:00 joined → 12:07:00 left (client-initiated)"
    ) in shown
    assert "`bob`: 12:08:00 joined" in shown


def test_the_participant_asked_about_stands_first_and_of_many_the_rest_is_counted():
    def seen(number, identity):
        update = {"id": f"EV_{identity}", "identity": identity}
        return moved(number).model_copy(update=update)

    moves = (seen(1, "zoe"), *(seen(n, f"peer-{n}") for n in range(2, 8)))
    story = Story(report=Report(room="blue-whale", participant="zoe"))
    shown = told(card(story.do(c.See(moves))))
    lines = [line for line in shown.splitlines() if "joined" in line]
    names = [line.partition(":")[0] for line in lines]
    assert names == ["`zoe`", "`peer-7`", "`peer-6`", "`peer-5`"]
    assert "and 3 more participants" in shown


def test_the_newest_of_the_worst_findings_is_shown():
    story = Story().reports("token-endpoint", TOKEN_BAD)
    story.reports("room-occupied", ROOM_EMPTY)
    assert ":x: *Room is occupied*: The room is empty." in told(card(story))


def test_unknown_is_worse_than_ok():
    story = Story().reports("token-endpoint", NO_ANSWER)
    story.reports("room-occupied", ROOM_OK)
    assert ":grey_question: *Token endpoint answers*" in told(card(story))


@pytest.mark.parametrize(
    ("story", "labels"),
    [
        (Story(), ["Resolve"]),
        (Story().ranked().do(c.Resolve()), []),
        (
            Story().ranked().do(c.Resolve()).reports("token-endpoint", TOKEN_BAD),
            ["Resolve", "Resolve anyway"],
        ),
        (Story().resolved(), ["Reopen"]),
        (Story().at_action().press(Verb.RUN), []),
        (Story().running(), []),
    ],
    ids=["open", "resolving", "held", "resolved", "asked", "running"],
)
def test_the_buttons_are_those_that_the_state_takes(story, labels):
    assert list(buttons(card(story))) == labels


def test_the_buttons_name_the_incident():
    (button,) = buttons(card(Story())).values()
    assert button["action_id"] == refs.RESOLVE
    assert refs.IncidentButton.decoded(button["value"]).incident == "INC-7"


def test_resolving_anyway_asks_once_more_and_lists_what_is_not_ok():
    story = Story().ranked().do(c.Resolve()).reports("token-endpoint", TOKEN_BAD)
    sure = buttons(card(story))["Resolve anyway"]["confirm"]
    assert "Token endpoint answers" in sure["text"]["text"]


def test_a_held_incident_whose_checks_turned_ok_says_so():
    story = Story().ranked().start().press(Verb.CONFIRM).do(c.Resolve())
    # The step's own look at the token is still under way when the incident is held.
    numbers = [one.call.number for one in story.state.unreported()]
    seen = Story().reports("token-endpoint", TOKEN_OK).state.looks[1].evidence
    bad = Story().reports("token-endpoint", TOKEN_BAD).state.looks[1].evidence
    story.tells(numbers[1], bad)
    assert "Not ok: Token endpoint answers." in told(card(story))
    story.tells(numbers[0], seen)
    assert "By now all checks are ok: press Resolve." in told(card(story))


def test_an_acting_step_is_why_it_cannot_be_resolved():
    assert "Step 3 is acting or in doubt" in told(card(Story().running()))


def test_checks_that_did_not_finish_are_not_said_to_run():
    shown = told(card(Story().resolved()))
    assert "2 checks did not finish before it was resolved." in shown
    assert "running" not in shown


def test_people_who_are_no_slack_ids_are_plain_text():
    shown = told(card(Story(by="<!channel> ann")))
    assert "&lt;!channel&gt; ann" in shown
    assert "<!channel>" not in shown


def test_a_hostile_room_and_its_words_stay_text():
    report = Report(room="<@U666> *x*", words="```\n<!here> & <https://e.org|ok>")
    shown = told(card(Story(report=report)))
    assert "# SEV3 · <@U666> *x*" in shown  # A header is plain text: never read.
    assert "&lt;!here&gt; &amp; &lt;https://e.org|ok&gt;" in shown
    assert "```" not in shown


def test_of_transitions_that_were_counted_the_card_says_how_many_since_when():
    story = Story()
    for number in range(AS_THEY_COME):
        story.do(c.See((moved(number),)))
    story.now += timedelta(hours=1)
    story.do(c.See(tuple(moved(100 + n) for n in range(LISTED + 2160))))
    assert "`alice`: 2,160 more since 13:40:00 … → " in told(card(story))
