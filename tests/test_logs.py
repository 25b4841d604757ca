import json
import logging
import sys

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import BLANK, blank_tokens, redact, set_up

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
