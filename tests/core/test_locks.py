"""What an act holds, and how much may be acted on: pure rules."""

import pytest

from bot.core.actions import Effect, Plan
from bot.core.locks import (
    Holder,
    Target,
    most_of,
    reach_of,
    target_of,
    too_many,
)
from bot.core.policy import Caps
from tests.fakes.scripted import PLAN


def plan(touches=1, **binding):
    return Plan(target="x", blast="y", touches=touches, binding=binding)


ALICE = plan(room="lobby", identity="alice", sid="PA_1")


@pytest.mark.parametrize(
    ("effect", "asked", "holds"),
    [
        (Effect.LOOKS, ALICE, None),
        (Effect.ONE_PARTICIPANT, ALICE, Target(room="lobby", participant="alice")),
        (Effect.ROOM, ALICE, Target(room="lobby")),
        (Effect.IRREVERSIBLE, ALICE, Target(room="lobby")),
        (Effect.ONE_PARTICIPANT, plan(room="lobby"), Target(room="lobby")),
        (Effect.ROOM, plan(), Target(room="reported")),
    ],
)
def test_an_act_holds_what_its_plan_binds_and_more_rather_than_less(
    effect, asked, holds
):
    assert target_of(asked, effect, "reported") == holds


def test_every_effect_but_looking_is_counted():
    assert {one for one in Effect if reach_of(one) is None} == {Effect.LOOKS}


def test_what_cannot_be_undone_is_counted_with_what_disturbs_a_room():
    caps = Caps(one_participant_per_room_and_hour=6, room_per_room_and_hour=2)
    assert most_of(reach_of(Effect.IRREVERSIBLE), caps) == 2
    assert most_of(reach_of(Effect.ONE_PARTICIPANT), caps) == 6


def test_a_plan_over_the_cap_is_told_with_both_numbers():
    caps = Caps(participants=25)
    assert too_many(plan(25), caps) is None
    assert "disturb 26 participants" in too_many(plan(26), caps)
    assert "to disturb 25 (caps.participants)" in too_many(plan(26), caps)
    assert too_many(PLAN, Caps(participants=0)) is not None


@pytest.mark.parametrize(
    ("whole", "words"), [(True, "the whole room"), (False, "one participant")]
)
def test_a_holder_says_how_much_of_the_room_it_holds(whole, words):
    told = {"incident": "INC-9", "by": "U0BEN", "since": "2026-03-01T12:00:00Z"}
    assert Holder(**told, whole_room=whole).words == words
