"""Fences that stop, ask and attest, and what is told of mistakes in them."""

from datetime import timedelta

import pytest
from page_samples import problems, steps

from bot.core.runbook.asks import as_facts, fact_names
from bot.core.runbook.pages import AskKind, StepKind

FRONT = "---\nfresh: 5m\n---\n"


def item(word, *inside, title="Do it."):
    rows = "".join(f"   {row}\n" for row in inside)
    return f"1. {title}\n   ```{word}\n{rows}   ```\n"


ASKING = (
    "asks:",
    '  seen: {question: "Is it there?", answer: ["yes", "no"]}',
    '  count: {question: "How many?", answer: number}',
    '  build: {question: "Which build?", answer: name}',
    '  trace: {question: "Where is the log?", answer: link}',
)


def test_a_stop_has_a_guard():
    [step] = steps(item("stop", "when: room.converged", "fresh: 90s"))
    assert step.kind is StepKind.STOP
    assert (step.when, step.fresh) == ("room.converged", timedelta(seconds=90))


@pytest.mark.parametrize("word", ["confirm", "attest"])
def test_what_is_asked_is_typed(word):
    [step] = steps(item(word, *ASKING))
    assert step.kind == word
    assert [ask.kind for ask in step.asks] == [
        AskKind.CHOICE,
        AskKind.NUMBER,
        AskKind.NAME,
        AskKind.LINK,
    ]
    assert step.asks[0].choices == ("yes", "no")
    assert step.asks[1].question == "How many?"


def test_what_was_chosen_or_counted_is_a_fact_and_no_text_is():
    [step] = steps(item("confirm", *ASKING))
    assert fact_names(step.asks) == {"told.seen", "told.count"}
    values = {"seen": "yes", "build": "x"}
    assert as_facts(step.asks, values) == {"told.seen": "yes"}


def test_a_later_step_may_read_what_was_told():
    first, second = steps(
        item("confirm", *ASKING) + item("confirm", "if: told.seen == 'no'")
    )
    assert first.only_if is None
    assert second.only_if == "told.seen == 'no'"


def test_an_earlier_step_may_not():
    [said] = problems(
        item("confirm", "if: told.seen == 'no'") + item("confirm", *ASKING)
    )
    assert said.startswith("3: no check yields the fact 'told.seen'")


def test_a_check_may_be_for_one_case_only():
    [step] = steps(
        item("check", 'room-converged: {room: "{room}"}', "if: room.converged")
    )
    assert step.only_if == "room.converged"


@pytest.mark.parametrize(
    ("word", "inside", "said"),
    [
        ("stop", ("fresh: 1m",), "5: this stop lacks its 'when'."),
        ("attest", ("fresh: 1m",), "5: this attest lacks its 'asks'."),
        (
            "confirm",
            (),
            "5: this confirm says nothing. A step without a fence is one.",
        ),
        (
            "confirm",
            ("ask: {}", "fresh: 1m"),
            "6: a confirm has no 'ask'. Did you mean 'asks'?",
        ),
        ("stop", ("room-converged: {}", "when: true"), "6: a stop has no 'room-conve"),
        (
            "stop",
            ("when: room.converged", "asks: {}"),
            "7: 'asks' belongs to a confirm or an attest, not to a stop.",
        ),
        ("confirm", ("if: true",), "6: 'if' is no text. Put quotes around it."),
        ("confirm", ("if: room.gone",), "6: no check yields the fact 'room.gone'"),
        ("confirm", ("asks: [x]",), "6: 'asks' must be lines of `name: {question, "),
        ("confirm", ("asks: {}",), "6: 'asks' must be lines of `name: {question, "),
        (
            "confirm",
            ("asks: {Seen: {question: x, answer: name}}",),
            "6: 'Seen': the name must be small letters, digits and _. Write, say, seen",
        ),
        (
            "confirm",
            ("asks: {seen: maybe}",),
            "6: 'seen': it must have a question and an answer. Write, say, {question",
        ),
        (
            "confirm",
            ("asks: {seen: {question: 3, answer: name}}",),
            "6: 'seen': its question must be a text of at most 150 characters.",
        ),
        (
            "confirm",
            ("asks: {seen: {question: x, answer: nam}}",),
            "6: 'seen': there is no answer 'nam'. Did you mean 'name'?",
        ),
        (
            "confirm",
            ("asks: {seen: {question: x, answer: 7}}",),
            "6: 'seen': there is no answer '7'. There are link, number, name, and [a",
        ),
        (
            "confirm",
            ("asks: {seen: {question: x, answer: [yes, no]}}",),
            "6: 'seen': its choices must be texts. Put quotes around each.",
        ),
        (
            "confirm",
            ('asks: {seen: {question: x, answer: ["one"]}}',),
            "6: 'seen': it must have 2 to 8 different short choices.",
        ),
        (
            "confirm",
            (
                "asks:",
                *(f"  a{n}: {{question: x, answer: name}}" for n in range(6)),
            ),
            "6: a step asks at most 5 things.",
        ),
    ],
)
def test_a_fence_that_is_wrong_says_where_and_what_to_write(word, inside, said):
    assert any(one.startswith(said) for one in problems(FRONT + item(word, *inside)))


def test_broken_yaml_is_told_once():
    assert len(problems(FRONT + item("stop", "when: [a"))) == 1
