import os

import pytest

from bot.errors import SettingsError
from bot.settings import (
    PREFIX,
    RUNBOOKS,
    Settings,
    read_room_secrets,
    read_settings,
)

SOCKET = {
    "SLACK_BOT_TOKEN": "xoxb-canary-bot",
    "SLACK_APP_TOKEN": "xapp-canary-app",
    "TOKEN_URL": "https://r.example.org/token",
    "LIVEKIT_URL": "wss://livekit.example.org",
    "LIVEKIT_API_KEY": "APIkey",
    "LIVEKIT_API_SECRET": "canary-livekit-secret",
}
HTTP = {
    **{name: value for name, value in SOCKET.items() if name != "SLACK_APP_TOKEN"},
    "TRANSPORT": "http",
    "SLACK_SIGNING_SECRET": "canary-signing-secret",
}
SECRETS = ("xoxb-canary", "xapp-canary", "canary-livekit", "canary-signing")


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.fixture
def environment(monkeypatch):
    def put(values):
        for name, value in values.items():
            monkeypatch.setenv(f"{PREFIX}{name}", value)

    return put


def refusal():
    with pytest.raises(SettingsError) as caught:
        read_settings(None)
    text = str(caught.value)
    assert not any(secret in text for secret in SECRETS)
    return text


@pytest.mark.parametrize("values", [SOCKET, HTTP])
def test_each_transport_needs_no_more_than_its_own(environment, values):
    environment(values)
    settings = read_settings(None)
    assert settings.transport == values.get("TRANSPORT", "socket")
    assert settings.slack_bot_token.get_secret_value() == "xoxb-canary-bot"
    assert settings.runbooks == RUNBOOKS


@pytest.mark.parametrize("values", [SOCKET, HTTP])
@pytest.mark.parametrize("empty", [True, False])
def test_what_is_missing_is_told_with_its_name_purpose_and_example(
    environment, values, empty
):
    for name in values.keys() - {"TRANSPORT"}:
        environment({**values, name: ""} if empty else {})
        text = refusal()
        if empty:
            environment({name: values[name]})
            field = Settings.model_fields[name.lower()]
            assert text == (
                f"TRIAGE_{name} is missing. It is {field.description}. "
                f"Example: TRIAGE_{name}={field.examples[0]}"
            )


def test_everything_that_is_missing_is_told_at_once():
    needed = [name for name, f in Settings.model_fields.items() if f.is_required()]
    text = refusal()
    assert len(text.splitlines()) == len(needed)
    assert all(f"{PREFIX}{name.upper()} is missing" in text for name in needed)


@pytest.mark.parametrize(
    ("name", "wrong", "why"),
    [
        ("HTTP_PORT", "70000", "less than or equal to 65535"),
        ("HTTP_PORT", "three", "valid integer"),
        ("TRANSPORT", "pigeon", "'http' or 'socket'"),
        ("TOKEN_URL", "r.example.org/token", "it must start with http://"),
        ("SLACK_API_URL", "slack.com", "it must start with http://"),
        ("LIVEKIT_URL", "livekit.example.org", "it must start with ws://"),
        ("PACE", "0", "greater than 0"),
        ("PACE", "inf", "less than or equal to 1000"),
        ("LOG_FORMAT", "xml", "'auto', 'json' or 'text'"),
    ],
)
def test_what_is_wrong_is_told_with_its_name_and_why(environment, name, wrong, why):
    environment({**SOCKET, name: wrong})
    text = refusal()
    assert text.startswith(f"TRIAGE_{name} is wrong: ")
    assert why in text
    assert "Value error" not in text
    assert Settings.model_fields[name.lower()].description in text


def test_a_secret_that_is_wrong_is_not_shown(environment):
    environment({**SOCKET, "TRANSPORT": "http"})
    assert refusal().startswith("TRIAGE_SLACK_SIGNING_SECRET is missing.")


def test_secrets_are_in_no_text_of_the_settings(environment):
    environment({**HTTP, "SLACK_APP_TOKEN": "xapp-canary-app"})
    settings = read_settings(None)
    shown = (repr(settings), str(settings), settings.model_dump_json())
    assert not any(secret in text for text in shown for secret in SECRETS)


def test_the_env_file_is_read_and_the_environment_goes_first(environment, tmp_path):
    file = tmp_path / ".env"
    lines = [f"TRIAGE_{name}={value}" for name, value in SOCKET.items()]
    file.write_text("\n".join([*lines, "TRIAGE_HTTP_PORT=1234", "OTHER=1"]))
    assert read_settings(file).http_port == 1234
    environment({"HTTP_PORT": "4321"})
    assert read_settings(file).http_port == 4321


def test_an_env_file_that_is_not_there_is_none(environment, tmp_path):
    environment(SOCKET)
    assert read_settings(tmp_path / ".env").transport == "socket"


def test_an_env_file_that_is_no_text_is_told(environment, tmp_path):
    environment(SOCKET)
    file = tmp_path / ".env"
    file.write_bytes(b"TRIAGE_HTTP_PORT=\xff\xfe")
    with pytest.raises(SettingsError, match=r"\.env cannot be read: it is not UTF-8"):
        read_settings(file)


@pytest.mark.parametrize(
    ("url", "http"),
    [
        ("wss://ws.example.org", "https://ws.example.org"),
        ("ws://127.0.0.1:7880", "http://127.0.0.1:7880"),
        ("https://livekit.example.org", "https://livekit.example.org"),
    ],
)
def test_the_livekit_server_is_spoken_to_over_http(environment, url, http):
    environment({**SOCKET, "LIVEKIT_URL": url})
    assert read_settings(None).livekit_http_url == http


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/api", "http://127.0.0.1:1/api/"])
def test_the_address_of_slack_ends_with_a_slash(environment, url):
    environment({**SOCKET, "SLACK_API_URL": url})
    assert read_settings(None).slack_api_url == "http://127.0.0.1:1/api/"


def test_every_setting_says_what_it_is_for():
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert not field.description.endswith("."), name


MASTER = "canary-signing-master-of-the-diagnostics"


def test_the_secret_of_rooms_secrets_may_be_followed_by_the_one_before(environment):
    environment(SOCKET | {"DIAGNOSTICS_SECRET": f"{MASTER}, {MASTER}-old"})
    masters = (MASTER.encode(), f"{MASTER}-old".encode())
    assert read_settings(None).diagnostics_secrets == masters


def test_a_rooms_secret_can_be_told_without_the_other_settings(environment):
    environment({"DIAGNOSTICS_SECRET": MASTER})
    assert read_room_secrets(None) == (MASTER.encode(),)


def test_without_the_secret_it_is_told_what_to_set(environment):
    with pytest.raises(SettingsError, match="TRIAGE_DIAGNOSTICS_SECRET is missing"):
        read_room_secrets(None)


def test_a_short_secret_is_refused_and_not_shown(environment):
    environment(SOCKET | {"DIAGNOSTICS_SECRET": f"{MASTER},canary-signing"})
    assert "TRIAGE_DIAGNOSTICS_SECRET is wrong" in refusal()


def test_keys_are_given_in_one_way(environment):
    environment(SOCKET | {"DATA_KEY": "canary-signing", "DATA_KEY_FILE": "keys"})
    assert "TRIAGE_DATA_KEY_FILE is set besides its other form" in refusal()


def test_the_signing_key_is_given_in_one_way(environment):
    environment(SOCKET | {"SIGNING_KEY": "canary-signing", "SIGNING_KEY_FILE": "key"})
    assert "TRIAGE_SIGNING_KEY_FILE is set besides its other form" in refusal()
