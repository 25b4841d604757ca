"""The table from commands to deeds is whole: nothing is asked for past the policy."""

from dataclasses import replace
from typing import get_args

import pytest
from incident_story import ANN, BEN, NOBODY, STATES, Story

from bot.core.actions import Effect
from bot.core.incident import commands as c
from bot.core.incident.deeds import _DEEDS, BY_ENGINE, VERBS, deed_of
from bot.core.incident.events import StepRef
from bot.core.incident.state import StepStatus, Verb
from bot.core.policy import Deed
from bot.core.runbook.pages import Call
from tests.fakes.scripted import (
    CALM,
    HALT,
    KICK,
    KICK_BLINDLY,
    LOOK,
    ROOM,
    RULES,
    TALK,
    page,
)

THIRD = StepRef(1, 3)


def deed(command, by=ANN, story=None):
    story = story or STATES[StepStatus.READY]()
    return deed_of(story.state, command, by, RULES)


def test_every_command_is_a_deed_or_the_bots_own():
    commands = set(get_args(c.Command))
    assert set(_DEEDS) | BY_ENGINE == commands
    assert set(_DEEDS) & BY_ENGINE == set()
    assert set(VERBS) == set(Verb)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (c.Request("listen"), Deed.LOOKS),
        (c.Start(CALM), Deed.CONFIRM),
        (c.Offer(()), Deed.CONFIRM),
        (c.Resolve(), Deed.RESOLVE),
        (c.Reopen(), Deed.RESOLVE),
        (c.Recover((ROOM,), 1), Deed.POLICY_BOUND),
        (c.Press(THIRD, Verb.RUN), Deed.ONE_PARTICIPANT),
        (c.Press(THIRD, Verb.PREPARE), Deed.ONE_PARTICIPANT),
        (c.Press(THIRD, Verb.HAPPENED), Deed.ONE_PARTICIPANT),
        (c.Press(THIRD, Verb.SKIP), Deed.CONFIRM),
        (c.Press(THIRD, Verb.LOOK_AGAIN), Deed.LOOKS),
        (c.Press(THIRD, Verb.APPROVE), Deed.APPROVE),
        (c.Press(THIRD, Verb.DECLINE), Deed.APPROVE),
        (c.Press(THIRD, Verb.BREAK_GLASS), Deed.BREAK_GLASS),
    ],
)
def test_what_a_person_asks_for_is_a_deed(command, expected):
    assert deed(command) is expected


@pytest.mark.parametrize("ref", [StepRef(9, 9), StepRef(1, 1)])
def test_a_run_of_nothing_that_is_known_counts_as_irreversible(ref):
    assert deed(c.Press(ref, Verb.RUN)) is Deed.IRREVERSIBLE
    assert RULES.effect("unheard-of") is Effect.IRREVERSIBLE


KICK_ALL = KICK.model_copy(update={"call": Call(name="kick-all")})
UNHEARD_OF = KICK_BLINDLY.model_copy(update={"call": Call(name="unheard-of")})


@pytest.mark.parametrize(
    ("behind", "expected"),
    [
        ((), Deed.CONFIRM),
        ((TALK, LOOK), Deed.CONFIRM),
        ((TALK, KICK), Deed.ONE_PARTICIPANT),
        ((KICK, KICK_ALL, KICK), Deed.ROOM),
        ((KICK, UNHEARD_OF), Deed.IRREVERSIBLE),
    ],
)
def test_overriding_a_stop_needs_what_the_furthest_act_behind_it_needs(
    behind, expected
):
    effects = {"kick": Effect.ONE_PARTICIPANT, "kick-all": Effect.ROOM}
    rules = replace(RULES, effects=effects)
    book = page("halting", UNHEARD_OF, HALT, *behind)
    story = Story(rules).ranked(NOBODY).start(book)
    story.press(Verb.SKIP).sees("people", NOBODY)
    assert story.step.status is StepStatus.STOPPED
    assert deed_of(story.state, c.Press(story.step.ref, Verb.SKIP), ANN, rules) is (
        expected
    )


def test_whoever_asked_may_withdraw():
    story = Story().awaiting(by=BEN)
    assert deed(c.Press(THIRD, Verb.DECLINE), BEN, story) is Deed.CONFIRM
    assert deed(c.Press(THIRD, Verb.DECLINE), ANN, story) is Deed.APPROVE
