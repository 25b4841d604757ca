"""A hundred thousand hostile cases: no crash, no hang, no injection, no silence."""

import asyncio
import os
from contextlib import suppress

import pytest

from rehearsal.slack.journal import Entry
from tests.fuzz import plan, said, turns
from tests.fuzz.harness import Hang, Target, arm, run
from tests.fuzz.soundness import Finding, mrkdwn, must
from tests.fuzz.targets import TARGETS, bot

COUNT = int(os.environ.get("FUZZ_COUNT", plan.COUNT))
SEED = int(os.environ.get("FUZZ_SEED", plan.SEED))


@pytest.fixture(scope="module", autouse=True)
def armed():
    arm()


@pytest.mark.parametrize(
    ("name", "numbers"),
    plan.parts(COUNT),
    ids=[f"{name}-{numbers.start}" for name, numbers in plan.parts(COUNT)],
)
def test_whatever_comes_is_read_or_refused_with_a_reason(name, numbers):
    outcome = run(TARGETS[name], SEED, numbers)
    assert not outcome.failures, "\n" + "\n".join(map(str, outcome.failures))
    assert outcome.count == len(numbers)


def test_the_gate_runs_a_hundred_thousand():
    assert sum(plan.counts(plan.COUNT).values()) >= 100_000
    assert sum(len(numbers) for _, numbers in plan.parts(plan.COUNT)) >= 100_000


SLOW = {"logs", "pages", "databases", "archives", "messages"}
"""A case takes more than a few milliseconds."""


def test_every_kind_of_input_has_its_fair_share_of_the_gate():
    of = dict(plan.counts(plan.COUNT))
    # Each case of it is two dozen requests.
    assert of.pop("bot") * bot.REQUESTS >= 500
    assert all(count >= (200 if name in SLOW else 1_000) for name, count in of.items())


def test_every_target_is_there_once_and_says_what_it_reads():
    assert all(name == one.name and one.reads for name, one in TARGETS.items())


def _target(case):
    return Target("made-up", "nothing", 1, lambda: None, case)


def test_the_same_number_is_the_same_case():
    drawn = [[], []]
    for told in drawn:
        run(_target(lambda _, rng, told=told: told.append(rng.random())), 7, [1, 2, 3])
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 3


def test_a_failure_is_told_with_what_runs_it_again():
    def case(_, rng):
        must(rng.random() < 0.5, "half of them fail")
        return "ok"

    outcome = run(_target(case), 7, range(100))
    assert len(outcome.failures) == 5
    first = outcome.failures[0]
    assert f"make fuzz TARGET=made-up SEED=7 CASE={first.number}" in str(first)
    assert "half of them fail" in str(first)
    again = run(_target(case), 7, [first.number])
    assert again.failures == [first]


def test_what_hangs_is_interrupted_whatever_it_swallows(monkeypatch):
    monkeypatch.setattr("tests.fuzz.harness.HANG", 0.05)

    def case(_, __):
        while True:
            with suppress(Exception):
                sum(range(1_000))

    (failure,) = run(_target(case), 7, [1]).failures
    assert failure.why.startswith(Hang.__name__)


def test_what_waits_for_ever_is_found_by_its_turns(monkeypatch):
    monkeypatch.setattr("tests.fuzz.turns.MOST_TURNS", 100)

    async def waits():
        while True:
            with suppress(Exception):
                await asyncio.sleep(0)

    (failure,) = run(_target(lambda *_: turns.run(waits())), 7, [1]).failures
    assert failure.why.startswith(Hang.__name__)


def _heard(**more):
    known = {"status": 200, "body": "", "logged": (), "calls": ()}
    return said.Heard(**known | more)


REFUSED = ({"event": "request.refused", "log_level": "info"},)


@pytest.mark.parametrize(
    ("judge", "heard"),
    [
        (said.judge, _heard(status=500, body="It failed.")),
        (said.judge, _heard(status=400)),
        (said.judge, _heard(logged=({"event": "x", "log_level": "error"},))),
        (said.answer, _heard(logged=REFUSED)),
        (said.answer, _heard(body={"text": "<@U0LEFT>", "response_type": "ephemeral"})),
        (said.answer, _heard(body={"text": "Well.", "response_type": "in_channel"})),
        (said.whispered, _heard(logged=REFUSED)),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_the_judge_knows_what_the_bot_must_not_say(judge, heard):
    with pytest.raises(Finding):
        judge(heard)


def test_the_judge_looks_at_each_call_to_slack():
    for given in (
        {"text": "<!here>"},
        {"text": "well", "parse": "full"},
        {"text": "x" * 50_000},
    ):
        with pytest.raises(Finding):
            said.call(Entry("call", "chat.postMessage", given))


@pytest.mark.parametrize("text", ["<!channel>", "a & b", "x\u202ey", "```", "\x1b[0m"])
def test_the_oracle_knows_what_is_not_sound(text):
    with pytest.raises(Finding):
        mrkdwn(text)


def test_a_node_id_with_half_a_character_keeps_no_database_from_being_read():
    assert run(TARGETS["databases"], 78, [1353]).failures == []
