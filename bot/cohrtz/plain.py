"""Text from outside, made fit to be shown: one line, bounded, and without tokens."""

import re

from bot.cohrtz.secret_forms import redact

NAME_LIMIT = 80
"""Characters of a room's or a participant's name that a sentence can bear."""
TEXT_LIMIT = 200
"""Characters of a server's words that are worth reading."""
REMOVED = "[token removed]"

_TOKEN = re.compile(r"[\w-]{8,}\.[\w-]{8,}\.[\w-]*|eyJ[\w.-]+")
_BLANKS = re.compile(r"\s+")


def without_tokens(text: str) -> str:
    """Replace whatever looks like a secret, such as a JWT or a token of Slack."""
    return redact(_TOKEN.sub(REMOVED, text), REMOVED)


def plain(text: str, limit: int = TEXT_LIMIT) -> str:
    """Return it as one line of at most `limit` characters that holds no token.

    Tokens go before the text is cut, so that no part of one is left at the end.
    """
    shown = (sign if sign.isprintable() else " " for sign in without_tokens(text))
    line = _BLANKS.sub(" ", "".join(shown)).strip()
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def name(text: str) -> str:
    """Return a room's or a participant's name as a sentence may hold it."""
    return plain(text, NAME_LIMIT)
