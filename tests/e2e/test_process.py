"""The process as whoever runs it sees it: signals, exit codes, and what it refuses."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import aiohttp
import pytest

from bot.store.keys import key_file_of
from rehearsal.cohrtz import FaultKind
from rehearsal.seen import told
from rehearsal.stagehands import House, free_port
from tests.e2e.forked import Forked, ForkServer, Run
from tests.e2e.houses import PARTS, begun, parts, play, removed, script, sight_of

pytestmark = pytest.mark.e2e

UP_TO_RUN = 7
END = 5.0
"""Seconds in which the bot promises to end."""

SECRETS = {
    "TRIAGE_SLACK_BOT_TOKEN": "xoxb-not-to-be-seen",
    "TRIAGE_SLACK_SIGNING_SECRET": "not-to-be-seen-either",
    "TRIAGE_LIVEKIT_API_SECRET": "nor-this-one-" * 3,
}
WHOLE = {
    **SECRETS,
    "TRIAGE_TRANSPORT": "http",
    "TRIAGE_TOKEN_URL": "http://127.0.0.1:9/token",
    "TRIAGE_LIVEKIT_URL": "ws://127.0.0.1:9",
    "TRIAGE_LIVEKIT_API_KEY": "APIkey",
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with begun(tmp_path) as one:
        yield one


async def _run(*words: str, env: Mapping[str, str], cwd: Path) -> tuple[int, str, str]:
    """Run `triage …` to its end; return its exit code and what it wrote."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *words),
        env=_beside(env),
        cwd=cwd,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def _beside(env: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(__file__).parents[2]), **env}


Served = Callable[[Mapping[str, str]], Awaitable[tuple[int, str, str]]]


@pytest.fixture
def serve(
    fork_server: ForkServer, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> Served:
    """Run `triage serve` to its end; return its exit code and what it wrote."""
    written = tmp_path_factory.mktemp("written")

    async def run(env: Mapping[str, str]) -> tuple[int, str, str]:
        out, err = written / "out", written / "err"
        how = Run(("serve",), _beside(env), str(tmp_path), str(out), str(err))
        async with asyncio.timeout(60):
            code = await Forked(fork_server, how).wait()
        return code, out.read_text(), err.read_text()

    return run


async def _stopped(house: House) -> float:
    began = time.monotonic()
    assert await house.bot.stop() == 0
    return time.monotonic() - began


async def test_it_ends_in_time_in_the_middle_of_a_look(house: House) -> None:
    house.deployment.faults.set(FaultKind.LIVEKIT_HANGING)
    await play(house, 0, 1)
    assert await _stopped(house) < END
    house.deployment.faults.clear(FaultKind.LIVEKIT_HANGING)
    await house.bot.start()
    player = await play(house, 1)
    assert player.resolved()
    assert parts(house) == PARTS


async def test_it_ends_in_time_in_the_middle_of_an_act(house: House) -> None:
    """The server hangs, so the act cannot be finished: it is left as an intent."""
    player = await play(house, 0, UP_TO_RUN)
    house.deployment.faults.set(FaultKind.LIVEKIT_SLOW, seconds=3.0)
    await player.do(script(house)[UP_TO_RUN])
    await house.workspace.wait_for(
        lambda: "Running" in told(sight_of(house).step(2)), 60
    )
    house.deployment.faults.set(FaultKind.LIVEKIT_HANGING)
    assert await _stopped(house) < END
    house.deployment.faults.clear(FaultKind.LIVEKIT_HANGING, FaultKind.LIVEKIT_SLOW)
    await house.bot.start()
    for act in script(house, UP_TO_RUN + 1):
        await player.do(act)
    assert player.resolved()
    assert removed(house) == 1
    assert parts(house) == PARTS


async def test_a_policy_with_mistakes_is_refused_with_their_lines(
    tmp_path: Path,
    serve: Served,
) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text("[may]\nopne = []\n[caps]\nparticipants = -1\n")
    environment = {**WHOLE, "TRIAGE_POLICY": str(policy)}
    code, _, said = await serve(environment)
    assert code == 78
    assert f"{policy}:2: There is no deed 'opne'. Did you mean 'open'?" in said
    assert f"{policy}:4: caps.participants is wrong" in said


async def test_a_second_process_on_one_database_is_refused(
    house: House, tmp_path: Path, serve: Served
) -> None:
    environment = {
        **house.bot.environment,
        "TRIAGE_HTTP_PORT": str(free_port()),
    }
    code, _, said = await serve(environment)
    assert code == 75
    assert "is in use by process" in said
    assert "Stop that one first" in said


async def test_no_policy_and_a_lost_key_are_told_at_the_start(
    house: House, tmp_path: Path, serve: Served
) -> None:
    await play(house, 0, 1)
    assert await house.bot.stop() == 0
    keys = key_file_of(tmp_path / "triage.db").path
    kept = keys.rename(tmp_path / "elsewhere")
    unruled = {k: v for k, v in house.bot.environment.items() if k != "TRIAGE_POLICY"}
    code, _, said = await serve(unruled)
    assert code == 78
    assert "nobody may run what disturbs a participant or a room" in said
    assert "The database is sealed with the data key" in said
    assert f"there is no key file {keys}" in said
    assert "Traceback" not in said
    assert not keys.exists()
    kept.rename(keys)
    await house.bot.start()


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"TRIAGE_TOKEN_URL": ""}, "TRIAGE_TOKEN_URL"),
        ({"TRIAGE_TRANSPORT": "pigeon"}, "TRIAGE_TRANSPORT"),
        ({"TRIAGE_SLACK_SIGNING_SECRET": ""}, "TRIAGE_SLACK_SIGNING_SECRET"),
        ({"TRIAGE_PACE": "xoxb-not-to-be-seen"}, "TRIAGE_PACE"),
    ],
)
async def test_wrong_settings_are_told_and_no_secret_is(
    tmp_path: Path, changed: dict[str, str], name: str, serve: Served
) -> None:
    code, out, said = await serve({**WHOLE, **changed})
    assert code == 78
    assert name in said
    assert "Example:" in said
    assert not any(secret in out + said for secret in SECRETS.values())


async def test_a_damaged_database_ends_with_a_code_that_means_it(
    tmp_path: Path,
    serve: Served,
) -> None:
    (tmp_path / "triage.db").write_bytes(b"SQLite format 3\x00" + b"\xa5" * 8192)
    code, _, said = await serve(WHOLE)
    assert code == 65
    assert "The file is not a database" in said or "The database is damaged" in said
    assert "Traceback" not in said


async def test_a_folder_that_cannot_be_used_ends_with_an_io_error(
    tmp_path: Path,
    serve: Served,
) -> None:
    place = {"TRIAGE_DATABASE": str(tmp_path / "none" / "triage.db")}
    code, _, said = await serve(WHOLE | place)
    assert code == 74
    assert "Give the bot a folder that exists" in said


async def test_missing_settings_are_all_told_at_once(tmp_path: Path) -> None:
    code, _, said = await _run("serve", env={}, cwd=tmp_path)
    assert code == 78
    for name in ("SLACK_BOT_TOKEN", "TOKEN_URL", "LIVEKIT_URL", "LIVEKIT_API_SECRET"):
        assert f"TRIAGE_{name} is missing. It is " in said


async def test_the_rehearsals_are_listed(tmp_path: Path) -> None:
    code, out, _ = await _run("rehearse", "--list", env={}, cwd=tmp_path)
    assert code == 0
    assert "expired-token" in out
    assert "One identity on two devices" in out


async def test_an_unknown_rehearsal_is_guessed_at(tmp_path: Path) -> None:
    code, _, said = await _run("rehearse", "expired-tokn", env={}, cwd=tmp_path)
    assert code == 2
    assert "Did you mean 'expired-token'?" in said
    assert _files(tmp_path) == []


async def test_a_rehearsal_shows_its_page_and_ends_at_a_signal(tmp_path: Path) -> None:
    port, began = free_port(), time.monotonic()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "rehearse", "--no-play"),
        *("--port", str(port), "--folder", str(tmp_path / "left")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    await _page(f"http://127.0.0.1:{port}/")
    took = time.monotonic() - began
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(60):
        said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    assert f"http://127.0.0.1:{port}/" in said.decode()
    assert "Traceback" not in said.decode()
    assert took < 20  # seconds, on a machine that may be busy


def _files(folder: Path) -> list[Path]:
    return list(folder.iterdir())


async def _page(url: str) -> None:
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as answer:
                    assert answer.status == 200
                    return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.02)
