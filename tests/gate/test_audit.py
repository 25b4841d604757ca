"""What the bot rests on is pinned and permitted, or the audit says what is not."""

import json
from email.message import Message
from types import SimpleNamespace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.gate.audit import (
    LOCKS,
    ROOT,
    Pinned,
    advisories,
    is_permissive,
    licence,
    lock_problems,
    pinned,
    problems_installed,
    untriaged,
)

LOCK = """\
# a comment
aiohttp==3.14.5 \\
    --hash=sha256:aa \\
    --hash=sha256:bb
Ruff==0.1 ; python_version < "4"
loose>=1
"""


def test_a_lock_is_read_with_its_hashes():
    assert list(pinned(LOCK)) == [
        Pinned("aiohttp", "3.14.5", 2),
        Pinned("ruff", "0.1", 0),
        Pinned("loose>=1", "", 0),
    ]


def test_what_is_not_pinned_to_bytes_is_told():
    assert list(lock_problems("x.lock", pinned(LOCK))) == [
        "x.lock: ruff 0.1 has no hash.",
        "x.lock: loose>=1 is not pinned to one version.",
    ]


@pytest.mark.parametrize("name", LOCKS)
def test_our_locks_are_pinned_to_bytes(name):
    packages = list(pinned((ROOT / name).read_text("utf-8")))
    assert len(packages) > 30
    assert list(lock_problems(name, packages)) == []


@pytest.mark.parametrize(
    ("text", "permitted"),
    [
        ("MIT", True),
        ("Apache-2.0 OR BSD-3-Clause", True),
        ("BSD-3-Clause AND 0BSD AND (MIT OR Zlib) AND CC0-1.0", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("Mozilla Public License 2.0 (MPL 2.0)", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-2.0", False),
        ("AGPL-3.0", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_a_licence_is_permitted_if_every_part_of_it_is(text, permitted):
    assert is_permissive(text) is permitted


def installed(version="1.0", **told):
    metadata = Message()
    for name, value in told.items():
        metadata[name.replace("_", "-")] = value
    return SimpleNamespace(version=version, metadata=metadata)


def test_a_licence_is_told_by_the_best_that_there_is():
    assert licence({"License-Expression": "MIT", "License": "x"}, ()) == "MIT"
    assert licence({"License": "x"}, ["License :: OSI Approved :: MIT License"]) == (
        "MIT License"
    )
    assert licence({"License": "ISC\nlong text"}, ()) == "ISC"


def test_what_is_past_the_lock_or_not_permitted_is_told():
    have = {
        "good": installed(License_Expression="MIT"),
        "other": installed("2.0", License_Expression="MIT"),
        "past": installed(License_Expression="MIT"),
        "strict": installed(License_Expression="GPL-3.0-only"),
        "silent": installed(),
        "read": installed(),
        "pip": installed(),
    }
    locked = {name: {"1.0"} for name in ("good", "other", "strict", "silent", "read")}
    triage = {
        "licences": [{"package": "read", "why": "MIT, says its repository."}],
        "unlocked": [{"package": "pip", "why": "It installs."}],
    }
    assert list(problems_installed(locked, have, triage)) == [
        "other 2.0 is installed, and the lock has another.",
        "past is installed and not in any lock.",
        "silent: its licence is «», which triage.toml knows not.",
        "strict: its licence is «GPL-3.0-only», which triage.toml knows not.",
    ]


async def answering(answer):
    asked = []

    async def query(request):
        asked.append(await request.json())
        return web.Response(text=answer, content_type="application/json")

    app = web.Application()
    app.router.add_post("/", query)
    return TestServer(app), asked


PACKAGES = (Pinned("b", "2", 1), Pinned("a", "1", 1), Pinned("a", "1", 1))


async def test_advisories_are_asked_for_each_package_once():
    server, asked = await answering('{"results": [{}, {"vulns": [{"id": "GHSA-1"}]}]}')
    async with server:
        found = await advisories(PACKAGES, str(server.make_url("/")))
    assert found == {"b 2": ["GHSA-1"]}
    assert [one["package"]["name"] for one in asked[0]["queries"]] == ["a", "b"]
    assert untriaged(found, {}) == ["b 2: GHSA-1"]
    read = {"advisories": [{"id": "GHSA-1", "why": "Not that function."}]}
    assert untriaged(found, read) == []


@pytest.mark.parametrize("answer", ["no JSON", "{}", json.dumps({"results": [{}]})])
async def test_an_answer_that_says_less_than_was_asked_is_no_answer(answer):
    server, _ = await answering(answer)
    async with server:
        with pytest.raises(ConnectionError):
            await advisories(PACKAGES, str(server.make_url("/")))


async def test_nobody_there_is_no_answer():
    with pytest.raises(ConnectionError):
        await advisories(PACKAGES, "http://127.0.0.1:9/")
