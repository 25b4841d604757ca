"""What stands before the tag: what captures put there, and when it was.

Known are logcat (brief, time, threadtime, long's one-line form), `flutter: ` of iOS
with or without syslog's part, a browser's `file.js:123 `, and the app's own time.
"""

import re
from collections.abc import Iterable

LONGEST = 256
"""Bytes that may stand before a tag."""

_ISO = re.compile(
    rb"(?<!\d)\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
)
_LOGCAT = re.compile(rb"(?<![\d-])\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,9}")
_SYSLOG = re.compile(rb"^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d")

_APP_TIME = rb"(?:\d{4}-\d\d-\d\dT[\d:.]{8,18} )?"
_LOGCAT_TIME = rb"(?:\d{4}-)?\d\d-\d\d \d\d:\d\d:\d\d\.\d{3,9}"
_CAPTURES = (
    rb"[VDIWEF]/flutter *\( *\d+\): ",
    _LOGCAT_TIME + rb" +(?:\S+ +)?\d+ +\d+ [VDIWEF] flutter *: ",
    _LOGCAT_TIME + rb" [VDIWEF]/flutter *\( *\d+\): ",
    rb"(?:[^\n\[]{0,80}(?:\[\d+\])?[^\n\[]{0,40})?flutter: ",
    rb"[\w.()/-]{1,80}:\d{1,7}(?::\d{1,7})? +",
)
_PREFIX = re.compile(b"(?:" + b"|".join(_CAPTURES) + b")?" + _APP_TIME)
_TAGGED = rb"\[(\[?[A-Za-z]{1,40}(?:\(web\))?\]?)\] ?"
_APP_LINE = re.compile(
    b"^(?:" + b"|".join(_CAPTURES) + b")?" + _APP_TIME + _TAGGED, re.MULTILINE
)


def stamp(prefix: bytes) -> str | None:
    """Return the time that stands in a prefix, as it is written there.

    The app's own comes before the capture's, which may be late. A time that names
    no year or zone is given without.
    """
    if not prefix:
        return None
    written = _ISO.findall(prefix[-LONGEST:])
    found = written[-1] if written else None
    for other in (_LOGCAT, _SYSLOG):
        match = None if found else other.search(prefix)
        found = match[0] if match else found
    return found.decode() if found else None


def is_prefix(before: bytes) -> bool:
    """Say whether this is what a capture puts before a line, or nothing."""
    return _PREFIX.fullmatch(before) is not None


def app_lines(head: bytes, tags: Iterable[str]) -> int:
    """Count the lines that begin as the app's do, with one of its tags."""
    known = {tag.encode() for tag in tags}
    return sum(found in known for found in _APP_LINE.findall(head))
