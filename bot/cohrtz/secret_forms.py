"""How secrets look in a text: by a form of their own, or by what stands before them."""

import re
from typing import Final

_TOKENS = (
    r"xox[a-z]-[\w-]+|xapp-[\w-]+"  # Slack's tokens
    r"|eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?"  # JSON web tokens
    r"|tdg_[\w-]{20,}"  # a room's secret for posting diagnostics
    r"|hooks\.slack\.com/[^\s\"'\\]+"  # response addresses are bearers too
)
BARE: Final = re.compile(_TOKENS)
SECRETS: Final = re.compile(
    _TOKENS + r"|(?P<name>(?i:bearer\s+|"  # and in headers, addresses, forms and JSON:
    r"(?:access_token|ticket|link_key|[a-z]+_secret|password)[\"'\\]*\s*[=:]\s*)"
    r"[\"'\\]*)[^&\s\"'\\,}]+"
)
