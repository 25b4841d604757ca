"""The forms: what they ask, what they are filled in with, and the type-ahead."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inline_snapshot import snapshot

from bot.core.incident.state import Verb
from bot.core.report import MEANING, Reproduces, Severity
from handlers import refs
from handlers.render import form
from handlers.render.limits import options_problems, view_problems

MEMO = refs.FormMemo(kind=refs.FormKind.OPEN, channel="C0HELP")
WHY = refs.FormMemo(
    kind=refs.FormKind.WORDS,
    channel="C0HELP",
    incident="INC-7",
    run=1,
    step=2,
    verb=Verb.SKIP,
)


def opened(**given):
    return form.triage_form(MEMO, form.Filled(**given))


def element(view, action):
    found = [k["element"] for k in view["blocks"] if "element" in k]
    return next(one for one in found if one["action_id"] == action)


def block(view, action):
    return next(k for k in view["blocks"] if k["element"]["action_id"] == action)


def test_the_form_asks_the_triage_template_and_the_severity():
    asked = [
        (k["label"]["text"], k["element"]["type"], k["optional"])
        for k in form.triage_form(MEMO)["blocks"]
    ]
    assert asked == snapshot(
        [
            ("Room", "external_select", False),
            ("Participant", "external_select", True),
            ("Packet type", "static_select", True),
            ("Request id", "plain_text_input", True),
            ("Connection state transitions", "plain_text_input", True),
            (
                "Does it happen again after a handshake or sync retry?",
                "radio_buttons",
                False,
            ),
            ("Severity", "static_select", False),
            ("What do people see?", "plain_text_input", True),
            ("Logs and databases", "file_input", True),
        ]
    )


def test_the_form_is_sound_and_remembers_where_it_was_opened():
    view = form.triage_form(MEMO)
    assert view_problems(view) == ()
    assert view["callback_id"] == form.OPEN_FORM
    assert refs.FormMemo.decoded(view["private_metadata"]) == MEMO


def test_choosing_a_room_is_told_at_once():
    view = form.triage_form(MEMO)
    assert block(view, form.ROOM)["dispatch_action"] is True
    assert element(view, form.ROOM)["min_query_length"] == 0


def test_what_is_known_is_filled_in():
    view = opened(
        room="blue-whale",
        participant="alice",
        packet_type="HANDSHAKE",
        request_id="r-1",
        transitions="12:00:00 alice joined",
        reproduces=Reproduces.YES,
        severity=Severity.SEV1,
        words="Help.",
    )
    chosen = {
        action: element(view, action)["initial_option"]["value"]
        for action in (
            form.ROOM,
            form.PARTICIPANT,
            form.PACKET_TYPE,
            form.REPRODUCES,
            form.SEVERITY,
        )
    }
    typed = {
        action: element(view, action)["initial_value"]
        for action in (form.REQUEST_ID, form.TRANSITIONS, form.WORDS)
    }
    assert list(chosen.values()) == [
        "blue-whale",
        "alice",
        "HANDSHAKE",
        "yes",
        "SEV1",
    ]
    assert list(typed.values()) == ["r-1", "12:00:00 alice joined", "Help."]


def test_new_transitions_have_a_new_block_so_that_slack_shows_them():
    one, two = opened(transitions="a"), opened(transitions="b")
    assert (
        block(one, form.TRANSITIONS)["block_id"]
        != block(two, form.TRANSITIONS)["block_id"]
    )
    assert one["blocks"][0]["block_id"] == two["blocks"][0]["block_id"] == form.ROOM


def test_a_name_that_a_menu_cannot_hand_back_is_typed():
    room = "r" * (form.MAX_OFFERED + 1)
    field = element(opened(room=room), form.ROOM)
    assert (field["type"], field["initial_value"]) == ("plain_text_input", room)


def test_a_packet_type_that_the_app_does_not_know_yet_is_kept():
    menu = element(opened(packet_type="NEW_TYPE"), form.PACKET_TYPE)
    assert menu["initial_option"]["value"] == "NEW_TYPE"


def test_each_severity_says_what_it_means():
    shown = [
        one["text"]["text"]
        for one in element(form.triage_form(MEMO), form.SEVERITY)["options"]
    ]
    assert shown == [f"{one} — {MEANING[one]}" for one in Severity]


def test_the_words_form_asks_one_question():
    view = form.words_form(WHY, "Skip step 2", "Why is it skipped?")
    assert view_problems(view) == ()
    assert view["callback_id"] == form.WORDS_FORM
    assert refs.FormMemo.decoded(view["private_metadata"]) == WHY
    assert block(view, form.WORDS)["optional"] is False


def test_a_notice_only_closes():
    view = form.notice_form("Not now", "<!channel> It is resolved already.")
    assert view_problems(view) == ()
    assert "submit" not in view
    assert "&lt;!channel&gt;" in view["blocks"][0]["text"]["text"]


def values(answer):
    return [one["value"] for one in answer["options"]]


def test_names_with_what_was_typed_are_offered_after_it():
    answer = form.options(["blue-whale", "red-fox", "Blue-jay"], "blue")
    assert values(answer) == ["blue", "blue-whale", "Blue-jay"]
    assert answer["options"][0]["text"]["text"] == "Use “blue”"


def test_a_name_typed_in_full_is_not_offered_twice():
    assert values(form.options(["blue"], "blue")) == ["blue"]


def test_nothing_typed_offers_all():
    assert values(form.options(["a", "b", "a"])) == ["a", "b"]


def test_a_hundred_are_offered_at_most():
    assert len(values(form.options([f"r{n}" for n in range(300)], "r"))) == 100


@pytest.mark.parametrize("name", ["x" * 151, "", "  "])
def test_a_name_that_cannot_be_handed_back_is_left_out(name):
    assert values(form.options([name], name)) == []


@settings(deadline=None)
@given(st.lists(st.text(max_size=170), max_size=30), st.text(max_size=170))
def test_any_names_give_an_answer_that_slack_takes(names, typed):
    assert options_problems(form.options(names, typed)) == ()


@settings(deadline=None)
@given(st.text(), st.text(), st.text(), st.text(max_size=300))
def test_any_text_gives_a_form_that_slack_takes(room, transitions, words, packet):
    view = opened(room=room, transitions=transitions, words=words, packet_type=packet)
    assert view_problems(view) == ()
