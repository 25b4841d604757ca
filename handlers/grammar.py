"""What `/triage` is told: one line of text, read into what is asked. Pure."""

import difflib
import html
import re
import shlex
from dataclasses import dataclass
from typing import Literal

from bot.errors import UsageError
from handlers.render.help import did_you_mean
from handlers.render.words import literal

Verb = Literal[
    "form",
    "open",
    "status",
    "list",
    "summary",
    "resolve",
    "reopen",
    "runbook",
    "release",
    "rollback",
    "backup",
    "erase",
    "export",
    "help",
]
VERBS: tuple[Verb, ...] = (
    "status",
    "list",
    "summary",
    "resolve",
    "reopen",
    "runbook",
    "release",
    "rollback",
    "backup",
    "erase",
    "export",
    "help",
)
ALONE = frozenset({"status", "list", "summary", "export", "help"})
"""Verbs that take nothing after them."""

LIKENESS = 0.75
LONGEST_SLIP = 13
"""Letters: a longer word is not as like as that to any verb of eight."""

MAX_LINE = 4_000

_EVENT = re.compile(r"[1-9][0-9]{0,8}")
_DRY = re.compile("(?:--|[\u2013\u2014])dry-run", re.IGNORECASE)
"""Phones and Macs make one dash of two."""
_DIGIT = re.compile(r"\d")
_LINK = re.compile(r"<((?:[@#!]|https?:|mailto:)[^<>|]*)(?:\|([^<>]*))?>")


@dataclass(frozen=True)
class Ask:
    """What was asked for; `room` and its like are set for `open` alone."""

    verb: Verb
    room: str = ""
    participant: str | None = None
    words: str | None = None
    items: tuple[str, ...] = ()
    """The words one by one, quoted ones together; for `rollback`."""
    anyway: bool = False
    dry_run: bool = False
    """For `runbook`: only show what it would do."""
    event: int = 0
    """For `erase`: the event whose words are to go."""


def parse(text: str) -> Ask:
    """Read the line; raise UsageError, which says what to type instead."""
    if len(text) > MAX_LINE:
        raise UsageError("That is too long; use the form: `/triage` alone.")
    typed = _typed(text)
    words = _words(typed)
    if not words:
        return Ask("form")
    first = words[0].lower()
    if first == "backup":
        return Ask("backup", words=typed[len(words[0]) :].strip() or None)
    if first in VERBS and (first not in ALONE or len(words) == 1):
        return _verb(first, words[1:])
    if first in ALONE:
        raise _slip(words, first)
    _must_not_be_a_slip(words)
    return _opening(words)


def _verb(verb: str, rest: list[str]) -> Ask:
    if verb == "runbook" and not rest:
        raise UsageError("Say which runbook: `/triage runbook NAME`.")
    if verb == "runbook" and any(map(_DRY.fullmatch, rest)):
        return _dry_run(rest)
    if verb == "release" and not rest:
        raise UsageError("Say which version: `/triage release VERSION`.")
    if verb == "erase":
        return _erasing(rest)
    anyway = verb == "resolve" and bool(rest) and rest[-1].lower() == "anyway"
    words = " ".join(rest[:-1] if anyway else rest) or None
    known = next(one for one in VERBS if one == verb)
    items = tuple(rest) if verb == "rollback" else ()
    return Ask(known, words=words, items=items, anyway=anyway)


def _dry_run(rest: list[str]) -> Ask:
    name = [word for word in rest if not _DRY.fullmatch(word)]
    if not name:
        raise UsageError("Say which runbook: `/triage runbook NAME --dry-run`.")
    return Ask("runbook", words=" ".join(name), dry_run=True)


def _erasing(rest: list[str]) -> Ask:
    number = rest[0].strip("[],") if rest else ""
    if not (_EVENT.fullmatch(number) and rest[1:]):
        raise UsageError(
            "Say which event, by its number in the summary, and why: "
            "`/triage erase 12 It names a person`."
        )
    return Ask("erase", event=int(number), words=" ".join(rest[1:]))


def _must_not_be_a_slip(words: list[str]) -> None:
    """Refuse a first word that looks like a mistyped verb; `room:WORD` opens it."""
    first = words[0].lower()
    if len(first) > LONGEST_SLIP or first.startswith("room:") or _DIGIT.search(first):
        return
    meant = VERBS if len(words) == 1 else [one for one in VERBS if one not in ALONE]
    close = difflib.get_close_matches(first, meant, n=1, cutoff=LIKENESS)
    if close:
        raise _slip(words, close[0])


def _slip(words: list[str], verb: str) -> UsageError:
    word = words[0]
    room = f'/triage "room:{word}"' if " " in word else f"/triage room:{word}"
    return UsageError(
        f"{did_you_mean(' '.join(words), f'/triage {verb}')} "
        f"To open an incident about a room of that name: {literal(room)}."
    )


def _opening(words: list[str]) -> Ask:
    room = _without(words[0], "room:")
    if not room:
        raise UsageError("Say which room: `/triage ROOM [PARTICIPANT] [words]`.")
    participant = _without(words[1], "participant:") if len(words) > 1 else None
    told = " ".join(words[2:]) or None
    return Ask("open", room=room, participant=participant or None, words=told)


def _without(word: str, prefix: str) -> str:
    return word[len(prefix) :] if word.lower().startswith(prefix) else word


def _typed(text: str) -> str:
    """Turn Slack's escapes back into what was typed."""
    return html.unescape(_LINK.sub(_unlinked, text)).replace("\0", " ").strip()


def _unlinked(link: re.Match[str]) -> str:
    target, label = link.group(1), link.group(2)
    if target.startswith("!"):
        return label or f"@{target[1:]}"
    if target.startswith(("@", "#")):
        return f"{target[0]}{label}" if label else target
    return label or target


_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‟": '"'})


def _words(text: str) -> list[str]:
    """Split at spaces, but not inside double quotes, which phones make curly."""
    plain = text if text.isascii() else text.translate(_QUOTES)
    if '"' not in plain:
        return plain.split()
    lexer = shlex.shlex(plain, posix=True)
    lexer.whitespace_split = True
    lexer.commenters = ""
    lexer.quotes = '"'
    lexer.escape = ""
    try:
        return [word for word in lexer if word]
    except ValueError:
        raise UsageError(
            'A quote is not closed; quote a name as `"blue whale"`.'
        ) from None
