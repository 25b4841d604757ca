"""Facts that contradict each other are shown, with what that may mean."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.evidence import Fact
from bot.core.expression import GuardError
from bot.core.opposites import Opposite, opposed

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
RULE = Opposite(guard="a.up == true && b.up == false", means="One of them is old.")


def fact(name, *, value, age=0):
    at = NOW - timedelta(seconds=age)
    return Fact(name=name, value=value, observed_at=at, source="x")


def test_two_facts_that_cannot_both_be_so_are_told_together():
    [found] = opposed(
        [RULE], [fact("a.up", value=True), fact("b.up", value=False)], NOW
    )
    assert [one.name for one in found.facts] == ["a.up", "b.up"]
    assert found.told() == "a.up is True but b.up is False. One of them is old."


def test_facts_that_agree_are_not_told():
    assert (
        opposed([RULE], [fact("a.up", value=True), fact("b.up", value=True)], NOW) == ()
    )


def test_a_fact_that_is_too_old_contradicts_nobody():
    old = fact("b.up", value=False, age=600)
    assert opposed([RULE], [fact("a.up", value=True), old], NOW) == ()


def test_a_newer_fact_ends_a_contradiction():
    facts = [fact("a.up", value=True), fact("b.up", value=False, age=60)]
    assert opposed([RULE], facts, NOW)
    assert opposed([RULE], [*facts, fact("b.up", value=True)], NOW) == ()


def test_a_rule_that_cannot_be_read_is_an_error():
    with pytest.raises(GuardError):
        opposed([Opposite(guard="a.up ==", means="x")], [], NOW)
