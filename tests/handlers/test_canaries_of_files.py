"""What is pasted into pages or policies, or dies in an exception, comes out nowhere."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.pages import load_library, page_files
from tests.fakes.canaries import pasted

CANARIES = pasted("page")
PASTED = " ".join(CANARIES.values())
PAGE = """---
title: Canary {0}
symptoms: ["{0}"]
for: [token.accepted == false]
owner: "{0}"
---
# Canary {0}

Words before, with {0}. <!-- {0} -->

1. Look with {0}.
   Say `curl -H "{0}"` and [{0}](https://example.org/{0}).
   ```check
   token-endpoint: {{room: "{{room}}", identity: "{{participant}}"}}
   ```
2. Ask for {0}.
   ```confirm
   asks:
     seen: {{question: "Is it {0}?", answer: ["{0}", "no"]}}
   ```
"""
WRONG = """---
title: Wrong {0}
"{0}": 3
for: ["{0} == 1", "token.{0} == '{0}'"]
---
# Wrong {0}

1. Do {0}.
   ```check
   "{0}": {{room: "{0}"}}
   token-endpoint: {{"{0}": "{0}", room: 3}}
   when: "{0}"
   ```
   ```action
   reconnect-participant: {{room: "{{{0}}}"}}
   {0}: 1
   ```
"""
NOWHERE = {
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "TOKEN_URL": "http://127.0.0.1:1/token",
    "LIVEKIT_URL": "ws://127.0.0.1:1",
    "LIVEKIT_API_KEY": "key",
    "LIVEKIT_API_SECRET": "s" * 40,
}


def sung(told):
    return sorted(what for what, canary in CANARIES.items() if canary in told)


def pages(folder, text):
    """Write a page for each secret, and one with all."""
    folder.mkdir()
    for number, canary in enumerate((*CANARIES.values(), PASTED)):
        (folder / f"page-{number}.md").write_text(text.format(canary))
    return folder


def only_all(folder):
    """Leave the page with all of them alone: their titles would be the same."""
    for number in range(len(CANARIES)):
        (folder / f"page-{number}.md").unlink()
    return folder


@pytest.fixture
def here(tmp_path, monkeypatch):
    for name, value in NOWHERE.items():
        monkeypatch.setenv(f"TRIAGE_{name}", value)
    monkeypatch.setattr("bot.logs.set_up", lambda *_: None)  # for the process's life
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_what_is_wrong_with_a_page_is_told_without_its_secrets(here, capsys, how):
    assert main(["lint", str(pages(here / "pages", WRONG)), *how]) == 1
    told = "".join(capsys.readouterr())
    assert "page-0.md" in told
    assert "«secret»" in told
    assert sung(told) == []


@pytest.mark.parametrize("how", [(), ("--json",)])
@pytest.mark.parametrize("text", [PAGE, WRONG])
def test_a_page_from_elsewhere_is_told_without_its_secrets(here, capsys, text, how):
    main(["import", str(pages(here / "pages", text)), *how])
    told = "".join(capsys.readouterr())
    assert "page-0.md" in told
    assert sung(told) == []


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_dry_run_shows_a_page_without_its_secrets(here, capsys, monkeypatch, how):
    folder = only_all(pages(here / "pages", PAGE))
    monkeypatch.setenv("TRIAGE_RUNBOOKS", str(folder))
    page = f"page-{len(CANARIES)}"
    assert main(["run", "--dry-run", page, "--room", "r", *how]) == 0
    told = "".join(capsys.readouterr())
    assert "Look with «secret»" in told
    assert sung(told) == []


def test_a_run_on_broken_pages_is_refused_without_their_secrets(
    here, capsys, monkeypatch
):
    monkeypatch.setenv("TRIAGE_RUNBOOKS", str(pages(here / "pages", WRONG)))
    assert main(["run", "--dry-run", "page-0", "--room", "r"]) == 2
    told = capsys.readouterr().err
    assert "page-0.md:" in told
    assert sung(told) == []


def test_what_an_export_takes_of_a_page_has_no_secrets(here):
    folder = only_all(pages(here / "pages", PAGE.replace("Canary {0}", "{0}")))
    (book,) = load_library(folder).values()
    kept = book.model_dump_json()
    assert "Look with «secret»" in kept
    assert sung(kept) == []


def test_a_secret_leaves_every_line_of_a_page_where_it_was(here):
    folder = pages(here / "pages", PAGE)
    for file, text in page_files(folder).items():
        whole = (here / file).read_text().splitlines()
        assert [bool(line) for line in text.splitlines()] == list(map(bool, whole))


POLICY = """# {0}
[groups]
on-call = ["S0ONCALL", "{0}"]
"{0}" = 3
[may]
open = ["{0}"]
"{0}" = ["members"]
[approvals]
"{0}" = 1
[caps]
"{0}" = 1
["{0}"]
"""
GROUP = """[groups]
"{0}" = ["S0ONCALL"]
[may]
open = ["{0}"]
"""


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_what_is_wrong_with_a_policy_is_told_without_its_secrets(here, capsys, how):
    for canary in CANARIES.values():
        (here / "policy.toml").write_text(POLICY.format(canary))
        assert main(["policy", "policy.toml", *how]) == 1
        told = "".join(capsys.readouterr())
        assert "[secret]" in told
        assert sung(told) == []


@pytest.mark.parametrize(("begins", "line"), [("xoxb-", 2), (r"xoxb\u002d", 1)])
def test_a_group_that_is_called_like_a_secret_is_refused_without_it(
    here, capsys, begins, line
):
    name = begins + "99999-canary-of-a-group"
    (here / "policy.toml").write_text(GROUP.format(name))
    assert main(["policy", "policy.toml"]) == 1
    told = "".join(capsys.readouterr())
    assert told.startswith(f"policy.toml:{line}: A group cannot be named like a token")
    assert name.partition("-")[2] not in told


DIES = """
import asyncio, gc, sys
from bot import logs
from bot.__main__ import main

main(["schema", "lint"])
text = sys.argv[1]

async def fail(of):
    raise RuntimeError(of)

async def leave():
    logs.set_up("json")
    asyncio.create_task(fail("of a task " + text))
    await asyncio.sleep(0)
    await asyncio.sleep(0)

asyncio.run(leave())
gc.collect()
try:
    {}[text]
except KeyError as error:
    raise ValueError("of the program " + text) from error
"""


def test_what_the_program_dies_of_is_told_without_secrets():
    root = Path(__file__).parents[2]
    words = [sys.executable, "-c", DIES, PASTED]
    ended = subprocess.run(  # noqa: S603  this interpreter
        words, cwd=root, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert json.loads(ended.stdout)
    for said in ("of a task [secret]", "of the program [secret]", "Traceback"):
        assert said in ended.stderr
    assert sung(ended.stderr) == []
