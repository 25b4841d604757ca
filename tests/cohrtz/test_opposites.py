"""Facts of the app that contradict each other are told as such."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.cohrtz.opposites import OPPOSITES
from bot.core.evidence import Fact
from bot.core.guard import Guard
from bot.core.opposites import opposed
from bot.core.ranking import rank
from bot.pages import catalogue

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


def fact(name, value, source="x", *, age=0, lasting=False):
    at = NOW - timedelta(seconds=age)
    return Fact(name=name, value=value, observed_at=at, source=source, lasting=lasting)


def told(*facts):
    return [one.told() for one in opposed(OPPOSITES, facts, NOW)]


@pytest.mark.parametrize("rule", OPPOSITES, ids=lambda rule: rule.guard)
def test_each_rule_reads_two_facts_that_somebody_yields(rule):
    names = Guard.parse(rule.guard).names
    assert len(names) == 2
    assert set(names) <= catalogue().facts
    assert rule.means.endswith(".")


def test_a_token_that_is_let_in_and_was_refused_is_a_contradiction():
    refused = fact("log.server_refused_token", 3, "one.log", age=9_000, lasting=True)
    [said] = told(fact("token.accepted", value=True), refused)
    assert said.startswith(
        "log.server_refused_token is 3 but token.accepted is True. A fresh token"
    )


def test_what_is_too_old_or_not_there_contradicts_nothing():
    refused = fact("log.server_refused_token", 3, lasting=True)
    assert told(refused) == []
    assert told(refused, fact("token.accepted", value=True, age=900)) == []
    assert told(refused, fact("token.accepted", value=False)) == []


def test_the_ranking_carries_what_contradicts_itself():
    facts = [fact("copies.differ", value=False), fact("counts.differ", value=True)]
    said = rank({}, facts, NOW, OPPOSITES)
    assert [one.facts for one in said.opposed] == [tuple(facts)]
    assert rank({}, facts, NOW).opposed == ()
