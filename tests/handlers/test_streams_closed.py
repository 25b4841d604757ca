"""A program whose standard streams are closed: it works, or says how it ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from rehearsal.stagehands import free_port

ROOT = Path(__file__).parents[2]
NOWHERE = "http://127.0.0.1:9"
UNSET = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}


def begun(command, closed, cwd, **settings):
    shell = f'exec "$@" {closed}'
    program = [sys.executable, "-m", "bot", *command.split()]
    return subprocess.Popen(  # noqa: S603  a program of our own
        ["/bin/sh", "-c", shell, "sh", *program], cwd=cwd, env={**UNSET, **settings}
    )


@pytest.mark.parametrize(
    ("command", "closed", "code"),
    [
        ("serve", "2>&-", 78),
        ("serve", "<&- >&- 2>&-", 78),
        ("manifest", ">&- 2>&-", 2),
        ("manifest", "2>&- >/dev/null", 0),
    ],
)
def test_it_ends_with_the_code_that_it_would_end_with_anyhow(
    tmp_path, command, closed, code
):
    assert begun(command, closed, tmp_path).wait(30) == code


def answers(port):
    try:
        with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            return answer.status == 200
    except (URLError, ConnectionError):
        return False


def wait_until(holds):
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform != "linux", reason="It looks into /proc.")
def test_serving_goes_on_and_no_file_takes_the_place_of_a_stream(tmp_path):
    port = free_port()
    bot = begun(
        "serve",
        "<&- >&- 2>&-",
        tmp_path,
        TRIAGE_SLACK_BOT_TOKEN="xoxb-1",
        TRIAGE_SLACK_SIGNING_SECRET="s" * 32,
        TRIAGE_SLACK_API_URL=f"{NOWHERE}/api/",
        TRIAGE_TRANSPORT="http",
        TRIAGE_HTTP_PORT=str(port),
        TRIAGE_TOKEN_URL=NOWHERE,
        TRIAGE_LIVEKIT_URL=NOWHERE,
        TRIAGE_LIVEKIT_API_KEY="APIx",
        TRIAGE_LIVEKIT_API_SECRET="s" * 40,
        TRIAGE_DATABASE=str(tmp_path / "t.db"),
    )
    try:
        wait_until(lambda: answers(port))
        streams = [Path(f"/proc/{bot.pid}/fd/{number}") for number in range(3)]
        assert [str(one.readlink()) for one in streams] == ["/dev/null"] * 3
        bot.send_signal(signal.SIGTERM)
        assert bot.wait(10) == 0
    finally:
        bot.kill()
