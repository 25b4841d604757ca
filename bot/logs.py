"""Logs: structlog, once. JSON in production, readable on a terminal.

Events are named `noun.verb`; the incident and step are bound. No message text, token
or payload is ever logged; what looks like a secret is blanked all the same, here and
nowhere else. What people type and what is shown to them goes through the narrower
`blank_tokens`, for a pasted token is seen by a whole channel.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog

Wanted = Literal["auto", "json", "text"]

_TOKENS = (
    r"xox[a-z]-[\w-]+|xapp-[\w-]+"  # Slack's tokens
    r"|eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?"  # JSON web tokens
    r"|tdg_[\w-]{20,}"  # a room's secret for posting diagnostics
    r"|hooks\.slack\.com/[^\s\"'\\]+"  # response addresses are bearers too
)
_BARE = re.compile(_TOKENS)
_SECRETS = re.compile(
    _TOKENS + r"|(?P<name>(?i:bearer\s+|"  # and in headers, addresses, forms and JSON:
    r"(?:access_token|ticket|link_key|[a-z]+_secret|password)[\"'\\]*\s*[=:]\s*)"
    r"[\"'\\]*)[^&\s\"'\\,}]+"
)
BLANK = "[secret]"


def redact(text: str) -> str:
    """Blank everything that looks like a token."""
    return _SECRETS.sub(lambda found: f"{found['name'] or ''}{BLANK}", text)


def blank_tokens(text: str) -> str:
    """Blank the tokens in what a person wrote or will read; words are left alone."""
    return _BARE.sub(BLANK, text)


def set_up(wanted: Wanted = "auto", level: int = logging.INFO) -> None:
    """Set logging up for the process; called once, by the command line."""
    as_json = wanted == "json" or (wanted == "auto" and not sys.stderr.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[*shared, last, _redacted],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    _quiet_libraries(shared, last, level)


def _quiet_libraries(
    shared: list[structlog.typing.Processor],
    last: structlog.typing.Processor,
    level: int,
) -> None:
    """Send the libraries' own logs the same way, and never their payloads.

    Bolt logs whole bodies at INFO when a signature is wrong, and the SDK's DEBUG
    shows payloads (facts on Slack, security), so both start at ERROR.
    """
    handler = logging.StreamHandler(sys.stderr)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            last,
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
