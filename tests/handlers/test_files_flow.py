"""From a file dropped in Slack to another ranking, by the whole bot, read confined."""

import json
from functools import partial

import pytest
from test_serve_bot import HASTE, HERE, ROBIN, running, serving, world

from bot.artefacts.intake import Intake
from tests.fakes.canaries import CANARIES, OTHER_ROOM
from tests.fakes.hostile_child import COMPARERS

pytestmark = pytest.mark.wire

PAGE = """---
title: Many lines
for: [log.lines > 3]
---
# Many lines

1. Read them.
"""


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """One page that a log speaks for; logs are read by the readers of a test."""
    how = {"program": "tests.fakes.hostile_child", "comparers": COMPARERS}
    monkeypatch.setattr("bot.app.Intake", partial(Intake, **how))
    facts = frozenset({"log.lines", "counts.differ"})
    monkeypatch.setattr("bot.pages.signals", lambda: facts)
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "many-lines.md").write_text(PAGE)
    return folder


@pytest.fixture
async def bot(tmp_path, pages):
    async with (
        world(tmp_path, runbooks=pages) as (workspace, settings),
        serving(settings, HASTE) as (loops, port),
        running(loops),
    ):
        workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
        told = await workspace.command(ROBIN, HERE, "/triage", "blue alice")
        assert told.ok, told
        await until(workspace, "Which runbook")
        yield workspace, loops


def everything(workspace):
    cards = workspace.messages(HERE)
    thread = workspace.messages(HERE, cards[0]["ts"]) if cards else []
    return json.dumps([*cards, *thread], ensure_ascii=False)


async def until(workspace, words, seconds=60):
    await workspace.wait_for(lambda: words in everything(workspace), seconds)


async def drop(workspace, name, content):
    card = workspace.messages(HERE)[0]["ts"]
    return await workspace.drop_file(ROBIN, HERE, name, content, card)


async def test_a_dropped_log_changes_the_ranking(bot):
    workspace, _ = bot
    await drop(workspace, "app.log", b"COUNT 1 2 3")
    await until(workspace, "Counted.")
    await until(workspace, "Proposed: *Many lines*")


async def test_two_logs_are_compared_though_they_came_one_after_the_other(bot):
    workspace, _ = bot
    await drop(workspace, "one.log", b"COUNT 1")
    await until(workspace, "Counted.")
    await drop(workspace, "two.log", b"COUNT 22")
    await until(workspace, "compared: 2 compared.")


async def test_nothing_that_users_wrote_is_kept_logged_or_posted(bot, tmp_path, capfd):
    workspace, loops = bot
    planted = "\n".join(canary.text for canary in CANARIES)
    for number, word in enumerate(("ECHO", "CRASH")):
        name = f"cohrtz_{OTHER_ROOM.replace('-', '_')}_{number}.log"
        await drop(workspace, name, f"{word} {planted}".encode())
    await until(workspace, "Reading it failed.")
    await workspace.wait_for(lambda: "not read yet" not in everything(workspace), 60)
    await loops.bot.store.check_point()
    ours = [m for m in [json.loads(everything(workspace))][0] if m.get("bot_id")]
    logged = capfd.readouterr()
    kept = (tmp_path / "triage.db").read_bytes().decode("utf-8", "replace")
    for seen in (json.dumps(ours, ensure_ascii=False), logged.out + logged.err, kept):
        for canary in CANARIES:
            assert not [secret for secret in canary.secrets if secret in seen], canary
