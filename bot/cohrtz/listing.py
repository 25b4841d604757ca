"""Reading a listing of files: the app's files in it, with size and time.

Any of `ls -l`, `dir`, `Get-ChildItem`, `find -printf`, `unzip -l`, `tar tv` will do,
for a line is not read by its columns: first the name of one of the app's files is
looked for, then a time, then the number nearest to the time, which is the size. Other
lines, and whatever else a listing holds, are passed over.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.cohrtz.backup_parts import Part, part_of_name

MAX_LINES = 50_000
LINE_LIMIT = 1_000
"""Characters of a line that are read."""
DAY, MINUTE, SECOND = timedelta(days=1), timedelta(minutes=1), timedelta(seconds=1)
SOME_YEAR = 2000
"""Stands for the year that `ls` leaves out when nobody says what year it is: a leap
year, so that every day exists."""


@dataclass(frozen=True)
class Entry:
    """One of the app's files, as far as it is known."""

    name: str
    part: Part
    size: int | None = None
    """Bytes."""
    written_at: datetime | None = None
    """The earliest time that the listing's time may mean."""
    exact_to: timedelta = SECOND
    trouble: str | None = None
    """What is wrong with its content, if that was looked at."""


@dataclass(frozen=True)
class Listing:
    """The app's files of a backup."""

    entries: tuple[Entry, ...]
    looked_into: bool = False
    """The files themselves were there and were looked at."""
    cut_off: bool = False
    """There was more than is read."""


_NAME = re.compile(
    r"(?:^|[\s/\\\"'|,;`*])"
    r"(cohrtz_\w+\.db(?:-journal|-wal|-shm)?|packet_store_\w+\.db|"
    r"FlutterSharedPreferences\.xml|shared_preferences\.json|"
    r"[\w.-]{0,80}cohrtz[\w.-]{0,80}\.plist|local[_-]?storage[\w.-]{0,80}\.json)"
    r"(?=$|[\s\"'|,;`*])",
    re.IGNORECASE | re.ASCII,
)
_CLOCK = r"(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?"
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905  plain to see
_MONTH = rf"({'|'.join(_MONTHS)})[a-z]*\.?"
_WEEKDAY = re.compile(r"(?<!\S)(?:mon|tue|wed|thu|fri|sat|sun),?(?!\S)", re.IGNORECASE)
_SIZE = re.compile(r"(\d[\d.,']*)([KMGT]?)i?B?", re.IGNORECASE | re.ASCII)
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_OFFSET = re.compile(r"\s?([+-])(\d\d):?(\d\d)\b", re.ASCII)
_FLAGS = re.ASCII | re.IGNORECASE


def read_listing(text: str, now: datetime | None = None) -> Listing:
    """Return the app's files that a listing names; never raises.

    `now` tells which year `ls` leaves out; without it such times still compare with
    each other, but for those on two sides of New Year.
    """
    lines = text.splitlines()
    found = (_entry(line[:LINE_LIMIT], now) for line in lines[:MAX_LINES])
    entries = tuple(entry for entry in found if entry is not None)
    return Listing(entries, cut_off=len(lines) > MAX_LINES)


def _entry(line: str, now: datetime | None) -> Entry | None:
    named = list(_NAME.finditer(line))
    if not named:
        return None
    last = named[-1]
    part = part_of_name(last[1])
    rest = _WEEKDAY.sub(" ", f"{line[: last.start(1)]} {line[last.end(1) :]}")
    when = _time_in(rest, now)
    return None if part is None else _made(last[1], part, rest, when)


@dataclass(frozen=True)
class _When:
    at: datetime
    exact_to: timedelta
    start: int
    end: int


def _made(name: str, part: Part, rest: str, when: _When | None) -> Entry:
    if when is None:
        return Entry(name, part, _first_size(rest))
    before, after = rest[: when.start], rest[when.end :]
    size = _last_size(before)
    size = _first_size(after) if size is None else size
    return Entry(name, part, size, when.at, when.exact_to)


def _sizes(text: str) -> Iterator[int]:
    for token in text.split():
        found = _SIZE.fullmatch(token)
        if found is not None:
            yield _bytes(found[1], found[2].upper())


def _bytes(number: str, unit: str) -> int:
    if unit:
        parts = re.split("[.,]", number, maxsplit=1)
        tenth = parts[1][:1] if len(parts) > 1 else ""
        whole = int(re.sub(r"\D", "", parts[0])) * 10 + int(tenth or 0)
        return whole * _UNITS[unit] // 10
    return int(re.sub(r"\D", "", number))


def _first_size(text: str) -> int | None:
    return next(_sizes(text), None)


def _last_size(text: str) -> int | None:
    """Return the number right before a time, as `ls`, `unzip` and `tar` put it."""
    tokens = text.split()
    return _first_size(tokens[-1]) if tokens else None


def _time_in(text: str, now: datetime | None) -> _When | None:
    for form, read in _FORMS:
        found = form.search(text)
        if found is None:
            continue
        try:
            at, exact_to = read(found, now)
        except (ValueError, OverflowError):
            continue
        return _When(at, exact_to, found.start(), found.end())
    return None


Read = tuple[datetime, timedelta]


def _clock(found: re.Match[str], first: int) -> tuple[timedelta, timedelta]:
    hours, minutes, seconds = found[first], found[first + 1], found[first + 2]
    if hours is None:
        return timedelta(0), DAY
    if int(hours) > 23 or int(minutes) > 59:  # noqa: PLR2004  a clock's
        raise ValueError(hours)
    since = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds or 0))
    return since, MINUTE if seconds is None else SECOND


def _iso(found: re.Match[str], _: datetime | None) -> Read:
    since, exact_to = _clock(found, 4)
    at = datetime(int(found[1]), int(found[2]), int(found[3]), tzinfo=UTC) + since
    offset = _OFFSET.match(found.string, found.end())
    if offset is not None and exact_to == SECOND:
        east = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        at -= east if offset[1] == "+" else -east
    return at, exact_to


def _numeric(found: re.Match[str], _: datetime | None) -> Read:
    """Read `27/02/2026 10:00` or `02/27/2026 10:00 AM`."""
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    half = (found[7] or "").upper()
    is_american = bool(half) or second > len(_MONTHS)
    month, day = (first, second) if is_american else (second, first)
    since, exact_to = _clock(found, 4)
    if half:
        since = since % timedelta(hours=12) + timedelta(hours=12 * (half == "P"))
    full = year + 2000 if year < 100 else year  # noqa: PLR2004  two digits
    return datetime(full, month, day, tzinfo=UTC) + since, exact_to


def _short(found: re.Match[str], now: datetime | None) -> Read:
    """Read `Feb 27 10:00`, of the last year, or `Feb 27  2026`."""
    month, day = _MONTHS.index(found[1][:3].lower()) + 1, int(found[2])
    if found[6] is not None:
        return datetime(int(found[6]), month, day, tzinfo=UTC), DAY
    since, exact_to = _clock(found, 3)
    year = SOME_YEAR if now is None else now.year
    at = datetime(year, month, day, tzinfo=UTC) + since
    if now is not None and at > now + DAY:
        at = at.replace(year=year - 1)
    return at, exact_to


def _long(found: re.Match[str], _: datetime | None) -> Read:
    """Read `Feb 27 10:00:00.123 2026`, as `find` writes `%t`."""
    month, day = _MONTHS.index(found[1][:3].lower()) + 1, int(found[2])
    since, exact_to = _clock(found, 3)
    return datetime(int(found[6]), month, day, tzinfo=UTC) + since, exact_to


def _epoch(found: re.Match[str], _: datetime | None) -> Read:
    return _ZERO + timedelta(seconds=int(found[1])), SECOND


_FORMS: tuple[
    tuple[re.Pattern[str], Callable[[re.Match[str], datetime | None], Read]], ...
]
_FORMS = (
    (re.compile(rf"\b(\d{{4}})-(\d\d)-(\d\d)(?:[ T+]\s?{_CLOCK})?", _FLAGS), _iso),
    (
        re.compile(
            rf"\b(\d\d?)[/.-](\d\d?)[/.-](\d{{4}}|\d\d)(?:[,\s]\s*{_CLOCK}\s?(?:([AP])M)?)?",
            _FLAGS,
        ),
        _numeric,
    ),
    (re.compile(rf"\b{_MONTH}\s+(\d\d?)\s+{_CLOCK}\s+(\d{{4}})\b", _FLAGS), _long),
    (
        re.compile(rf"\b{_MONTH}\s+(\d\d?)\s+(?:{_CLOCK}|(\d{{4}}))(?!\S)", _FLAGS),
        _short,
    ),
    (re.compile(r"(?<!\S)(1\d{9})\.\d+(?!\S)", _FLAGS), _epoch),
)
