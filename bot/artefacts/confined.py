"""Running the confined process: started fresh, bounded, killed when it takes too long.

It is never forked: a fork would take along what the bot has in memory, its token among
it. The environment is empty but for what Python needs. What comes back is read up to a
bound and checked as if a stranger had written it.
"""

import asyncio
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

from pydantic import ValidationError

from bot.artefacts.limits import Limits
from bot.artefacts.wire import Answer, Order
from bot.errors import BotError

ROOT = Path(__file__).parents[2]
"""Where the package lies: the process is started elsewhere."""

PYTHON = (sys.executable, "-P", "-s", "-B", "-m")
CHILD = "bot.artefacts.child"


class Lost(BotError):  # noqa: N818  named for what is the case
    """The confined process gave no usable answer; the text says why."""


async def confined(order: Order, program: str = CHILD) -> Answer:
    """Have the order done by a process of its own; raise Lost with the reason."""
    process = await asyncio.create_subprocess_exec(
        *PYTHON,
        program,
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        env=environment(order.scratch),
        cwd=order.scratch,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(order.limits.seconds):
            said = await _exchange(process, order)
            code = await process.wait()
    except TimeoutError:
        limit = f"{order.limits.seconds:g} s"
        raise Lost(f"Reading it took longer than {limit} and was stopped.") from None
    finally:
        await _end(process)
    return _answer(said, code, order.limits)


def environment(scratch: str) -> dict[str, str]:
    """Return all that the process gets to know of ours."""
    return {
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": scratch,
        "SQLITE_TMPDIR": scratch,
        # Threads would keep the process from leaving the network.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }


async def _exchange(process: Process, order: Order) -> bytes:
    """Send the order and read the answer, one byte more than is allowed at most."""
    if process.stdin is None or process.stdout is None:
        raise Lost("The reading process has no pipes.")
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(order.model_dump_json().encode())
        await process.stdin.drain()
        process.stdin.close()
    said, most = bytearray(), order.limits.answer
    while chunk := await process.stdout.read(min(65_536, most + 1 - len(said))):
        said += chunk
        if len(said) > most:
            raise Lost("The reading process answered more than it may.")
    return bytes(said)


async def _end(process: Process) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    # Its end is told only when all was read that it had said.
    while process.stdout and await process.stdout.read(65_536):
        pass
    await process.wait()


def _answer(said: bytes, code: int, limits: Limits) -> Answer:
    if code != 0:
        raise Lost(_why(code, limits))
    try:
        return Answer.model_validate_json(said)
    except ValidationError:
        raise Lost("The reading process answered what cannot be understood.") from None


def _why(code: int, limits: Limits) -> str:
    if code == -signal.SIGXCPU:
        limit = f"{limits.cpu_seconds} s"
        return f"Reading it needs more than {limit} of processor time; it was stopped."
    if code == -signal.SIGXFSZ:
        return "Reading it would write more to disk than a file may cost."
    if code == -signal.SIGKILL:
        return "The system stopped reading it, as it does when memory runs out."
    if code < 0:
        return f"Reading it ended with signal {-code}: the file brought a reader down."
    return f"The reading process ended with code {code}."
