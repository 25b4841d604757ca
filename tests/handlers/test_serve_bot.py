"""`triage serve` as it is joined: the whole bot beside a simulated Slack and Cohrtz."""

import asyncio
import os
import signal
import socket
from pathlib import Path

import aiohttp
import pytest
from serving_house import HASTE, HERE, ROBIN, running, world
from structlog.testing import capture_logs

from bot.__main__ import main
from bot.errors import SettingsError
from handlers import start
from handlers.serve import serve, serving
from rehearsal.slack.faults import Fault, Status
from rehearsal.stagehands import free_port

ROOT = Path(__file__).parents[2]


async def get(port, path):
    url = f"http://127.0.0.1:{port}{path}"
    async with aiohttp.ClientSession() as http, http.get(url) as answer:
        return answer.status, await answer.json()


def left():
    """Return what still runs of the bot's own code."""
    running = [task.get_coro().cr_code for task in asyncio.all_tasks()]
    ours = tuple(str(ROOT / part) for part in ("bot", "handlers"))
    return [code.co_qualname for code in running if code.co_filename.startswith(ours)]


@pytest.mark.parametrize("transport", ["http", "socket"])
async def test_a_command_becomes_a_card_and_nothing_is_left_at_the_end(
    tmp_path, transport
):
    async with world(tmp_path, transport) as (workspace, settings):
        async with serving(settings, HASTE) as (loops, port), running(loops):
            workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
            if transport == "socket":
                await workspace.wait_for(lambda: workspace.courier.socket.count >= 1)
            told = await workspace.command(ROBIN, HERE, "/triage", "blue alice")
            assert told.ok, told
            await workspace.wait_for(lambda: workspace.messages(HERE), 10)
            assert await get(port, "/readyz") == (200, {"ready": True, "reasons": []})
            assert "Loops.run" in left()
        assert workspace.journal.refused() == ()
        assert left() == []


async def test_an_incident_that_does_not_open_is_told_and_the_others_go_on(tmp_path):
    async with (
        world(tmp_path) as (workspace, settings),
        serving(settings, HASTE) as (loops, port),
        running(loops),
    ):
        workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
        for line in ("blue alice", "resolve anyway"):  # it moves no more after that
            await workspace.command(ROBIN, HERE, "/triage", line)
        (head,) = await loops.bot.store.heads(statuses=("resolved",))
        spoil = "UPDATE heads SET sealed = x'00'"
        await loops.bot.store._writer.submit(lambda link: link.execute(spoil).rowcount)
        told = await workspace.command(ROBIN, HERE, "/triage", "status")
        assert "A row of the database cannot be opened" in told.message["text"]
        await workspace.command(ROBIN, HERE, "/triage", "green alice")
        told = await workspace.command(ROBIN, HERE, "/triage", "list")
        assert "green" in told.message["text"]
        status, told = await get(port, "/readyz")
        assert status == 503
        assert f"(heads, incident {head.incident})" in told["reasons"][0]


async def test_it_starts_when_slack_is_down_and_serves_when_it_is_back(tmp_path):
    async with world(tmp_path, http_port=free_port()) as (workspace, settings):
        workspace.faults.outage(503)
        up = asyncio.Event()
        over = asyncio.Event()

        async def live():
            async with serving(settings, HASTE) as (loops, port), running(loops):
                workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
                up.set()
                await over.wait()

        living = asyncio.create_task(live())
        await workspace.wait_for(lambda: len(workspace.journal.calls("auth.test")) > 1)
        assert await get(settings.http_port, "/healthz") == (200, {"alive": True})
        status, told = await get(settings.http_port, "/readyz")
        assert status == 503
        assert "Slack answered 503" in told["reasons"][0]
        workspace.faults.clear()
        await asyncio.wait_for(up.wait(), 5)
        told = await workspace.command(ROBIN, HERE, "/triage", "help")
        assert "What you can type" in told.message["text"]
        over.set()
        await living


@pytest.mark.parametrize("when", ["waiting for Slack", "serving"])
async def test_sigterm_ends_it_with_code_0_and_no_task_left(tmp_path, when):
    async with world(tmp_path, http_port=free_port()) as (workspace, settings):
        if when == "waiting for Slack":
            workspace.faults.outage(503)
        bot = asyncio.create_task(serve(settings))
        wanted = "users.list" if when == "serving" else "auth.test"
        await workspace.wait_for(lambda: workspace.journal.calls(wanted))
        with capture_logs() as lines:
            os.kill(os.getpid(), signal.SIGTERM)
            assert await asyncio.wait_for(bot, 5) == 0
        assert {one["event"] for one in lines} <= {"slack.unanswered", "bot.stopped"}
        assert left() == []


async def test_a_bad_token_is_refused_in_plain_words(tmp_path):
    async with world(tmp_path, slack_bot_token="xoxb-wrong") as (_, settings):
        with pytest.raises(SettingsError) as told:
            async with serving(settings, HASTE):
                pass
    assert "TRIAGE_SLACK_BOT_TOKEN" in str(told.value)
    assert "invalid_auth" in str(told.value)
    assert "xoxb-wrong" not in str(told.value)


def test_the_command_line_ends_with_code_78_for_a_bad_token(
    tmp_path, monkeypatch, capsys
):
    async def refused(_):
        async with world(tmp_path, slack_bot_token="xoxb-wrong") as (_, settings):
            return await serve(settings)

    monkeypatch.setattr(start, "read_settings", _Quiet)
    monkeypatch.setattr(start.logs, "set_up", lambda _: None)
    monkeypatch.setattr(start, "serve", refused)
    assert main(["serve"]) == 78
    told = capsys.readouterr().err
    assert told.startswith("triage cannot start:\n")
    assert "TRIAGE_SLACK_BOT_TOKEN" in told
    assert "Traceback" not in told


class _Quiet:
    log_format = "text"


async def test_a_port_that_is_taken_is_told_in_plain_words(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        async with world(tmp_path, http_port=port) as (_, settings):
            with pytest.raises(SettingsError, match="TRIAGE_HTTP_PORT"):
                async with serving(settings, HASTE):
                    pass


async def test_a_loop_that_fails_is_run_again_and_the_others_go_on(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("handlers.serve.RETRY", 0.01)
    async with world(tmp_path) as (workspace, settings):
        workspace.faults.add(Fault("users.list", Status(500)))
        async with serving(settings, HASTE) as (loops, port):
            tried = []

            async def prune(_):
                tried.append(1)
                raise OSError("The disk is full.")

            monkeypatch.setattr(loops.bot.store, "prune", prune)
            with capture_logs() as lines:
                async with running(loops):
                    workspace.connect_http(f"http://127.0.0.1:{port}/slack/events")
                    await workspace.command(ROBIN, HERE, "/triage", "blue")
                    await workspace.wait_for(lambda: workspace.messages(HERE), 10)
                    await workspace.wait_for(lambda: len(tried) > 1)
            failed = [one["loop"] for one in lines if one["event"] == "loop.failed"]
            assert set(failed) == {"prune"}
