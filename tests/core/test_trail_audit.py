"""Whatever is done to a trail shows, with the public key alone."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trails import (
    BODIES,
    INCIDENT,
    KEY,
    OTHER_KEY,
    changed,
    erased,
    made,
    problems,
    rehashed,
)

from bot.core.trail.audit import Erasure, Head, audit
from bot.core.trail.chain import key_name

TRAIL = made()
LAST = Head(TRAIL[-1].link[:32], 4)


def edited(events):
    body = json.dumps({"words": "Nothing happened."})
    return [*events[:2], changed(events[2], body=body), *events[3:]]


def resigned(events):
    return made([(one.kind, one.body) for one in events], OTHER_KEY)


TAMPERED = {
    "truncate": TRAIL[2:],
    "cut the end": TRAIL[:2],
    "edit": edited(TRAIL),
    "reorder": [TRAIL[0], TRAIL[2], TRAIL[1], TRAIL[3]],
    "re-hash": rehashed(edited(TRAIL)),
    "swap key": resigned(edited(TRAIL)),
    "drop the last event": TRAIL[:-1],
    "leave one out": [*TRAIL[:1], *TRAIL[2:]],
    "put one in": [*TRAIL[:2], TRAIL[1], *TRAIL[2:]],
    "drop all": [],
}


def test_a_trail_that_nobody_touched_has_no_problems():
    found = audit(INCIDENT, TRAIL, [KEY.public], [LAST, Head(TRAIL[1].link)])
    assert found.problems == ()
    assert found.erasures == ()
    assert found.signers == (key_name(KEY.public),)
    assert found.anchored == 4


@pytest.mark.parametrize("how", TAMPERED)
def test_each_way_of_tampering_is_caught(how):
    assert problems(TAMPERED[how], heads=[LAST])


@pytest.mark.parametrize(
    "how", [one for one in TAMPERED if one != "drop the last event"]
)
def test_without_a_head_only_a_cut_at_the_end_passes(how):
    expected = how == "cut the end"
    assert (problems(TAMPERED[how]) == ()) is expected
    assert audit(INCIDENT, TRAIL, [KEY.public]).anchored is None


NOT_SO = {
    "at": 1,
    "by": "U0BEN",
    "kind": "noted",
    "seq": 7,
    "salt": "00" * 32,
    "digest": "00" * 32,
    "link": "00" * 32,
    "signer": OTHER_KEY.public.hex(),
    "signature": "00" * 64,
}


@pytest.mark.parametrize(("field", "value"), [*NOT_SO.items(), ("salt", None)])
@given(at=st.integers(0, 3))
def test_each_field_of_each_event_is_held(field, value, at):
    events = [*TRAIL]
    events[at] = changed(events[at], **{field: value})
    assert problems(events)


def test_it_is_told_which_event_was_changed_and_how():
    assert problems(edited(TRAIL)) == ("Event 3: what it says was changed.",)
    assert problems(TRAIL, keys=[OTHER_KEY])[0] == (
        f"Event 1 is signed with another key ({key_name(KEY.public)})."
    )
    assert problems([]) == ("It has no events.",)


def test_a_trail_of_another_incident_is_not_this_ones():
    assert problems(TRAIL, incident="INC-8")


def test_a_trail_may_be_signed_with_one_key_after_the_other():
    later = made(BODIES, OTHER_KEY)[-1]
    events = [*TRAIL[:-1], later]
    assert problems(events, keys=[KEY, OTHER_KEY]) == ()
    assert problems(events)


@pytest.mark.parametrize(
    "head",
    [
        Head("ab" * 16),
        Head(TRAIL[0].link[:15]),
        Head(TRAIL[0].link, 2),
        Head(f"{TRAIL[0].link}00"),
    ],
)
def test_a_head_that_is_none_of_the_links_is_told(head):
    (told,) = problems(TRAIL, heads=[head])
    assert told.startswith(f"The head {head} is none of its links")


def test_a_head_is_written_with_its_event():
    assert str(Head("abcd")) == "abcd"
    assert str(Head("abcd", 7)) == "abcd@7"


def test_erased_words_leave_a_chain_that_holds_and_a_record():
    found = audit(INCIDENT, erased(), [KEY.public], [LAST])
    assert found.problems == ()
    assert found.erasures == (Erasure(3, 5),)
    assert TRAIL[-1].link == erased()[3].link


def test_words_that_are_gone_without_a_record_are_told():
    events = [*TRAIL[:2], changed(TRAIL[2], salt=None, body="{}"), TRAIL[3]]
    assert problems(events) == (
        "Event 3: its words are gone, and no event says who erased.",
    )


def test_what_is_left_of_an_erased_event_cannot_be_changed_either():
    events = erased()
    events[2] = changed(events[2], body="{}")
    (told,) = problems(events)
    assert told == "Event 3: it was changed after its words were erased."


USELESS = (
    *("no JSON", "[]", "7", "[" * 200_000),
    *('{"erased": 3}', '{"erased": "3", "left": ""}'),
    *('{"erased": 9, "left": ""}', '{"erased": 3, "left": []}'),
)


@pytest.mark.parametrize("record", USELESS)
def test_a_record_that_says_nothing_useful_excuses_nothing(record):
    assert problems(erased(record=record))
