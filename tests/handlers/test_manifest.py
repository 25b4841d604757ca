"""The manifest: of Slack's schema, of what is registered, and of nothing more."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from handlers.listeners import Identity, bolt_app
from handlers.manifest import (
    COMMAND,
    EVENTS,
    MESSAGE_SHORTCUT,
    PATH,
    SCOPES,
    manifest,
)
from handlers.web import WebParts, application

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
HTTP = "https://triage.example.org"

NEEDED_BY = {
    "chat.postMessage": {"chat:write"},
    "chat.postEphemeral": {"chat:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {"channels:history", "groups:history"},
    "conversations.replies": {"channels:history", "groups:history"},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.info": {"channels:read", "groups:read"},
    "usergroups.users.list": {"usergroups:read"},
    "files.info": {"files:read"},
    "files.getUploadURLExternal": {"files:write"},
    "files.completeUploadExternal": {"files:write"},
    "users.info": {"users:read"},
    "users.list": {"users:read"},
    "auth.test": set(),
    "views.open": set(),
    "views.update": set(),
}
"""The bot scopes that each method needs, from the methods' pages at docs.slack.dev."""


def _schema():
    return json.loads((HERE / "slack-manifest.schema.json").read_text("utf-8"))


@pytest.fixture(params=[None, HTTP], ids=["socket", "http"])
def either(request):
    return manifest(request.param)


def test_it_is_of_slacks_schema(either) -> None:
    jsonschema.validate(either, _schema())


def test_the_schema_would_notice(either) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**either, "feature": {}}, _schema())


def test_texts_are_as_short_as_slack_wants(either) -> None:
    about, features = either["display_information"], either["features"]
    assert len(about["name"]) <= 35
    assert len(about["description"]) <= 140
    assert len(features["bot_user"]["display_name"]) <= 80
    for shortcut in features["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


def test_socket_mode_needs_no_address() -> None:
    told = manifest(None)
    assert told["settings"]["socket_mode_enabled"] is True
    assert "http" not in json.dumps(told)


@pytest.mark.parametrize("http", [HTTP, f"{HTTP}/"])
def test_over_http_everything_comes_to_one_address(http) -> None:
    told, url = manifest(http), f"{HTTP}/slack/events"
    assert told["settings"]["socket_mode_enabled"] is False
    assert told["settings"]["interactivity"] == {
        "is_enabled": True,
        "request_url": url,
        "message_menu_options_url": url,
    }
    assert [one["url"] for one in told["features"]["slash_commands"]] == [url]


def test_the_address_is_where_the_bot_listens() -> None:
    parts = WebParts(
        edge=object(),
        bolt=object(),
        door=None,
        record=None,
        ready=None,
        foreground=None,
    )
    assert PATH in {
        route.resource.canonical for route in application(parts).router.routes()
    }


def test_mentions_arrive_escaped(either) -> None:
    assert all(one["should_escape"] for one in either["features"]["slash_commands"])


def test_every_scope_has_its_reason() -> None:
    assert manifest(None)["oauth_config"] == {"scopes": {"bot": sorted(SCOPES)}}
    assert all(len(reason) > 10 for reason in SCOPES.values())


def _methods_called() -> set[str]:
    """Find the Web API methods that the handlers' source names."""
    sources = [path.read_text("utf-8") for path in (ROOT / "handlers").glob("*.py")]
    group = (
        r"(?:apps|auth|bots|chat|conversations|files|reactions|team|usergroups|users"
        r"|views)"
    )
    found = re.compile(rf'"({group}(?:\.[a-zA-Z]+)+)"')
    return {method for source in sources for method in found.findall(source)}


def test_only_methods_whose_scopes_are_known_are_called() -> None:
    assert _methods_called() <= set(NEEDED_BY)


def test_the_scopes_are_what_the_calls_need_and_no_more() -> None:
    needed = {scope for method in _methods_called() for scope in NEEDED_BY[method]}
    assert set(SCOPES) == needed | {"commands"}


async def test_each_event_is_one_that_somebody_listens_to(either, monkeypatch) -> None:
    subscribed = either["settings"]["event_subscriptions"]["bot_events"]
    assert subscribed == ["message.channels", "message.groups"]
    assert await _is_heard("event", "message", monkeypatch)


def test_each_event_has_the_scope_that_it_needs() -> None:
    needs = {"message.channels": "channels:history", "message.groups": "groups:history"}
    assert {needs[event] for event in EVENTS} <= set(SCOPES)


def _payload(kind, name):
    base = {"team": {"id": "T0TEAM"}, "user": {"id": "U0RESP"}, "action_ts": "1.2"}
    if kind == "command":
        return {"command": name, "team_id": "T0TEAM", "user_id": "U0RESP"}
    if kind == "event":
        event = {"type": name, "channel": "C1", "user": "U0RESP", "ts": "1.2"}
        return {"type": "event_callback", "team_id": "T0TEAM", "event": event}
    if kind == "message":
        return base | {"type": "message_action", "callback_id": name}
    return base | {"type": "shortcut", "callback_id": name}


async def _is_heard(kind, name, monkeypatch) -> bool:
    heard = []

    async def listener(_, ack, **__) -> None:
        heard.append(name)
        await ack()

    for ours in ("command", "shortcut", "message"):
        monkeypatch.setattr(f"handlers.listeners.Listeners.{ours}", listener)
    desk = SimpleNamespace(rooms=None, recorded=None, now=None)
    web = AsyncWebClient(token="xoxb-none")
    app = bolt_app(desk, web, "secret", Identity("T0TEAM", "B0BOT", "U0BOT"))
    request = AsyncBoltRequest(mode="socket_mode", body=_payload(kind, name))
    told = await app.async_dispatch(request)
    return told.status == 200 and heard == [name]


async def test_what_the_manifest_offers_is_registered(either, monkeypatch) -> None:
    for command in either["features"]["slash_commands"]:
        assert await _is_heard("command", command["command"], monkeypatch)
    for shortcut in either["features"]["shortcuts"]:
        assert await _is_heard(shortcut["type"], shortcut["callback_id"], monkeypatch)


async def test_what_the_manifest_lacks_is_not_registered(monkeypatch) -> None:
    assert not await _is_heard("command", "/other", monkeypatch)
    assert not await _is_heard("global", "other", monkeypatch)


def test_all_that_is_registered_is_offered(either) -> None:
    features = either["features"]
    assert [one["command"] for one in features["slash_commands"]] == [COMMAND]
    offered = {one["callback_id"]: one["type"] for one in features["shortcuts"]}
    assert offered == {MESSAGE_SHORTCUT: "message"}


def test_the_written_manifest_is_up_to_date() -> None:
    written = (ROOT / "deploy" / "slack-manifest.json").read_text("utf-8")
    assert json.loads(written) == manifest(None)
