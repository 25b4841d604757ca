"""The response addresses that payloads carry: Slack's own, or the payload is forged.

Whoever has such an address can write where it leads, and whoever writes to one tells
its host what is said. The bot answers in the response and by the Web API, so it needs
none; one that leads elsewhere shows that the payload is not Slack's.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

HOSTS = frozenset({"hooks.slack.com", "hooks.slack-gov.com"})
"""Where Slack's response addresses lead (docs.slack.dev, Handling user interaction)."""

_ODD = re.compile(r"[\x00-\x20\\]")
_USUAL = "https://hooks.slack.com/"

SLACK_API = frozenset({"slack.com", "slack-gov.com"})


@dataclass(frozen=True)
class Origin:
    """Where an address may lead."""

    scheme: str
    host: str
    port: int | None


class Addresses:
    """Tells whether the response addresses of a payload are Slack's."""

    def __init__(self, api_url: str) -> None:
        """Take the Web API's address; another than Slack's has its own there, too."""
        origin = _origin(api_url)
        own = origin is not None and origin.host not in SLACK_API
        self._other = origin if own else None
        self._usual = (_USUAL, f"{_root(origin)}/") if origin and own else (_USUAL,)

    def stranger(self, body: Mapping[str, Any]) -> bool:
        """Say whether a payload has a response address that is not Slack's."""
        return not all(self._is_known(url) for url in _given(body))

    def _is_known(self, url: object) -> bool:
        if isinstance(url, str) and url.startswith(self._usual) and _is_plain(url):
            return True  # as nearly all are; to take an address apart takes long
        origin = _origin(url) if isinstance(url, str) else None
        if origin is None:
            return False
        if origin.scheme == "https" and origin.host in HOSTS:
            return origin.port in (None, 443)
        return origin == self._other


def _root(origin: Origin) -> str:
    port = "" if origin.port is None else f":{origin.port}"
    return f"{origin.scheme}://{origin.host}{port}"


def _is_plain(url: str) -> bool:
    return _ODD.search(url) is None


def _given(body: Mapping[str, Any]) -> Iterator[object]:
    if body.get("response_url"):
        yield body["response_url"]
    several = body.get("response_urls")
    for one in several if isinstance(several, list) else ():
        yield one.get("response_url") if isinstance(one, dict) else None


def _origin(url: str) -> Origin | None:
    """Return where an address leads; None if that cannot be told for certain."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    # Clients differ in how they read these, so that the host would be a guess.
    odd = parts.username is not None or not _is_plain(url)
    return None if odd or not host else Origin(parts.scheme, host, port)
