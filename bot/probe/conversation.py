"""The parent's side of one child: sent out, listened to, put down whatever happens.

Nothing of the child's standard error is kept but whether the SDK says that it broke:
it may quote anything.
"""

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.cohrtz.plain import plain
from bot.probe.lines import (
    LINE_LIMIT,
    TOTAL_LIMIT,
    Connected,
    Errand,
    Heard,
    Left,
    Refused,
    Told,
    read,
    write_errand,
)
from bot.world.probe import Captured, Ended, ProbeUnavailable, Watched, Why

COMMAND = (sys.executable, "-m", "bot.probe.child")
ROOT = Path(__file__).parents[2]
"""Where `bot` is: the child must run the same code as its parent."""
PASSED_ON = ("PATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "SYSTEMROOT")
"""Of the environment; the rest holds secrets that the child has no use for."""
PANIC = b"FFI Panic"
MOST_PACKETS = 20_000
TAIL = 4_096
ENDS = {
    "time": Ended.TIME,
    "emptied": Ended.EMPTIED,
    "limit": Ended.LIMIT,
    "unknown-reason": Ended.LOST,
    "signal-close": Ended.LOST,
    "connection-timeout": Ended.LOST,
}
"""Every other reason means that the server ended the session."""


@dataclass(frozen=True)
class Limits:
    """How long the parent waits, in seconds."""

    spawn: float = 20.0
    """From the start to being in the room."""
    over: float = 10.0
    """Beyond the time asked for, until the child is told to end."""
    grace: float = 3.0
    """From SIGTERM to SIGKILL."""


class Broke(Exception):  # noqa: N818  named for what is the case
    """The child ended, or fell silent, before it was in the room."""


@dataclass
class _Notes:
    """What has come so far."""

    packets: list[Captured] = field(default_factory=list)
    began: float = 0.0
    size: int = 0


async def converse(
    errand: Errand, limits: Limits, command: Sequence[str] = COMMAND
) -> Watched:
    """Send a child out and return what it heard.

    Raises Broke if the child never got in for its own reasons, ProbeUnavailable if the
    server would not let it in.
    """
    async with _child(command, limits) as (process, tail):
        stdin, stdout = process.stdin, process.stdout
        if stdin is None or stdout is None:
            raise Broke("the child has no pipes")
        await _send(stdin, errand)
        await _get_in(stdout, limits)
        return await _listen(stdout, (errand.seconds, limits.over), tail)


async def _send(stdin: asyncio.StreamWriter, errand: Errand) -> None:
    with suppress(ConnectionError):  # then it has ended, which its silence will show
        stdin.write(write_errand(errand))
        await stdin.drain()


async def _get_in(stdout: asyncio.StreamReader, limits: Limits) -> None:
    try:
        async with asyncio.timeout(limits.spawn):
            told = await _next(stdout)
    except TimeoutError:
        raise Broke(f"it was not in the room after {limits.spawn:g} s") from None
    if isinstance(told, Refused):
        raise ProbeUnavailable(
            Why.REFUSED,
            f"The LiveKit server did not let the probe in: {plain(told.words)}",
        )
    if not isinstance(told, Connected):
        raise Broke("it ended before it was in the room")


async def _listen(
    stdout: asyncio.StreamReader, times: tuple[float, float], tail: bytearray
) -> Watched:
    """Listen for so many seconds, and for so many more to the child's taking leave."""
    (seconds, over), since = times, datetime.now(UTC)
    notes = _Notes(began=time.monotonic())
    left: Left | None = None
    try:
        async with asyncio.timeout(seconds + over):
            left = await _take_down(stdout, notes)
    except TimeoutError:
        left = None
    lasted = round(time.monotonic() - notes.began, 1)
    return Watched(
        packets=tuple(notes.packets),
        seconds=lasted,
        dropped=left.dropped if left else 0,
        ended=_ended(left, tail),
        until=since + timedelta(seconds=min(lasted, seconds)),
    )


async def _take_down(stdout: asyncio.StreamReader, notes: _Notes) -> Left | None:
    """Note what is told until the child has left; None if it just ended."""
    while True:
        told = await _next(stdout)
        if not isinstance(told, Heard):
            return told if isinstance(told, Left) else None
        notes.size += len(told.wire)
        if len(notes.packets) >= MOST_PACKETS or notes.size > TOTAL_LIMIT:
            return Left("limit", 0)
        at = datetime.fromtimestamp(told.at, UTC)
        notes.packets.append(Captured(told.wire, at, told.sender))


def _ended(left: Left | None, tail: bytearray) -> Ended:
    if left is None or left.why == "stopped" or PANIC in tail:
        return Ended.FAULT
    return ENDS.get(left.why, Ended.PUT_OUT)


async def _next(stdout: asyncio.StreamReader) -> Told | None:
    """Return what is told next; None at the end, and for what is none of ours."""
    try:
        line = await stdout.readline()
        return read(line) if line else None
    except (ValueError, OverflowError, OSError):
        return None


@asynccontextmanager
async def _child(
    command: Sequence[str], limits: Limits
) -> AsyncIterator[tuple[asyncio.subprocess.Process, bytearray]]:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=ROOT,
        env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=LINE_LIMIT,
        start_new_session=True,
    )
    tail = bytearray()
    reader = asyncio.create_task(_keep_tail(process.stderr, tail))
    try:
        yield process, tail
    finally:
        try:
            await _put_down(process, limits.grace)
        finally:
            reader.cancel()
            await asyncio.gather(reader, return_exceptions=True)


async def _put_down(process: asyncio.subprocess.Process, grace: float) -> None:
    """End it: it is asked, and killed if it does not; also if we are cancelled."""
    drained = asyncio.create_task(_drain(process.stdout))
    try:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.terminate()
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await process.wait()
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        drained.cancel()
        await asyncio.gather(drained, return_exceptions=True)


async def _drain(stdout: asyncio.StreamReader | None) -> None:
    """Take what is still written, so that nothing waits for a full pipe."""
    while stdout is not None and await stdout.read(LINE_LIMIT):
        pass


async def _keep_tail(stderr: asyncio.StreamReader | None, tail: bytearray) -> None:
    while stderr is not None and (more := await stderr.read(TAIL)):
        tail += more
        if PANIC not in tail:
            del tail[:-TAIL]
