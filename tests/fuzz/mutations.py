"""Spoils what is in order: text, bytes and JSON, each by a handful of small changes.

A generator of its own, for a hundred thousand cases have to fit into seconds; what is
spoilt comes from `random.Random` alone, so a case is told by its number.
"""

import json
import string
from copy import deepcopy

CALLS = (
    "<!channel>",
    "<!here>",
    "<!everyone|all>",
    "<!subteam^S666>",
    "<@U666>",
    "<#C666|general>",
    "<https://evil.example|https://slack.com>",
    "<mailto:a@evil.example|x>",
    "[https://slack.com](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "<a href='https://evil.example'>x</a>",
)
"""What would call people or lie about where it leads, if Slack read it as markup."""

FENCES = ("```", "````", "`", "~~~", "*", "_", "~", ">", "&lt;!channel&gt;", "&amp;")
UNSEEN = ("\u202e", "\u2066", "\u200f", "\u200b", "\ufeff", "\u00ad", "\U000e0041")
CONTROLS = ("\x00", "\x07", "\x1b[31m", "\r", "\n", "\t", "\x7f", "\x85", "\u2028")
ODD = ("\ud800", "\U0001f469\u200d\U0001f692", "é" * 40, "\u0301" * 30, "١٢", "ﷺ")
WORDS = (
    *("", " ", "null", "true", "-1", "0", "1e999", "NaN", "9" * 400, "-0", "0x1f"),
    *("../../etc/passwd", "/dev/zero", "C:\\con", "%00", "%s%n", "${jndi:x}", "$(id)"),
    *("'; DROP TABLE heads; --", "{{7*7}}", "{room}", "a" * 300, "room:", "=1+1"),
)
FRAGMENTS = (*CALLS, *FENCES, *UNSEEN, *CONTROLS, *ODD, *WORDS)

NUMBERS = (0, -1, 1, 255, 256, 2**31 - 1, 2**31, 2**53, 2**63, 2**64, -(2**63), 10**400)
ODD_VALUES = (
    None,
    True,
    False,
    "",
    [],
    {},
    [[]],
    {"": None},
    1.5,
    1e308,
    -0.0,
    *NUMBERS,
)
EDGES = (b"\x00", b"\xff", b"\x7f", b"\x80", b"\xff\xff\xff\xff", b"\x80" * 10, b"\n")
LONGEST = 6_000
"""Characters or bytes from which on a case is cut, but for what repeats on purpose."""


def text(rng, seeds):
    """Return one of the texts, changed in one to four places."""
    spoilt = rng.choice(seeds)
    for _ in range(rng.randint(1, 4)):
        spoilt = _text_once(rng, spoilt, seeds)[:LONGEST]
    return spoilt


def _text_once(rng, whole, seeds):
    at = rng.randint(0, len(whole))
    to = min(len(whole), at + rng.choice((0, 1, 1, 3, 20, 400)))
    how = rng.randrange(9)
    if how < 4:
        return whole[:at] + rng.choice(FRAGMENTS) + whole[to:]
    if how == 4:
        return whole[:at] + whole[to:]
    if how == 5:
        return whole[:to] + whole[at:to] * rng.choice((1, 2, 40)) + whole[to:]
    if how == 6:
        other = rng.choice(seeds)
        return whole[:at] + other[rng.randint(0, len(other)) :]
    if how == 7:
        return whole[:at] + chr(rng.choice((rng.randrange(128), rng.randrange(0xD800))))
    return whole[:at] + rng.choice(string.printable) * rng.choice((1, 3, 1_000))


def words(rng, most=6):
    """Return a few hostile fragments with ordinary letters between them."""
    parts = [
        rng.choice(FRAGMENTS)
        if rng.random() < 0.6
        else rng.choice(string.ascii_letters)
        for _ in range(rng.randint(0, most))
    ]
    return rng.choice(("", " ", "x")).join(parts)


def octets(rng, seeds, most=8):
    """Return one of the byte strings, changed in one to `most` places."""
    spoilt = bytearray(rng.choice(seeds))
    for _ in range(rng.randint(1, most)):
        _octets_once(rng, spoilt, seeds)
    return bytes(spoilt)


def _octets_once(rng, whole, seeds):
    at = rng.randint(0, len(whole))
    how = rng.randrange(8)
    if how < 3 and at < len(whole):
        whole[at] ^= 1 << rng.randrange(8)
    elif how == 3:
        whole[at : at + rng.choice((0, 1, 4))] = rng.choice(EDGES)
    elif how == 4:
        del whole[at : at + rng.choice((1, 2, 16, 500))]
    elif how == 5:
        whole[at:at] = whole[at : at + rng.choice((1, 8, 100))]
    elif how == 6:
        other = rng.choice(seeds)
        whole[at:] = other[rng.randint(0, len(other)) :]
    else:
        whole[at : at + 4] = rng.randbytes(4)


def value(rng, written):
    """Return the value of one of these JSON texts, changed in one to three places."""
    whole = {"it": json.loads(rng.choice(written))}
    for _ in range(rng.randint(1, 3)):
        _value_once(rng, whole)
    return whole.get("it")


def _value_once(rng, node):
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        if not keys:
            return
        key = rng.choice(keys)
        inner = node[key]
        if not (isinstance(inner, dict | list) and inner and rng.random() < 0.8):
            _replace(rng, node, key)
            return
        node = inner


def _replace(rng, node, key):
    how = rng.randrange(6)
    if how == 0 and node:
        del node[key]
    elif how == 1 and isinstance(node, list):
        node.insert(key, node[key])
    elif how == 2 and isinstance(node, dict):
        node[rng.choice(FRAGMENTS)] = node[key]
    elif how == 3 and isinstance(node[key], str):
        node[key] = text(rng, (node[key],))
    else:
        node[key] = odd(rng)


def odd(rng):
    """Return a value that hardly any place expects."""
    return deepcopy(rng.choice(ODD_VALUES)) if rng.random() < 0.5 else words(rng)
