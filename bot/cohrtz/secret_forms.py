"""How secrets look in a text, and the text without them.

They have a form of their own, or something that stands before them. What people type
and what is shown to them goes through `blank_tokens`, for a pasted token is seen by a
whole channel; logs and errors through `redact`, which is wider.
"""

import re
from typing import Final

_TOKENS = (
    r"xox[a-z]-[\w-]+|xapp-[\w-]+"  # Slack's tokens
    r"|eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?"  # JSON web tokens
    r"|tdg_[\w-]{20,}"  # a room's secret for posting diagnostics
    r"|hooks\.slack\.com/[^\s\"'\\]+"  # response addresses are bearers too
)
BARE: Final = re.compile(_TOKENS)
_SECRETS: Final = re.compile(
    _TOKENS + r"|(?P<name>(?i:bearer\s+|"  # and in headers, addresses, forms and JSON:
    r"(?:access_token|ticket|link_key|[a-z]+_secret|password)[\"'\\]*\s*[=:]\s*)"
    r"[\"'\\]*)[^&\s\"'\\,}]+"
)
BLANK: Final = "[secret]"
IN_A_PAGE: Final = "«secret»"
"""Stands for a secret in YAML, where brackets would begin a list."""


def redact(text: str, blank: str = BLANK) -> str:
    """Blank everything that looks like a secret."""
    return _SECRETS.sub(lambda found: f"{found['name'] or ''}{blank}", text)


def blank_tokens(text: str, blank: str = BLANK) -> str:
    """Blank the tokens in what a person wrote or will read; words are left alone."""
    return BARE.sub(blank, text)
