"""Logs to measure with: lines of the app with random values, mixed with noise."""

import random
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence

from bot.artefacts.log_tables import log_templates
from bot.cohrtz.logs.template import Follows, Template, rendered

SEED = 11
NOISE = "W/Adreno-EGL( {}): <qeglDrvAPI_eglInitialize:{}>: build date is not known, {}"
SHARE_OF_NOISE = 0.1
THREADTIME = "02-27 10:11:12.123  4321  4350 I flutter : "
ERRORS = (
    "Exception: Failed to fetch token: upstream {}",
    "SqliteException(11): while selecting from statement, malformed {} (code 11)",
    "Clock drift of {} ms exceeds maximum (0:01:00.000000)",
    "LiveKit Exception: [ConnectException] invalid API key, attempt {}",
)
WORD = "value-{}"


def mixed(size: int) -> Iterator[bytes]:
    """Yield a debug build's log: every template as often, and a tenth of noise."""
    return _log(log_templates(), size, "", SHARE_OF_NOISE)


def release(size: int) -> Iterator[bytes]:
    """Yield a release build's log, of warnings, errors and prints."""
    visible = [one for one in log_templates() if one.level.in_release]
    return _log(visible, size, "", SHARE_OF_NOISE)


def logcat(size: int) -> Iterator[bytes]:
    """Yield a debug build's log as logcat writes it."""
    return _log(log_templates(), size, THREADTIME, SHARE_OF_NOISE)


def noise(size: int) -> Iterator[bytes]:
    """Yield lines that are not the app's."""
    return _log(log_templates(), size, "", 1.0)


KINDS: Mapping[str, Callable[[int], Iterator[bytes]]] = {
    "mixed, a tenth of it noise": mixed,
    "a release build's": release,
    "as logcat has it": logcat,
    "noise only": noise,
}


def fixed_strings() -> bytes:
    """Return the longest literal of each place that logs, one a line, for grep -f."""
    longest = [max(one.literals, key=len) for one in log_templates() for _ in one.sites]
    return b"\n".join(longest) + b"\n"


def _log(
    templates: Sequence[Template], size: int, prefix: str, share_of_noise: float
) -> Iterator[bytes]:
    """Yield whole lines until there are so many bytes."""
    chance = random.Random(SEED)  # noqa: S311  invented content
    rooms = [_uuid(chance) for _ in range(6)]
    peers = [f"user:{_uuid(chance)}" for _ in range(12)]
    written = 0
    while written < size:
        if chance.random() < share_of_noise:
            line = NOISE.format(*(chance.randrange(99_999) for _ in range(3))) + "\n"
        else:
            line = _line(chance.choice(templates), chance, rooms, peers)
            line = "".join(f"{prefix}{part}\n" for part in line.split("\n"))
        encoded = line.encode()
        written += len(encoded)
        yield encoded


def _line(
    template: Template,
    chance: random.Random,
    rooms: Sequence[str],
    peers: Sequence[str],
) -> str:
    number = str(chance.randrange(10_000))
    values = dict.fromkeys(template.variables, WORD.format(number))
    for name in values:
        if "oom" in name:
            values[name] = chance.choice(rooms)
        elif name in {"sender", "senderId", "peer", "memberId", "peerId"}:
            values[name] = chance.choice(peers)
        elif name == "err":
            values[name] = chance.choice(ERRORS).format(number)
        elif name in {"n", "ms"}:
            values[name] = number
    line = rendered(template, values)
    if template.follows is Follows.NOTHING:
        return line
    return f"{line}\n[{template.tag}] Error: {chance.choice(ERRORS).format(number)}"


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))
