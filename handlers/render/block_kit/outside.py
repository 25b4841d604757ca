"""The one choke point for text that somebody else wrote.

Slack reads `<!channel>`, `<@U1>` and `<url|label>` in mrkdwn; a log line, a room name
or a display name must not speak that language, hide text, or turn it round.
"""

import re
from typing import Final

from handlers.render.block_kit import numbers
from handlers.render.block_kit.cutting import FENCE, cut_mrkdwn, cut_plain

_LINES: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_MARKUP: Final = re.compile("[&<>]")
_SPACES: Final = re.compile(r"\s+")
_FENCES: Final = re.compile("`{3,}")
# Looks like a backtick, closes nothing: U+02CB, modifier letter grave accent.
_HARMLESS_BACKTICK: Final = "\u02cb"
_FRAME: Final = len(FENCE) * 2 + 2
# What nobody sees, as ranges (first, last): controls but tab and newline; soft hyphen;
# joiners, marks and overrides of direction; zero-width and invisible operators; blank
# letters and fillers; unpaired surrogates; annotations; variation selectors beyond the
# first sixteen and tags, both of which can carry hidden text.
_UNSEEN_RANGES: Final = (
    (0x00, 0x08),
    (0x0B, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x34F, 0x34F),
    (0x61C, 0x61C),
    (0x115F, 0x1160),
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0x3164, 0x3164),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB),
    (0x1BCA0, 0x1BCA3),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)
_UNSEEN: Final = re.compile(
    "[" + "".join(f"{chr(a)}-{chr(b)}" for a, b in _UNSEEN_RANGES) + "]"
)


def escape(text: str) -> str:
    """Escape the three characters that are markup to Slack: & < > and no other."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def clean(text: str, limit: int = numbers.TEXT) -> str:
    """Outside text without what cannot be seen, at most `limit` characters.

    Control, bidi and zero-width characters go; line ends become newlines. The result
    is raw: right for plain_text, wrong for mrkdwn (use `safe`).
    """
    return text if _stays(text, limit) else cut_plain(_seen(text), limit)


def safe(text: str, limit: int = numbers.TEXT) -> str:
    """Outside text for mrkdwn: cleaned, escaped, at most `limit` characters as sent."""
    if _stays(text, limit) and not _MARKUP.search(text):
        return text
    return cut_mrkdwn(escape(_seen(text)), limit)


def one_line(text: str, limit: int) -> str:
    """Outside text on one line, cleaned and raw; runs of white space become a space."""
    if _stays(text, limit) and "  " not in text:
        return text.strip()
    return cut_plain(_SPACES.sub(" ", _seen(text)).strip(), limit)


def code(text: str, limit: int = numbers.TEXT) -> str:
    """Raw outside text as a fence that its content cannot close.

    At most `limit` characters with its fence (16 or more). A run of three or more
    backticks inside is shown as look-alikes; shorter runs stay as they are.
    """
    content = _FENCES.sub(lambda run: _HARMLESS_BACKTICK * len(run[0]), _seen(text))
    inside = cut_mrkdwn(escape(content), limit - _FRAME).strip("\n")
    return f"{FENCE}\n{inside or ' '}\n{FENCE}"


def _seen(text: str) -> str:
    return text if _is_plain(text) else _UNSEEN.sub("", _LINES.sub("\n", text))


def _stays(text: str, limit: int) -> bool:
    """Say whether there is nothing to take away, as of most text."""
    return len(text) <= limit and _is_plain(text)


def _is_plain(text: str) -> bool:
    """Say whether it is letters, digits, signs and spaces of ASCII, as most text is."""
    return text.isascii() and text.isprintable()
