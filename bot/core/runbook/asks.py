"""What a step asks of whoever confirms it, and whether an answer is one.

On a page: `asks: {seen: {question: "Is it there?", answer: ["yes", "no"]}}`; the answer
is a list of choices, or one of `link`, `number` and `name`. What was chosen or counted
becomes a fact, `told.seen`, which the guards of later steps may read.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from bot.core.evidence import Value
from bot.core.expression import did_you_mean
from bot.core.report import MAX_NAME, visible
from bot.core.runbook.mapping import Entry
from bot.core.runbook.pages import Ask, AskKind
from bot.core.runbook.problems import Flaw

TOLD = "told"
"""The subject of the facts that people told."""
MOST = 5
"""How many things a step may ask."""
MOST_CHOICES = 8
LONGEST = 150
"""How many characters a question has, and a choice half of that."""
LONGEST_LINK = 1_000

_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_LINK = re.compile(r"https?://[^\s<>|\"]+")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,9})?")
_TYPED = (AskKind.LINK, AskKind.NUMBER, AskKind.NAME)
_FACTS = (AskKind.NUMBER, AskKind.CHOICE)


class Answers(BaseModel, frozen=True):
    """What was answered, and what is wrong with it, by the names of the asks."""

    values: Mapping[str, Value] = {}
    wrong: Mapping[str, str] = {}


def fact_names(asks: Iterable[Ask]) -> frozenset[str]:
    """Return the facts that the answers become."""
    return frozenset(f"{TOLD}.{ask.name}" for ask in asks if ask.kind in _FACTS)


def as_facts(asks: Iterable[Ask], values: Mapping[str, Value]) -> dict[str, Value]:
    """Return the answers that guards may read, by the names of their facts."""
    return {
        f"{TOLD}.{ask.name}": values[ask.name]
        for ask in asks
        if ask.kind in _FACTS and ask.name in values
    }


def answered(asks: Iterable[Ask], typed: Mapping[str, str]) -> Answers:
    """Read what a person typed or chose; every ask must be answered."""
    values: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for ask in asks:
        text = str(visible(typed.get(ask.name, "")))
        try:
            values[ask.name] = _READ[ask.kind](ask, text)
        except ValueError as error:
            wrong[ask.name] = str(error)
    return Answers(values=values, wrong=wrong)


def _link(_: Ask, text: str) -> str:
    if len(text) > LONGEST_LINK or not _LINK.fullmatch(text):
        raise ValueError("Give a link that starts with https://.")
    return text


def _number(_: Ask, text: str) -> int | float:
    if not _NUMBER.fullmatch(text):
        raise ValueError("Give a number, in digits.")
    return float(text) if "." in text else int(text)


def _name(_: Ask, text: str) -> str:
    if not text or len(text) > MAX_NAME or "\n" in text:
        raise ValueError(f"Give it in one line of at most {MAX_NAME} characters.")
    return text


def _choice(ask: Ask, text: str) -> str:
    if text not in ask.choices:
        raise ValueError(f"Choose one of: {', '.join(ask.choices)}.")
    return text


_READ = {
    AskKind.LINK: _link,
    AskKind.NUMBER: _number,
    AskKind.NAME: _name,
    AskKind.CHOICE: _choice,
}


def read_asks(entry: Entry) -> tuple[tuple[Ask, ...], list[Flaw]]:
    """Read what a fence asks; what is wrong is left out and reported."""
    if not isinstance(entry.value, Mapping) or not entry.value:
        return (), [_flaw(entry, "'asks' must be lines of `name: {question, answer}`.")]
    asks: list[Ask] = []
    flaws = list(_too_many(entry))
    for name, said in entry.value.items():
        wrong = list(_wrong(str(name), said))
        flaws += [_flaw(entry, f"'{name}': {words}", hint) for words, hint in wrong]
        if not wrong:
            asks.append(_ask(str(name), said))
    return tuple(asks), flaws


def _flaw(entry: Entry, words: str, hint: str = "") -> Flaw:
    return Flaw(line=entry.line, message=words, hint=hint)


def _too_many(entry: Entry) -> Iterator[Flaw]:
    if len(entry.value) > MOST:
        yield _flaw(entry, f"a step asks at most {MOST} things.")


def _wrong(name: str, said: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  YAML
    if not _NAME.fullmatch(name):
        yield "the name must be small letters, digits and _.", "Write, say, seen_by."
    if not isinstance(said, Mapping) or set(said) != {"question", "answer"}:
        yield "it must have a question and an answer.", _EXAMPLE
        return
    question = said["question"]
    if not isinstance(question, str) or not 0 < len(question.strip()) <= LONGEST:
        yield f"its question must be a text of at most {LONGEST} characters.", ""
    yield from _wrong_answer(said["answer"])


_EXAMPLE = 'Write, say, {question: "Is it there?", answer: ["yes", "no"]}.'


def _wrong_answer(answer: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401  YAML
    if isinstance(answer, list):
        yield from _wrong_choices(answer)
    elif answer not in _TYPED:
        hint = did_you_mean(str(answer), tuple(_TYPED))
        hint = hint or f"There are {', '.join(_TYPED)}, and [a list of choices]."
        yield f"there is no answer '{answer}'.", hint


def _wrong_choices(choices: list[Any]) -> Iterator[tuple[str, str]]:
    if not all(isinstance(one, str) for one in choices):
        yield "its choices must be texts.", "Put quotes around each."
        return
    short = all(0 < len(one.strip()) <= LONGEST // 2 for one in choices)
    some = 1 < len(choices) <= MOST_CHOICES and len(set(choices)) == len(choices)
    if not (short and some):
        yield f"it must have 2 to {MOST_CHOICES} different short choices.", ""


def _ask(name: str, said: Mapping[str, Any]) -> Ask:
    answer, question = said["answer"], said["question"].strip()
    if isinstance(answer, list):
        choices = tuple(one.strip() for one in answer)
        kind = AskKind.CHOICE
        return Ask(name=name, question=question, kind=kind, choices=choices)
    return Ask(name=name, question=question, kind=AskKind(answer))
