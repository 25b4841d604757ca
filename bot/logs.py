"""Logs: structlog, once. JSON in production, readable on a terminal.

Events are named `noun.verb`; the incident and step are bound. No message text, token
or payload is ever logged; what looks like a secret is blanked all the same.

A line that cannot be written, as on a full disk, is counted and does no other harm.
"""

import logging
import sys
from collections.abc import Callable, MutableMapping
from functools import partial
from threading import Lock
from typing import Any, Literal, TextIO, cast

import structlog

from bot.cohrtz.secret_forms import redact

Wanted = Literal["auto", "json", "text"]


class Output:
    """Takes the lines of the log, and never raises.

    Lines that cannot be written are counted, and how many they were is told before the
    next one that can. Each is written at once: of what a buffer keeps Python would make
    exit code 120 at the end.
    """

    def __init__(self, stream: TextIO, lost: Callable[[int], str]) -> None:
        """Write to a stream; `lost` says in a line how many lines were lost."""
        self._put = _putting(stream)
        self._told = lost
        self._lost = 0
        self._torn = False
        """The last that was written is no whole line."""
        self._lock = Lock()

    def write(self, text: str) -> int:
        """Write whole lines, or count them as one that was lost."""
        with self._lock:
            if self._lost and self._whole(f"{self._told(self._lost)}\n"):
                self._lost = 0
            if self._lost or not self._whole(text):
                self._lost += 1
        return len(text)

    def flush(self) -> None:
        """Do nothing, since nothing is kept back; loggers ask for it."""

    def _whole(self, text: str) -> bool:
        begun = "\n" if self._torn else ""
        given = left = (begun + text).encode(errors="backslashreplace")
        try:
            while left:
                left = left[self._put(left) :]
        except (OSError, ValueError):  # ValueError: it was closed
            self._torn = self._torn or len(left) < len(given)
            return False
        self._torn = False
        return True


def _putting(stream: TextIO) -> Callable[[bytes], int]:
    """Return what writes to it past its buffer, and returns how many bytes."""
    try:
        raw = open(stream.fileno(), "wb", buffering=0, closefd=False)  # noqa: SIM115  it stays
    except (OSError, ValueError):
        return partial(_through, stream)  # it is no file
    return partial(_put, cast("Callable[[bytes], int | None]", raw.write))


def _put(write: Callable[[bytes], int | None], given: bytes) -> int:
    written = write(given)
    if written is None:
        raise BlockingIOError  # a pipe that does not wait, and is full
    return written


def _through(stream: TextIO, given: bytes) -> int:
    stream.write(given.decode())
    stream.flush()
    return len(given)


def say(text: str) -> None:
    """Write to standard error, for whoever started the program; never raises.

    A supervisor keeps that with the log, so secrets are blanked as they are there.
    """
    Output(sys.stderr, str).write(f"{redact(text)}\n")


def set_up(wanted: Wanted = "auto", level: int = logging.INFO) -> None:
    """Set logging up for the process; called once, by the command line."""
    as_json = wanted == "json" or (wanted == "auto" and not sys.stderr.isatty())
    plain: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    shared = [structlog.contextvars.merge_contextvars, *plain]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    output = Output(sys.stderr, partial(_lost, [*plain, last]))
    structlog.configure(
        processors=[*shared, last, _redacted],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", output)),
        cache_logger_on_first_use=True,
    )
    _quiet_libraries([*shared, last], output, level)


def _lost(steps: list[structlog.typing.Processor], lines: int) -> str:
    """Say how many lines were lost, as any other line is said."""
    told: Any = {"event": "log.lost", "lines": lines}
    for step in steps:
        told = step(None, "warning", told)
    return str(told)


def _quiet_libraries(
    steps: list[structlog.typing.Processor], output: Output, level: int
) -> None:
    """Send the libraries' own logs the same way, and never their payloads.

    Bolt logs whole bodies at INFO when a signature is wrong, and the SDK's DEBUG
    shows payloads (facts on Slack, security), so both start at ERROR.
    """
    handler = logging.StreamHandler(output)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=steps[:-1],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            steps[-1],
            _redacted,
        ],
    )
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))
    for name in ("slack_bolt", "slack_sdk", "aiohttp.access", "livekit"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _redacted(
    _: Any,  # noqa: ANN401  structlog's own signature
    __: str,
    rendered: MutableMapping[str, Any] | str,
) -> str:
    """Redact the whole line, so that nothing nested or turned into text gets by."""
    return redact(str(rendered))
