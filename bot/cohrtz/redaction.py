"""The one choke point for text that leaves a file: what users wrote does not pass.

The app's logs and databases hold what people wrote, invite codes, data-room ids
(whoever has one can ask for a token of that room), display names, paths and keys. Facts
pass only if they have one of a few plain shapes; headlines and file names lose whatever
looks like one of those. Readers must not put such things in; this is what catches a
mistake.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from bot.core.evidence import Value
from bot.core.report import visible

MAX_HEADLINE: Final = 300
MAX_NAME: Final = 80
"""Characters of a headline and of a file's name that are kept."""

_HEX: Final = "[0-9a-fA-F]"
_UUID: Final = (
    rf"{_HEX}{{8}}(?P<gap>[-_]){_HEX}{{4}}(?P=gap){_HEX}{{4}}(?P=gap)"
    rf"{_HEX}{{4}}(?P=gap){_HEX}{{12}}"
)
_ID: Final = re.compile(rf"(?P<user>user[:_])?(?P<uuid>{_UUID})", re.IGNORECASE)
_RUN: Final = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
_RULES: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"[{\[].*[}\]]|\{.*", re.DOTALL), "«content»"),
    (re.compile(r"(?i)\brecord\b\s*[:=].*", re.DOTALL), "«content»"),
    (re.compile(r"eyJ[\w-]{4,}(?:\.[\w-]*){0,2}"), "«token»"),
    (re.compile(r"\b(?:xox[a-z]|xapp)-[\w-]+"), "«token»"),
    (re.compile(r"(?i)\bbearer\s+\S+"), "«token»"),
    (re.compile(r"(?i)\bhttps?://\S+|\bfile:\S+|\bwss?://\S+"), "«address»"),
    (re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]+"), "«address»"),
    (re.compile(r"(?:\b[A-Za-z]:|~)?(?:[\\/][^\s\\/:'\"`]+){2,}[\\/]?"), "«path»"),
    (re.compile(r"(?i)\b(invite code|code|passphrase|password)(\s*[:=]?\s+)"
                r"(?=\S*\d)(?!\d{1,3}\b)\S+"), r"\1\2«code»"),
    (re.compile(r"\"[^\"]{13,}\"|“[^”]{13,}”"), "«content»"),
    # An apostrophe within a word quotes nothing.
    (re.compile(r"(?<![A-Za-z])'(?:[^']|(?<=[A-Za-z])'(?=[A-Za-z])){41,}'"),
     "«content»"),
)  # fmt: skip
WORDS: Final = frozenset(
    {
        *("ok", "bad", "unknown", "none", "mixed", "other"),
        # Databases: header, integrity, platform, schema.
        *("sqlite", "absent", "empty", "malformed", "not-a-database", "unreadable"),
        *("native", "web", "current", "older", "newer"),
        # Keys and preferences.
        *("healthy", "legacy", "missing-after-initialised", "never-initialised"),
        *("xml", "plist", "binary-plist", "json"),
        # Logs, packets and connections.
        *("release", "debug", "valid", "invalid", "unsigned", "no-key"),
        *("steady", "flapping", "half-open", "reconnect-loop", "aborting", "stuck"),
        *("duplicate-identity", "left", "joining", "joined", "active"),
        *("connected", "connecting", "disconnected", "reconnecting"),
    }
)
"""Every word that a fact of a file may have: any other might be somebody's own."""

PACKET_TYPES: Final = frozenset(
    {
        *("SYNC_REQ", "SYNC_CLAIM", "SYNC_PING", "SYNC_PONG", "DATA_CHUNK"),
        *("HANDSHAKE", "CONSISTENCY_CHECK", "INVITE_REQ", "INVITE_ACK", "INVITE_NACK"),
        *("UNICAST_REQ", "UNICAST_ACK", "GSK_REQ", "GSK_SHARE", "KEY_REQ", "KEY_SHARE"),
        *("Treekem_UPDATE", "Treekem_WELCOME"),
    }
)
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.]{0,12}(?:Z|[+-]\d\d:\d\d)?"
)
_PEOPLE: Final = re.compile(
    r"user:[0-9a-f-]{36}(?:,user:[0-9a-f-]{36}){0,99}(?:,?…)?", re.IGNORECASE
)
_DIGEST: Final = re.compile(r"[0-9a-f]{1,64}")
_DIGESTS: Final = ("hash", "sha256")


def redact(text: str, room: str | None = None) -> str:
    """Return text without what users wrote, keys, tokens, ids and paths.

    `room` is the room that was asked about: its id may stay, and so may identities
    (`user:<uuid>`), which are no secrets.
    """
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    text = _ID.sub(_known_ids(room), text)
    return _RUN.sub(_unless_plain(room), text)


def headline(text: str, room: str | None = None) -> str:
    """Return one redacted, visible line that is short enough to be read."""
    line = " ".join(redact(str(visible(text)), room).split())
    return line if len(line) <= MAX_HEADLINE else f"{line[: MAX_HEADLINE - 1]}…"


def file_name(raw: str) -> str:
    """Return a file's own name, redacted: no folders, no ids, one visible line."""
    last = re.split(r"[\\/]", raw)[-1]
    shown = "".join(c for c in last if unicodedata.category(c) not in _UNSEEN)
    # Before it is shortened: half an id could not be told from a word.
    clean = _RUN.sub(_unless_plain(None), _ID.sub("«id»", shown)).strip()
    if not clean:
        return "a file without a name"
    return clean if len(clean) <= MAX_NAME else f"{clean[: MAX_NAME - 1]}…"


def may_leave(name: str, value: Value, room: str | None = None) -> bool:
    """Say whether a fact's value has one of the shapes that hold nobody's words.

    Numbers; yes and no; times; words of the bot's own (`WORDS`), packet types,
    identities (several with a comma between), the asked room, and digests in facts
    that are called so.
    """
    if not isinstance(value, str):
        return True
    if value == room or value in WORDS or value in PACKET_TYPES:
        return True
    is_digest = name.rpartition(".")[2].endswith(_DIGESTS)
    if is_digest and _DIGEST.fullmatch(value):
        return True
    return bool(_PEOPLE.fullmatch(value) or _TIME.fullmatch(value))


_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _known_ids(room: str | None) -> Callable[[re.Match[str]], str]:
    def replace(found: re.Match[str]) -> str:
        keep = found["user"] == "user:" or found["uuid"] == room
        return found[0] if keep else "«id»"

    return replace


def _unless_plain(room: str | None) -> Callable[[re.Match[str]], str]:
    """Replace long runs of letters and digits, as keys are when they are text."""

    def replace(found: re.Match[str]) -> str:
        run = found[0]
        if _is_plain(run) or (room is not None and room in run):
            return run
        return "«secret»"

    return replace


def _is_plain(run: str) -> bool:
    """Say whether it is words: one case, no digits, or an id that may stay."""
    if _ID.search(run):
        return True
    letters = [c for c in run if c.isalpha()]
    digits = sum(c.isdigit() for c in run)
    upper = sum(c.isupper() for c in letters)
    parts = [part for part in re.split(r"[-_/=+]", run) if part]
    words = all(part.islower() or part.isupper() or part.istitle() for part in parts)
    return digits == 0 and (upper in (0, len(letters)) or words)
