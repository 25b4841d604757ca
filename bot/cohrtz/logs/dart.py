"""Finds in Dart source what it logs: calls of `Log.d/i/w/e` and of `debugPrint`.

No more of the language is understood than that takes: comments, strings of every form
with their interpolations, and brackets.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

HOLE = "\0"
"""Stands in a text for whatever is interpolated there."""

DEEPEST = 50
"""Strings in interpolations of strings, beyond which nobody wrote the source."""

_BLANK = re.compile(r"\s+|//[^\n]*")
_WORD = re.compile(r"[A-Za-z_$][\w$]*|\d[\w.]*")
_STRING = re.compile(r"(r?)('''|\"\"\"|'|\")")
_PLAIN = re.compile(r"[^\\$'\"\n]+")
_NAMED_HOLE = re.compile(r"\$[A-Za-z_]\w*")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}
_CODE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u\{([0-9A-Fa-f]{1,6})\}|u([0-9A-Fa-f]{4}))")
_OPENING, _CLOSING = "([{", ")]}"
_TAGGED = re.compile(r"\[(\[?[A-Za-z]+(?:\(web\))?\]?)\] (.*)", re.DOTALL)

LEVELS = {"d": "D", "i": "I", "w": "W", "e": "E"}
PRINT = "print"
FOLLOWS = {2: "-", 3: "error", 4: "error+stack"}
"""What the logger prints after the line, by the number of arguments."""


@dataclass(frozen=True)
class Logged:
    """One call that logs."""

    line: int
    level: str
    follows: str
    tag: str
    text: str
    """With a hole for each interpolation."""


@dataclass(frozen=True)
class Source:
    """What one file logs."""

    logged: tuple[Logged, ...]
    unreadable: tuple[int, ...]
    """Lines of calls whose text is not a literal, so that it cannot be told."""


@dataclass(frozen=True)
class _Token:
    kind: str
    """word, string, or the mark itself."""
    text: str
    line: int


def read_dart(source: str) -> Source:
    """Return what a file logs. Never raises; a broken file is read as far as it can."""
    tokens = list(_tokens(source))
    named = _constants(tokens)
    logged: list[Logged] = []
    unreadable: list[int] = []
    for at, level in _calls(tokens):
        arguments = _arguments(tokens, at)
        one = _logged(level, arguments, named, tokens[at].line)
        if one:
            logged.append(one)
        elif _says_nothing(level, arguments):
            unreadable.append(tokens[at].line)
    return Source(tuple(logged), tuple(unreadable))


def _calls(tokens: Sequence[_Token]) -> Iterator[tuple[int, str]]:
    """Yield where the bracket of each call is, and its level."""
    texts = [one.text if one.kind != "string" else "" for one in tokens]
    for at in range(len(tokens) - 1):
        before = texts[at - 1] if at else ""
        if texts[at : at + 2] == ["debugPrint", "("] and before not in {"void", "."}:
            yield at + 1, PRINT
        if texts[at : at + 2] == ["Log", "."] and texts[at + 3 : at + 4] == ["("]:
            level = LEVELS.get(texts[at + 2])
            if level:
                yield at + 3, level


def _arguments(tokens: Sequence[_Token], at: int) -> list[list[_Token]]:
    """Return the tokens of each argument of the call whose bracket is there."""
    arguments: list[list[_Token]] = [[]]
    depth = 0
    for token in tokens[at:]:
        depth += (token.kind in _OPENING) - (token.kind in _CLOSING)
        if depth == 0:
            break
        if depth == 1 and token.kind == ",":
            arguments.append([])
        elif depth > 1 or token.kind != "(":
            arguments[-1].append(token)
    return [one for one in arguments if one]


def _logged(
    level: str,
    arguments: Sequence[Sequence[_Token]],
    named: Mapping[str, str],
    line: int,
) -> Logged | None:
    texts = [_text(one, named) for one in arguments[:2]]
    if level == PRINT:
        found = _TAGGED.fullmatch(texts[0]) if texts and texts[0] else None
        return Logged(line, PRINT, "-", found[1], found[2]) if found else None
    if len(texts) < 2 or texts[0] is None or texts[1] is None:  # noqa: PLR2004  tag and text
        return None
    follows = FOLLOWS.get(len(arguments), "-")
    return Logged(line, level, follows, texts[0], texts[1])


def _text(argument: Sequence[_Token], named: Mapping[str, str]) -> str | None:
    """Return the text of an argument that is literal or names a constant."""
    if all(one.kind == "string" for one in argument):
        return "".join(one.text for one in argument)
    if len(argument) == 1:
        return named.get(argument[0].text)
    return None


def _says_nothing(level: str, arguments: Sequence[Sequence[_Token]]) -> bool:
    """Say whether a call's text is unknown; a print of an untagged literal is not."""
    if level != PRINT:
        return True
    told = [one for one in arguments[:1] if any(part.kind == "string" for part in one)]
    return any(any(part.kind != "string" for part in one) for one in told)


def _constants(tokens: Sequence[_Token]) -> dict[str, str]:
    """Return the names that the file gives to strings."""
    named = {}
    for name, sign, value, end in zip(
        tokens, tokens[1:], tokens[2:], tokens[3:], strict=False
    ):
        kinds = (name.kind, sign.kind, value.kind, end.kind)
        if kinds == ("word", "=", "string", ";"):
            named[name.text] = value.text
    return named


def _tokens(source: str) -> Iterator[_Token]:
    at, line = 0, 1
    while at < len(source):
        start = at
        at, token = _next(source, at, line)
        if token:
            yield token
        line += source.count("\n", start, at)


def _next(source: str, at: int, line: int) -> tuple[int, _Token | None]:
    if blank := _BLANK.match(source, at):
        return blank.end(), None
    if source.startswith("/*", at):
        return _after_comment(source, at), None
    if quote := _STRING.match(source, at):
        end, text = _string(source, quote)
        return end, _Token("string", text, line)
    if word := _WORD.match(source, at):
        return word.end(), _Token("word", word[0], line)
    return at + 1, _Token(source[at], source[at], line)


def _after_comment(source: str, at: int) -> int:
    """Return where a comment ends; Dart's may stand in one another."""
    depth = 0
    for mark in re.finditer(r"/\*|\*/", source[at:]):
        depth += 1 if mark[0] == "/*" else -1
        if depth == 0:
            return at + mark.end()
    return len(source)


def _string(source: str, quote: re.Match[str], depth: int = 0) -> tuple[int, str]:
    """Return where the string ends, and its text with holes."""
    raw, mark = bool(quote[1]), quote[2]
    at, parts = quote.end(), []
    while at < len(source) and not source.startswith(mark, at):
        if source[at] == "\n" and len(mark) == 1:
            break
        at, text = (at + 1, source[at]) if raw else _piece(source, at, depth)
        parts.append(text)
    return at + len(mark), "".join(parts)


def _piece(source: str, at: int, depth: int) -> tuple[int, str]:
    """Read on in a string that is not raw."""
    if plain := _PLAIN.match(source, at):
        return plain.end(), plain[0]
    if source.startswith("${", at):
        return _after_hole(source, at + 2, depth + 1), HOLE
    if hole := _NAMED_HOLE.match(source, at):
        return hole.end(), HOLE
    if code := _CODE.match(source, at):
        value = int(code[1] or code[2] or code[3], 16)
        return code.end(), chr(min(value, 0x10FFFF))
    if source[at] == "\\" and at + 1 < len(source):
        escaped = source[at + 1]
        return at + 2, _ESCAPES.get(escaped, escaped)
    return at + 1, source[at]


def _after_hole(source: str, at: int, nested: int) -> int:
    """Return where an interpolated expression ends, strings in it and all."""
    if nested > DEEPEST:
        return len(source)
    depth = 1
    while at < len(source):
        if quote := _STRING.match(source, at):
            at, _ = _string(source, quote, nested)
            continue
        depth += (source[at] == "{") - (source[at] == "}")
        at += 1
        if depth == 0:
            break
    return at
