"""How the app spells its request for a token, and how it should.

The app puts the names into the URL as they are and lets Dart's `Uri.parse` tidy it:
blanks and non-ASCII become `%xx`, a stray `%` becomes `%25`, an escape of a plain
letter is undone. Nothing protects `&`, `#`, `+` or a `%` that two hex digits follow,
so «R&D» asks for room «R», and a `#` cuts the identity off.
"""

import re
from urllib.parse import quote, urlencode

STAND_IN = "triage-probe"
"""Who asks when no participant was given: an identity that nobody in a room has."""
UNRESERVED = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_ESCAPE_OR_FOREIGN = re.compile(
    r"%(?P<hex>[0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]"
)


def as_the_app_does(url: str, *, room: str, identity: str) -> str:
    """Return the URL that the app's HTTP client really sends, without fragment."""
    whole = f"{url}?room={_sound(room)}&identity={_sound(identity)}"
    sent, _, _ = whole.partition("#")
    path, _, query = sent.partition("?")
    return f"{path}?{_ESCAPE_OR_FOREIGN.sub(_tidied, query)}"


def properly(url: str, *, room: str, identity: str) -> str:
    """Return the URL with both names percent-encoded."""
    names = {"room": _sound(room), "identity": _sound(identity)}
    return f"{url}?{urlencode(names, quote_via=quote, safe='')}"


def _tidied(found: re.Match[str]) -> str:
    code = found["hex"]
    if code is None:
        return quote(found[0], safe="")
    letter = chr(int(code, 16))
    return letter if letter in UNRESERVED else f"%{code.upper()}"


def _sound(name: str) -> str:
    """Replace lone surrogates, which no encoding of the wire can carry."""
    return name.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
