"""Guard expressions: the Common Expression Language, cut down to what a guard needs.

CEL (https://github.com/google/cel-spec) is evaluated by cel-python. What is left out
keeps a guard short, bounded and readable: no macros, no indexes, no maps, no null, no
bytes, no backslashes, no functions but `size`, `contains`, `startsWith` and `endsWith`.
What is stricter: all numbers are floating point (3 equals 3.0; exact to 2**53), and
values of different kinds cannot be compared, which CEL calls an error. What is CEL's
own: `||` and `&&` absorb an error when the other side decides.
"""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import lru_cache
from math import copysign, inf
from typing import Any

import celpy
from celpy.celparser import CELParseError
from celpy.celtypes import BoolType, DoubleType, MapType, StringType
from celpy.evaluation import CELEvalError
from lark import Token, Tree

from bot.core.cel_operators import operators
from bot.core.cel_parser import put_parser_in_place
from bot.core.evidence import Value
from bot.errors import BotError

LONGEST = 500
"""How many characters a guard may have."""
DEEPEST = 120
"""How many levels the syntax tree may have; a pair of parentheses takes ten. Each
level takes about five Python frames, so the usual limit of 1000 is not met."""
REMEMBERED = 4096
"""How many answers are remembered: each guard's for some dozens of values."""
FUNCTIONS = ("size", "contains", "startsWith", "endsWith")

_INSTEAD = {"and": "&&", "or": "||", "not": "!", "=": "==", "&": "&&", "|": "||"}
_LITERALS = ("FLOAT_LIT", "INT_LIT", "STRING_LIT", "BOOL_LIT")
_REFUSED = {
    "member_index": "[…] behind a value",
    "member_object": "an object",
    "map_lit": "a map",
    "dot_ident": "a leading dot",
    "dot_ident_arg": "a leading dot",
    "multiplication_mod": "%",
}

Read = tuple[str, type, Value]
"""A fact that a guard reads: its name, its value's kind, its value."""


class GuardError(BotError):
    """A guard cannot be read; the text says what to write instead."""

    def __init__(self, message: str, column: int, hint: str = "") -> None:
        """Keep where it is: `column` counts from 1 within the guard."""
        super().__init__(f"column {column}: {message}" + (f" {hint}" if hint else ""))
        self.column = column
        self.message = message
        self.hint = hint


@dataclass(frozen=True)
class Expression:
    """A guard's expression, compiled."""

    text: str
    names: tuple[str, ...]
    """The facts that it reads, each once, in alphabetical order."""
    runner: celpy.Runner = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, Value]) -> bool | None:
        """Return its answer; None when a name or a kind of value stands in the way."""
        read = ((name, values[name]) for name in self.names if name in values)
        return _answer(self, tuple((name, type(one), one) for name, one in read))


def compile_expression(text: str) -> Expression:
    """Compile a guard; raise GuardError with the column and what to write instead."""
    _require_plain(text)
    tree = _parse(text)
    _require_shallow(tree)
    for node in tree.iter_subtrees():
        _require_known(node)
    names = tuple(sorted(set(_names(tree))))
    program = _environment().program(tree, functions=operators())
    return Expression(text=text, names=names, runner=program)


@lru_cache(maxsize=REMEMBERED)
def _answer(expression: Expression, read: tuple[Read, ...]) -> bool | None:
    """Evaluate once for the same values: half a millisecond, and there are 71 guards.

    The kind stands beside the value, because True, 1 and 1.0 are one key in Python.
    """
    subjects: dict[str, dict[str, Value]] = {}
    for name, _, value in read:
        subject, _, member = name.partition(".")
        subjects.setdefault(subject, {})[member] = value
    context = {subject: _cel_map(of) for subject, of in subjects.items()}
    try:
        answer = expression.runner.evaluate(context)
    except CELEvalError:
        return None
    return bool(answer) if isinstance(answer, BoolType) else None


def did_you_mean(word: str, known: Iterator[str] | tuple[str, ...]) -> str:
    """Return the question after the nearest known word, or nothing."""
    near = get_close_matches(word, list(known), n=1)
    return f"Did you mean '{near[0]}'?" if near else ""


@lru_cache(maxsize=1)
def _environment() -> celpy.Environment:
    """Make the environment once.

    cel-python raises the whole process's recursion limit here, which DEEPEST makes
    needless: it is put back.
    """
    put_parser_in_place()
    limit = sys.getrecursionlimit()
    environment = celpy.Environment()
    sys.setrecursionlimit(limit)
    return environment


def _require_plain(text: str) -> None:
    if not text.strip():
        raise GuardError("the guard is empty.", 1, "Write, say, token.status == 'ok'.")
    if len(text) > LONGEST:
        raise GuardError(f"a guard has at most {LONGEST} characters.", LONGEST + 1)
    for at, letter in enumerate(text, 1):
        # An unclosed text with many backslashes would keep CEL's lexer busy for years.
        if letter == "\\" or not letter.isprintable():
            raise GuardError("a guard is one line without backslashes.", at)


def _parse(text: str) -> Tree[Token]:
    try:
        return _environment().compile(text)
    except CELParseError as wrong:
        column = max(wrong.column or 1, 1)
        found = text[column - 1 :].partition(" ")[0][:20]
        raise GuardError("this is no expression.", column, _syntax(found)) from None


def _syntax(found: str) -> str:
    for wrong in (found, found[:1]):
        if wrong in _INSTEAD and found not in _INSTEAD.values():
            return f"Did you mean '{_INSTEAD[wrong]}'?"
    if found[:1] in {"'", '"'}:
        return "Is the text closed with the same quote?"
    return "Is something missing around here?"


def _require_shallow(tree: Tree[Token]) -> None:
    layer: list[Tree[Token]] = [tree]
    for _ in range(DEEPEST):
        layer = [c for n in layer for c in n.children if isinstance(c, Tree)]
    if layer:
        column = layer[0].meta.column
        raise GuardError("this is nested too deeply.", column, "Use fewer parentheses.")


def _require_known(node: Tree[Token]) -> None:
    kind = str(node.data)
    if kind in _REFUSED:
        raise GuardError(f"{_REFUSED[kind]} has no place in a guard.", _column(node))
    if kind in {"ident_arg", "member_dot_arg"}:
        _require_function(node)
    if kind == "literal":
        _settle_literal(node)


def _column(node: Tree[Token]) -> int:
    return int(getattr(node.meta, "column", 1))


def _require_function(node: Tree[Token]) -> None:
    (name,) = _tokens(node)
    if name not in FUNCTIONS:
        hint = did_you_mean(name, FUNCTIONS) or f"There are {', '.join(FUNCTIONS)}."
        raise GuardError(f"there is no function '{name}'.", _column(node), hint)
    given = [c for c in node.children if isinstance(c, Tree)]
    arguments = sum(len(c.children) if c.data == "exprlist" else 1 for c in given)
    if arguments != (1 if name == "size" else 2):
        hint = "Write size(token.problems) or token.problems.contains('text')."
        raise GuardError(f"'{name}' is not called like this.", _column(node), hint)


def _settle_literal(node: Tree[Token]) -> None:
    """Let decimals, texts, true and false pass, and make every number a float."""
    (token,) = _tokens(node)
    hexadecimal = token.type == "INT_LIT" and "x" in token
    if token.type not in _LITERALS or hexadecimal:
        hint = "Write a number (3, 0.5), a text ('ok'), true or false."
        raise GuardError(f"{token} has no place in a guard.", _column(node), hint)
    if token.type == "INT_LIT":
        node.children = [Token("FLOAT_LIT", str(token))]


def _names(tree: Tree[Token]) -> Iterator[str]:
    """Return the facts that are read; refuse words that are no facts."""
    subjects = set()
    for node in tree.find_data("member_dot"):
        base = _only_ident(node.children[0])
        if base is None:
            hint = "A fact is subject.property, with one dot."
            raise GuardError("this is no fact.", _column(node), hint)
        subjects.add(base.start_pos)
        yield f"{base}.{node.children[1]}"
    for node in tree.find_data("ident"):
        (word,) = _tokens(node)
        if word.start_pos not in subjects:
            hint = f"Write '{word}' for a text, subject.property for a fact."
            raise GuardError(f"{word} is no fact.", _column(node), hint)


def _only_ident(node: Any) -> Token | None:  # noqa: ANN401  lark's children are untyped
    """Return the identifier that a member consists of, if it is nothing else."""
    while isinstance(node, Tree) and node.data in {"member", "primary"}:
        node = node.children[0]
    if isinstance(node, Tree) and node.data == "ident":
        return _tokens(node)[0]
    return None


def _tokens(node: Tree[Token]) -> list[Token]:
    return [child for child in node.children if isinstance(child, Token)]


def _cel_map(members: Mapping[str, Value]) -> MapType:
    return MapType({StringType(name): _cel(value) for name, value in members.items()})


def _cel(value: Value) -> BoolType | DoubleType | StringType:
    if isinstance(value, bool):
        return BoolType(value)
    if isinstance(value, str):
        return StringType(value)
    try:
        return DoubleType(float(value))
    except OverflowError:
        return DoubleType(copysign(inf, value > 0 or -1))
