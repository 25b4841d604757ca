import json
import logging
import os
import resource
import subprocess
import sys
from contextlib import contextmanager, redirect_stderr
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.__main__ import main
from bot.cohrtz.secret_forms import BLANK, blank_tokens, redact
from bot.logs import Output, set_up

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJl"
CANARIES = {
    "bot token": "xoxb-12345-canary",
    "user token": "xoxp-12345-canary",
    "rotated token": "xoxe.xoxb-1-canary",
    "app token": "xapp-1-A0-canary",
    "jwt": JWT,
    "bearer": f"Authorization: Bearer {JWT}",
    "opaque bearer": "Bearer canary-opaque",
    "address": "wss://x.example.org/rtc?access_token=canary&a=1",
    "socket": "wss://wss.slack.com/link/?ticket=canary-1&app_id=2",
    "response": "https://hooks.slack.com/commands/T1/2/canary",
    "form": "client_secret=canary&code=1",
    "json": '{"access_token": "canary", "a": 1}',
    "escaped": '{\\"signing_secret\\": \\"canary\\"}',
    "python": "{'password': 'canary', 'a': 1}",
}


@pytest.fixture
def logs(logs_put_back):
    """Set logging up as told."""
    return set_up


@pytest.mark.parametrize("text", CANARIES.values(), ids=CANARIES)
def test_no_canary_gets_by(text):
    for line in (text, f"before {text} after", f"({text})"):
        assert "canary" not in redact(line)
        assert BLANK in redact(line)


@pytest.mark.parametrize(
    "name", ["bot token", "user token", "rotated token", "app token", "jwt", "response"]
)
def test_a_token_that_a_person_pastes_is_blanked(name):
    told = blank_tokens(f"see {CANARIES[name]} here")
    assert "canary" not in told
    assert told.endswith(f"{BLANK} here")


def test_words_about_tokens_are_left_to_people():
    for text in ("Send it as a bearer token.", "password: ask Ann", "ticket=4711"):
        assert blank_tokens(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "The token endpoint answers 500.",
        "check=token-endpoint verdict=bad",
        "/triage blue-whale alice",
        "a ticket was opened",
        "eyJ is how such a thing begins",
        "https://r.example.org/token?room=r1",
    ],
)
def test_plain_words_stay(text):
    assert redact(text) == text


@given(st.text())
def test_redacting_twice_is_redacting_once(text):
    assert redact(redact(text)) == redact(text)


@pytest.mark.parametrize("wanted", ["json", "text"])
@pytest.mark.parametrize("text", CANARIES.values(), ids=CANARIES)
def test_canaries_are_blanked_wherever_they_stand(logs, capsys, wanted, text):
    logs(wanted)
    log = structlog.get_logger("test")
    log.info("thing.happened", why=text)
    log.info(text)
    log.info("nested", body={"inside": [text]}, error=ValueError(text))
    logging.getLogger("library").error("it said %s", text)
    for logger in (log, logging.getLogger("library")):
        try:
            raise ValueError(text)
        except ValueError:
            logger.exception("it failed")
    err = capsys.readouterr().err
    assert "canary" not in err
    assert err.count(BLANK) >= 6
    assert err.count("Traceback") == 2


def test_json_is_one_document_a_line(logs, capsys):
    logs("json")
    with structlog.contextvars.bound_contextvars(incident="INC-1"):
        structlog.get_logger().info("look.taken", took=0.1, body={"access_token": "x"})
    logging.getLogger("library").warning("slow: %s", "very")
    ours, theirs = map(json.loads, capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["incident"], ours["took"]) == (
        "look.taken",
        "INC-1",
        0.1,
    )
    assert ours["body"] == {"access_token": BLANK}
    assert ours["level"] == "info"
    assert ours["timestamp"].endswith("Z")
    assert (theirs["event"], theirs["level"]) == ("slow: very", "warning")


def test_an_error_is_logged_whole(logs, capsys):
    logs("json")
    try:
        raise KeyError("sid")
    except KeyError:
        structlog.get_logger().exception("check.crashed")
    told = json.loads(capsys.readouterr().err)
    assert "KeyError: 'sid'" in told["exception"]


def test_text_is_for_people(logs, capsys):
    logs("text")
    structlog.get_logger().info("bot.started", port=3000)
    line = capsys.readouterr().err
    assert "bot.started" in line
    assert "port=3000" in line
    assert "\x1b" not in line


@pytest.mark.parametrize(("terminal", "as_json"), [(True, False), (False, True)])
def test_auto_is_text_on_a_terminal_only(logs, capsys, monkeypatch, terminal, as_json):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    logs("auto")
    structlog.get_logger().info("bot.started")
    assert capsys.readouterr().err.startswith("{") is as_json


@pytest.mark.parametrize("name", ["slack_bolt.App", "slack_sdk.web", "aiohttp.access"])
def test_libraries_that_show_payloads_are_quiet(logs, capsys, name):
    logs("json")
    logging.getLogger(name).warning("body: %s", {"text": "hello"})
    assert capsys.readouterr().err == ""
    logging.getLogger(name).error("it broke")
    assert "it broke" in capsys.readouterr().err


def test_other_libraries_are_heard_from_warnings_on(logs, capsys):
    logs("json")
    logging.getLogger("asyncio").info("selector")
    logging.getLogger("asyncio").warning("slow callback")
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_is_below_the_level_is_not_logged(logs, capsys):
    logs("json", logging.WARNING)
    structlog.get_logger().info("look.taken")
    assert capsys.readouterr().err == ""


FULL = "/dev/full"
"""Where nothing can be written: «No space left on device»."""


@contextmanager
def on_disk(place):
    """Let standard error be this file, on a disk that can be full."""
    with place.open("a") as stream, redirect_stderr(stream):
        yield


@contextmanager
def full():
    """Let nothing be written meanwhile, to the very file that is open."""
    descriptor = sys.stderr.fileno()
    kept, broken = os.dup(descriptor), os.open(FULL, os.O_WRONLY)
    try:
        os.dup2(broken, descriptor)
        yield
    finally:
        os.dup2(kept, descriptor)
        os.close(kept)
        os.close(broken)


def said(place):
    return [json.loads(line) for line in place.read_text().splitlines()]


def test_a_full_disk_does_no_harm_and_what_was_lost_is_counted(logs, tmp_path):
    log, library = structlog.get_logger(), logging.getLogger("library")
    with on_disk(tmp_path / "log"):
        logs("json")
        log.info("it.began")
        with full(), structlog.contextvars.bound_contextvars(incident="INC-1"):
            for _ in range(3):
                log.info("thing.happened")
            library.error("it said something")
            log.error("thing.failed", exc_info=ValueError("why"))
        library.error("there is room")
        log.info("it.ended")
    events = [one["event"] for one in said(tmp_path / "log")]
    assert events == ["it.began", "log.lost", "there is room", "it.ended"]
    told = said(tmp_path / "log")[1]
    assert (told["lines"], told["level"]) == (5, "warning")
    assert "incident" not in told


def test_what_was_lost_is_told_each_time_for_itself(logs, tmp_path):
    log = structlog.get_logger()
    with on_disk(tmp_path / "log"):
        logs("json")
        for _ in range(2):
            with full():
                log.info("thing.happened")
            log.info("there.is.room")
    assert [one.get("lines") for one in said(tmp_path / "log")] == [1, None, 1, None]


def test_a_line_of_which_a_part_was_written_is_ended_before_the_next(tmp_path):
    """As on a disk with room for a few more bytes, where limits play the disk."""
    place = tmp_path / "log"
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with on_disk(place):
        output = Output(sys.stderr, lambda lines: f"{lines} lost")
        output.write("one\n")
        resource.setrlimit(resource.RLIMIT_FSIZE, (7, most))
        try:
            output.write("another\n")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        output.write("three\n")
    assert place.read_text().splitlines() == ["one", "ano", "1 lost", "three"]


def test_a_log_that_was_closed_does_no_harm(logs, tmp_path):
    with on_disk(tmp_path / "log"):
        logs("json")
        sys.stderr.close()
        structlog.get_logger().info("thing.happened")
        logging.getLogger("library").error("it said something")


SPEAKS = """
import logging
from bot import logs
logs.set_up()
logging.error("it said something")
logs.say("and something else")
"""


def test_what_could_not_be_written_is_no_fault_at_the_end_either():
    words, root = [sys.executable, "-c", SPEAKS], Path(__file__).parents[1]
    with Path(FULL).open("w") as nowhere:
        ended = subprocess.run(words, cwd=root, stderr=nowhere, check=False)  # noqa: S603  this interpreter
    assert ended.returncode == 0


def test_a_bot_that_cannot_say_why_it_does_not_start_ends_with_its_own_code(
    monkeypatch, tmp_path
):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("TRIAGE_")]:
        monkeypatch.delenv(name)
    with Path(FULL).open("w", buffering=1) as nowhere, redirect_stderr(nowhere):
        assert main(["serve"]) == 78
