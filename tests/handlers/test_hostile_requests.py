"""Whatever comes over the wire to the real bot that is not in order does nothing.

One bot beside one simulated Slack and Cohrtz for all of it.
"""

import asyncio
import gzip
import itertools
import json
import random
import time
import zlib
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from io import BytesIO

import aiohttp
import pytest
import pytest_asyncio
from livekit import api
from serving_house import HASTE, HERE, KEY, ROBIN, SECRET, running, world
from structlog.testing import capture_logs
from yarl import URL

from bot.clients.allowance import Allowance, Rate
from handlers import refs
from handlers.edge import BODY_LIMIT
from handlers.payloads import MAX_FILES
from handlers.render import form
from handlers.serve import serving
from rehearsal.slack.delivery.envelope import Envelope
from rehearsal.slack.delivery.http import FORM, encoded, signed
from rehearsal.slack.settings import DEFAULT_PEOPLE, Person
from rehearsal.slack.workspace import Workspace
from tests.fuzz import mutations
from tests.fuzz.said import call as judge
from tests.fuzz.targets import payloads as payload_cases
from tests.fuzz.targets import views as view_cases

pytestmark = [
    pytest.mark.wire,
    pytest.mark.asyncio(loop_scope="module"),
]

PER_MINUTE = 6
"""What one person may ask of this bot in a minute; the others are the workspace's."""
SAM, ALEX, LEE, MAX_ = "U0SECOND", "U0ALEX", "U0LEE", "U0MAX"
MORE = tuple(Person(one, one.lower(), one, "", "777777") for one in (ALEX, LEE, MAX_))
MASTER = "m" * 32
numbers = itertools.count(1)


@dataclass
class Up:
    workspace: Workspace
    http: aiohttp.ClientSession
    base: str
    loops: object

    @property
    def port(self):
        return URL(self.base).port

    async def post(self, path, body, headers):
        async with self.http.post(self.base + path, data=body, headers=headers) as told:
            return told.status, await told.text()

    async def raw(self, path, body, headers, *, length=True, ends=False):
        """Send bytes as no client would; return what is answered, if anything is."""
        given = {"Host": "bot", "Connection": "close", **headers}
        if length:
            given["Content-Length"] = str(len(body))
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        lines = [f"POST {path} HTTP/1.1", *(f"{k}: {v}" for k, v in given.items())]
        writer.write("\r\n".join((*lines, "", "")).encode() + body)
        if ends:
            writer.write_eof()
        answer = (await reader.read()).decode()
        writer.close()
        status = answer.split(" ")[1] if answer else 0
        return int(status), answer.partition("\r\n\r\n")[2]

    async def slack(self, body, kind=FORM, **spoilt):
        secret = self.workspace.settings.app.signing_secret
        headers = signed(secret, body, int(time.time())) | {"Content-Type": kind}
        return await self.post("/slack/events", body, headers | spoilt)

    async def send(self, payload, kind="slash_commands"):
        body, content_type = encoded(Envelope(kind, payload))
        return await self.slack(body, content_type)

    async def livekit(self, body, token):
        return await self.post("/livekit/webhook", body, {"Authorization": token})

    async def incidents(self):
        return await self.loops.bot.store.heads(limit=100)

    async def moves(self, room):
        return await self.loops.bot.world.transitions.recent(
            room, None, self.loops.desk.now() - timedelta(days=3650)
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def up(tmp_path_factory):
    settings = {"limit_person": PER_MINUTE, "diagnostics_secret": MASTER}
    folder = tmp_path_factory.mktemp("hostile")
    async with (
        world(folder, people=(*DEFAULT_PEOPLE, *MORE), **settings) as (
            workspace,
            given,
        ),
        serving(given, HASTE) as (loops, port),
        running(loops),
        aiohttp.ClientSession() as http,
    ):
        base = f"http://127.0.0.1:{port}"
        workspace.connect_http(f"{base}/slack/events")
        yield Up(workspace, http, base, loops)


@pytest_asyncio.fixture(loop_scope="module")
async def unmoved(up):
    """Nothing of it reaches a parser: neither Bolt nor the store hears of it."""
    before = {one.incident for one in await up.incidents()}
    with capture_logs() as logs:
        yield logs
    events = {one["event"] for one in logs}
    assert not events & {"request.unreadable", "request.crashed", "form.opened"}
    assert {one.incident for one in await up.incidents()} == before


def typed(text="blue", user=ROBIN, **more):
    """Return what Slack sends for a command, with a trigger of its own."""
    return {
        "command": "/triage",
        "text": text,
        "team_id": "T0TEAM",
        "user_id": user,
        "channel_id": HERE,
        "trigger_id": f"trigger.{next(numbers)}",
        **more,
    }


@pytest.mark.parametrize(
    "spoilt",
    [
        {"X-Slack-Signature": "v0=" + 64 * "0"},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=\u00e9"},
        {"X-Slack-Signature": "v0=" + 5_000 * "a"},
        {"X-Slack-Request-Timestamp": "1"},
        {"X-Slack-Request-Timestamp": str(int(time.time()) + 10_000)},
        {"X-Slack-Request-Timestamp": "١٢٣"},
        {"X-Slack-Request-Timestamp": 5_000 * "9"},
        {"X-Slack-Request-Timestamp": "abc"},
    ],
)
async def test_a_request_that_is_not_signed_in_order_is_refused(up, unmoved, spoilt):
    body, kind = encoded(Envelope("slash_commands", typed("secret-words")))
    status, why = await up.slack(body, kind, **spoilt)
    assert status == 401
    assert why
    assert "secret-words" not in why + str(unmoved)


@pytest.mark.parametrize("broken", [b"{broken", b"payload={broken", b"ssl_check=1"])
async def test_an_unsigned_body_never_reaches_a_parser(up, unmoved, broken):
    assert (await up.post("/slack/events", broken, {"Content-Type": FORM}))[0] == 401


async def test_a_header_that_is_too_long_is_refused(up, unmoved, caplog):
    too_long = {"X-Slack-Signature": "v0=" + 9_000 * "a"}
    assert (await up.post("/slack/events", b"a=1", too_long))[0] == 400
    assert [one["event"] for one in unmoved] == ["request.refused"]
    assert not caplog.records


def packed(body, encoding):
    pack = {"gzip": gzip.compress, "deflate": zlib.compress}.get(encoding, bytes)
    return pack(body)


def of_requests(logs):
    """Leave out what the bot says once, soon after its start: what confines readers."""
    return [one for one in logs if one["event"] != "artefacts.confined"]


@pytest.mark.parametrize("path", ["/slack/events", "/livekit/webhook"])
@pytest.mark.parametrize("encoding", ["GZIP", "deflate", "br", "x, gzip"])
async def test_a_packed_body_is_refused_unread(up, path, encoding):
    """Whatever is in it, and though what it would be unpacked to is signed."""
    body, kind = encoded(Envelope("slash_commands", typed("packed")))
    secret = up.workspace.settings.app.signing_secret
    headers = {
        "Content-Type": kind,
        "Content-Encoding": encoding,
        "Authorization": token(body),
        **signed(secret, body, int(time.time())),
    }
    with capture_logs() as logs:
        for sent in (b"junk", b"", body, packed(body, encoding.lower())):
            status, why = await up.raw(path, sent, headers)
            assert (status, why) == (415, "Send the body as it is, not packed.")
    told = {one["event"] for one in of_requests(logs)}
    assert told <= {"request.refused", "webhook.refused"}


async def test_nothing_is_unpacked_before_the_signature_was_checked(up, caplog):
    """A body that goes off when it is unpacked does so for nobody."""
    headers = {"Content-Encoding": "gzip"}
    assert (await up.raw("/slack/events", b"junk", headers))[0] in {401, 415}
    assert (await up.raw("/diagnostics/v1/rooms/r", b"junk", headers))[0] == 401
    assert not caplog.records


@pytest.mark.parametrize("path", ["/slack/events", "/livekit/webhook"])
@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Transfer-Encoding": "chunked"}, b"zz\r\njunk\r\n"),
        ({"Transfer-Encoding": "chunked"}, b"4\r\njunkjunk\r\n0\r\n\r\n"),
        ({"Transfer-Encoding": "gzip"}, b"junk"),
        ({"Content-Length": "many"}, b"junk"),
        ({"Content-Length": "-1"}, b"junk"),
        ({"Content-Length": "4", "Transfer-Encoding": "chunked"}, b"junk"),
    ],
)
async def test_a_body_that_is_framed_wrongly_is_refused(
    up, caplog, path, headers, body
):
    with capture_logs() as logs:
        assert (await up.raw(path, body, headers, length=False))[0] == 400
    told = [(one["event"], one["status"]) for one in of_requests(logs)]
    assert told == [("request.refused", 400)]
    assert "junk" not in str(logs)
    assert not caplog.records


async def test_whoever_goes_away_in_the_middle_of_a_body_is_no_fault(up, caplog):
    stamp = {"X-Slack-Request-Timestamp": str(int(time.time())), "Content-Length": "9"}
    for path in ("/slack/events", "/livekit/webhook"):
        with capture_logs() as logs:
            await up.raw(path, b"half", stamp, length=False, ends=True)
            for _ in range(500):
                await asyncio.sleep(0 if of_requests(logs) else 0.01)
        assert [one["why"] for one in of_requests(logs)] == [
            "The body is broken, or did not come whole."
        ]
    assert not caplog.records


@pytest.mark.parametrize("path", ["/slack/events", "/livekit/webhook"])
async def test_a_body_that_is_too_long_is_refused_before_it_is_read(up, unmoved, path):
    async def endless():
        for _ in range(20):
            yield (BODY_LIMIT // 16) * b"a"

    stamp = {"X-Slack-Request-Timestamp": str(int(time.time()))}
    assert (await up.post(path, endless(), stamp))[0] == 413
    assert (await up.post(path, BytesIO((BODY_LIMIT + 1) * b"a"), stamp))[0] == 413


async def test_the_same_signed_request_twice_does_nothing_twice(up):
    before = len(await up.incidents())
    body, kind = encoded(Envelope("slash_commands", typed("twice", user=ALEX)))
    with capture_logs() as logs:
        answers = await asyncio.gather(*(up.slack(body, kind) for _ in range(3)))
    assert set(answers) == {(200, "")}
    assert len(await up.incidents()) == before + 1
    assert [one["event"] for one in logs].count("request.repeated") == 2


async def test_the_same_delivery_signed_anew_does_nothing_twice(up):
    """A bot that was restarted has no answers to give again: a receipt is stored."""
    told, secret = typed("anew", user=ALEX), up.workspace.settings.app.signing_secret
    body, kind = encoded(Envelope("slash_commands", told))
    before = len(await up.incidents())
    for age in range(2):
        headers = signed(secret, body, int(time.time()) - 100 - age)
        headers["Content-Type"] = kind
        assert await up.post("/slack/events", body, headers) == (200, "")
    assert len(await up.incidents()) == before + 1


@asynccontextmanager
async def trap():
    """Listen where a forged response address leads; yield who came."""
    came = []

    def met(_, writer):
        came.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(met, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], came


async def test_a_payload_that_is_to_be_answered_elsewhere_is_refused(up, unmoved):
    async with trap() as (port, came):
        for url in (
            f"http://127.0.0.1:{port}/",
            f"https://hooks.slack.com@127.0.0.1:{port}/",
            f"https://hooks.slack.com.evil.example:{port}/",
            "http://hooks.slack.com/commands/1",
            "file:///etc/passwd",
        ):
            told = typed("elsewhere", user=ALEX, response_url=url)
            status, why = await up.send(told)
            assert (status, why) == (401, "Its response address is not Slack's.")
        view = {"response_urls": [{"response_url": f"http://127.0.0.1:{port}/"}]}
        assert (await up.send({"type": "view_submission", **view}, "x"))[0] == 401
    assert came == []


@pytest.mark.parametrize("own", [False, True])
async def test_an_address_of_slack_or_of_the_configured_one_is_taken(up, own):
    api_url = up.workspace.api_url if own else "https://hooks.slack.com/"
    told = typed("help", user=LEE, response_url=f"{api_url}commands/1/2/3")
    status, said = await up.send(told)
    assert status == 200
    assert "What you can type" in said


async def test_a_message_with_too_many_files_is_refused_to_the_person(up):
    told = await up.workspace.command(SAM, HERE, "/triage", "files alice")
    assert told.ok
    (head,) = (one for one in await up.incidents() if one.room == "files")
    incident = head.incident
    await up.workspace.wait_for(lambda: up.workspace.messages(HERE), 10)
    card = None
    while card is None:
        drawn = await up.loops.bot.store.drawings(incident)
        card = next((one.ts for one in drawn if one.part == "card"), None)
        await asyncio.sleep(0.01)
    files = [{"id": f"F{n}", "name": "x.log"} for n in range(MAX_FILES + 1)]
    event = {
        "type": "message",
        "subtype": "file_share",
        "user": SAM,
        "channel": HERE,
        "ts": "1.2",
        "thread_ts": card,
        "files": files,
    }
    wrapped = {"type": "event_callback", "team_id": "T0TEAM", "event": event}
    status, _ = await up.send({**wrapped, "event_id": "Ev1"}, "events_api")
    assert status == 200
    said = up.workspace.ephemerals
    await up.workspace.wait_for(lambda: said(SAM), 10)
    assert f"At most {MAX_FILES} files" in said(SAM)[-1]["text"]
    assert not (await up.loops.desk.service.load(incident)).waiting


async def test_who_asks_too_much_is_told_so_and_nothing_taken_is_lost(up):
    """All at once, three times what one may ask: a part is done, the rest is told."""
    asked = [typed(f"flood-{n}", user=MAX_) for n in range(3 * PER_MINUTE)]
    answers = await asyncio.gather(*(up.send(told) for told in asked))
    taken = [
        told["text"]
        for told, answer in zip(asked, answers, strict=True)
        if answer == (200, "")
    ]
    refused = [json.loads(said)["text"] for status, said in answers if said]
    assert {status for status, _ in answers} == {200}
    assert len(taken) >= PER_MINUTE
    assert len(taken) + len(refused) == len(asked)
    assert refused
    assert all("nothing of this was done" in said for said in refused)
    assert all("Try again in" in said for said in refused)
    stored = {head.room for head in await up.incidents()}
    assert {room for room in stored if room.startswith("flood-")} == set(taken)
    await up.workspace.wait_for(lambda: _drawn(up, taken), 20)
    status, said = await up.send(typed("help", user=LEE))
    assert (status, "What you can type" in said) == (200, True)


def _drawn(up, rooms):
    """Say whether the card of every one of these rooms is in the channel."""
    cards = json.dumps(up.workspace.messages(HERE))
    return all(room in cards for room in rooms)


async def test_who_presses_too_much_is_written_to_once_then_slack_says_that_it_failed(
    up,
):
    press = {
        "type": "block_actions",
        "user": {"id": ROBIN, "team_id": "T0TEAM"},
        "team": {"id": "T0TEAM"},
        "channel": {"id": HERE},
        "container": {"message_ts": "1.2"},
        "actions": [{"action_id": "triage:run", "value": "x", "action_ts": "1"}],
    }
    statuses = []
    for number in range(PER_MINUTE + 5):
        press["trigger_id"] = f"press.{number}"
        statuses.append((await up.send(press, "interactive"))[0])
    assert statuses[:PER_MINUTE] == [200] * PER_MINUTE
    assert set(statuses[-3:]) == {500}
    said = up.workspace.ephemerals
    await up.workspace.wait_for(lambda: _of_too_much(said(ROBIN)), 10)
    assert len(_of_too_much(said(ROBIN))) < 5


def _of_too_much(said):
    return [one for one in said if "You ask for more" in one["text"]]


CASES, COMMANDS = 240, "slash_commands"


def fuzzed(seed):
    """Yield spoilt payloads of every kind, each with how Slack would send it."""
    rng = random.Random(seed)  # noqa: S311  no secret
    seeds = (*payload_cases.SEEDS, *view_cases.setup())
    for number in range(CASES):
        told = mutations.value(rng, seeds)
        if not isinstance(told, dict):
            continue
        told["trigger_id"] = f"fuzzed.{number}"
        if "command" in told:
            yield {name: _sendable(value) for name, value in told.items()}, COMMANDS
        elif "event" in told:
            yield told | {"type": "event_callback"}, "events_api"
        else:
            yield told | _routed(rng, told), "interactive"


def _sendable(value):
    """A form has no halves of characters, and nothing but text."""
    return str(value).encode("utf-8", "replace").decode()


def _routed(rng, told):
    """Have it reach one of our own listeners."""
    view = told.get("view")
    if not isinstance(view, dict):
        return {"type": rng.choice(("block_actions", "message_action"))}
    view |= {"type": "modal", "callback_id": form.OPEN_FORM}
    action = {"type": "external_select", "action_id": form.ROOM, "block_id": "b"}
    return rng.choice(
        (
            {"type": "view_submission"},
            {"type": "block_actions", "actions": [action]},
            {"type": "block_suggestion", **action, "value": mutations.words(rng)},
        )
    )


async def test_no_payload_brings_the_bot_down(up, monkeypatch):
    """Signed as Slack signs, with all in it that Slack would never send."""
    without_limit = Allowance(Rate(1e9, 1e9), time.monotonic)
    monkeypatch.setattr(up.loops.desk.crowd, "_each", without_limit)
    with capture_logs() as logs:
        for told, kind in fuzzed(1):
            status, said = await up.send(told, kind)
            assert status in {200, 400, 401, 404}, (told, status, said)
            assert "<!" not in said, told
    events = [one["event"] for one in logs]
    assert "request.crashed" not in events, logs
    assert events.count("request.refused") > CASES // 4
    for call in up.workspace.journal.calls():
        judge(call)
    status, said = await up.send(typed("help", user=LEE))
    assert (status, "What you can type" in said) == (200, True)


@pytest.mark.parametrize(
    "odd",
    [
        {"type": "event_callback", "event": {"type": []}},
        {"type": "block_actions", "actions": []},
        {"type": "block_actions", "actions": [{}]},
        {"type": "block_actions", "actions": [{"action_id": []}]},
        {"type": "message_action", "callback_id": []},
        {"type": "shortcut", "callback_id": {}},
        {"type": "block_suggestion", "action_id": 7},
        {"type": "view_submission", "view": {"callback_id": 7, "type": "modal"}},
        {"type": "view_submission", "view": {"callback_id": form.OPEN_FORM}},
    ],
    ids=str,
)
async def test_what_bolt_would_stumble_over_is_refused_with_a_reason(up, odd):
    """Else Slack is told that the bot failed, and it counts that against the app."""
    who = {"user": {"id": LEE, "team_id": "T0TEAM"}, "team": {"id": "T0TEAM"}}
    kind = "events_api" if "event" in odd else "interactive"
    status, why = await up.send(who | odd, kind)
    assert (status, why) == (400, "The body cannot be read.")


async def test_a_button_that_names_no_incident_of_ours_calls_nobody(up):
    """What somebody makes up is not quoted to them as markup."""
    before = len(up.workspace.ephemerals(SAM))
    press = {
        "type": "block_actions",
        "user": {"id": SAM, "team_id": "T0TEAM"},
        "team": {"id": "T0TEAM"},
        "channel": {"id": HERE},
        "container": {"message_ts": "1.2"},
        "actions": [{"action_id": refs.RESOLVE, "value": '{"i":"in<!everyone|all>1"}'}],
    }
    assert (await up.send(press, "interactive"))[0] == 200
    await up.workspace.wait_for(lambda: len(up.workspace.ephemerals(SAM)) > before, 10)
    text = up.workspace.ephemerals(SAM)[-1]["text"]
    assert "<" not in text
    assert "newest message" in text


def webhook(number=1, room="webhooks", **more):
    told = {
        "event": "participant_joined",
        "id": f"EV_{number}",
        "createdAt": str(int(time.time())),
        "room": {"name": room},
        "participant": {"identity": "ann", "sid": "PA_1"},
        **more,
    }
    return json.dumps(told).encode()


def token(body, key=KEY, secret=SECRET, ttl=300):
    digest = b64encode(sha256(body).digest()).decode()
    made = api.AccessToken(key, secret).with_sha256(digest)
    return made.with_ttl(timedelta(seconds=ttl)).to_jwt()


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("wrong key", "another API key"),
        ("wrong secret", "another API key"),
        ("tampered", "not in order"),
        ("old", "expired"),
        ("unsigned", "not in order"),
        ("no hash", "not in order"),
    ],
)
async def test_a_webhook_that_is_not_livekits_is_refused(up, what, words):
    body = webhook(room=what)
    sent = {
        "wrong key": (body, token(body, key="APIother")),
        "wrong secret": (body, token(body, secret="o" * 40)),
        "tampered": (body.replace(b"ann", b"eve"), token(body)),
        "old": (body, token(body, ttl=-400)),
        "unsigned": (body, ""),
        "no hash": (body, api.AccessToken(KEY, SECRET).to_jwt()),
    }[what]
    status, why = await up.livekit(*sent)
    assert status == 401
    assert words in why
    assert list(await up.moves(what)) == []


async def test_a_webhook_that_is_replayed_is_recorded_once(up):
    body = webhook(room="replayed")
    signed_once = token(body)
    for made in (signed_once, signed_once, token(body)):
        assert (await up.livekit(body, made))[0] == 200
    assert len(await up.moves("replayed")) == 1


@pytest.mark.parametrize("at", ["9223372036854775807", "253402300800"])
async def test_a_webhook_of_no_possible_time_is_refused_and_not_tried_again(up, at):
    body = webhook(room="timeless", createdAt=at)
    status, why = await up.livekit(body, token(body))
    assert (status, "time" in why) == (401, True)
    joined = webhook(
        room="timeless", participant={"identity": "a", "sid": "P", "joinedAt": at}
    )
    assert (await up.livekit(joined, token(joined)))[0] == 401
    assert list(await up.moves("timeless")) == []
