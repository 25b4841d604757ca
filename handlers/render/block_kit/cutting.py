"""Text cut to a length so that nothing is left half: no letter, escape, link or fence.

A grapheme is approximated from `unicodedata`: a mark, a variation selector, a skin
tone, a tag or a joined emoji stays with what it follows, flags stay in pairs, and a
Hangul syllable stays whole.
"""

import re
import unicodedata
from typing import Final

ELLIPSIS: Final = "…"
FENCE: Final = "```"
_CLOSING: Final = "\n" + FENCE
_JOINER: Final = "\u200d"
_REGIONAL: Final = re.compile("[\U0001f1e6-\U0001f1ff]+$")
_EXTENDING: Final = re.compile(
    "[\u1160-\u11ff\u200c\u200d\ufe00-\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
)
_ESCAPE: Final = re.compile("&(?:amp|lt|gt);")
_LONGEST_ESCAPE: Final = len("&amp;")


def cut_plain(text: str, limit: int) -> str:
    """Text of at most `limit` characters (1 or more), with "…" where it was cut."""
    whole = sound(text)
    if len(whole) <= limit:
        return whole
    return whole[: _between_graphemes(whole, limit - 1)].rstrip() + ELLIPSIS


def cut_mrkdwn(text: str, limit: int) -> str:
    """As `cut_plain` for escaped mrkdwn: keeps `&amp;` and `<…|…>` whole.

    A code fence that the cut left open is closed within the limit.
    """
    whole = sound(text)
    if len(whole) <= limit:
        return whole
    head = _mrkdwn_head(whole, limit - 1)
    if not _open_fence(head):
        return head + ELLIPSIS
    room = limit - 1 - len(_CLOSING)
    head = _mrkdwn_head(whole, room) if room > 0 else ""
    return head + ELLIPSIS + (_CLOSING if _open_fence(head) else "")


def sound(text: str) -> str:
    """Text that can be sent as UTF-8: an unpaired surrogate becomes "?"."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def _mrkdwn_head(text: str, end: int) -> str:
    while end > 0:
        earlier = _outside_backticks(
            text, _outside_link(text, _outside_escape(text, end))
        )
        earlier = _between_graphemes(text, earlier)
        if earlier == end:
            break
        end = earlier
    return text[:end].rstrip()


def _open_fence(text: str) -> bool:
    return text.count(FENCE) % 2 == 1


def _outside_escape(text: str, end: int) -> int:
    start = text.rfind("&", max(0, end - _LONGEST_ESCAPE), end)
    found = _ESCAPE.match(text, start) if start >= 0 else None
    return start if found and found.end() > end else end


def _outside_link(text: str, end: int) -> int:
    start = text.rfind("<", 0, end)
    if start < 0 or text.find(">", start) < end:
        return end
    return start


def _outside_backticks(text: str, end: int) -> int:
    while 0 < end < len(text) and text[end - 1] == text[end] == "`":
        end -= 1
    return end


def _between_graphemes(text: str, end: int) -> int:
    while 0 < end < len(text) and _joined(text, end):
        end -= 1
    return end


def _joined(text: str, at: int) -> bool:
    after, before = text[at], text[at - 1]
    if after.isascii() and before != _JOINER:
        return before == "\r" and after == "\n"
    if before == _JOINER or _EXTENDING.match(after):
        return True
    if unicodedata.category(after).startswith("M"):
        return True
    return _splits_a_flag(text, at)


def _splits_a_flag(text: str, at: int) -> bool:
    if not _REGIONAL.match(text[at]):
        return False
    flags = _REGIONAL.search(text[:at])
    return flags is not None and len(flags.group()) % 2 == 1
