"""Secrets of every kind are planted in every input; none comes out where it should not.

One incident is played on the rehearsal with the real process: forms, presses, an act,
diagnostics, webhooks, refused requests, a crash with a dump, a restart, a stored event
that cannot be read, a change of the key, a file, words typed amiss. Then everything
that came out is searched.
"""

import asyncio
import contextlib
import io
import re
import signal
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest

from bot import __main__ as command_line
from bot.store.keys import key_file_of
from bot.store.rows import Change, EventRow, Head
from bot.store.seal import written
from bot.store.signing import own_key_path
from bot.store.store import open_store
from rehearsal.cohrtz.app_log import AppLog
from rehearsal.keepsake import leave_summaries
from rehearsal.options import RehearsalOptions
from rehearsal.player import Player
from rehearsal.scenario import SCENARIOS, read
from rehearsal.scenario import Scenario as Page
from rehearsal.script import DoStep, Resolve
from rehearsal.seen import told
from rehearsal.stagehands import House, begin, put_up
from tests.e2e.houses import player_of, script, sight_of, whispered
from tests.e2e.trails import exported
from tests.e2e.trails import seen as shown

# What is played is played once, in one process.
pytestmark = pytest.mark.e2e

DATA_ROOM = "01990000-dead-7bee-8f00-00000000c0de"
"""A room that nobody asks about."""
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5LXNpZ25hdHVyZQ"
TOKEN = "xoxb-99999-canary-pasted"
WORDS = "canary-words-of-a-person"
INVITE = "canary-invite-7Q4K"
KEY = "Y2FuYXJ5LWtleS1vZi0zMi1ieXRlcy0wMDAwMDAwMDA="
NAME = "canary-display-name"
METADATA = "canary-metadata"
CONTENT = "canary-content-of-a-row"
STORED = "canary-in-an-event-of-later"
PROFILE = "canary-of-a-profile"
TYPED = "canary-typed-amiss"

PASTED = f"{WORDS} token {TOKEN} jwt {JWT} invite {INVITE}"
ANY_JWT = re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}")
KEY_FILES = frozenset({".keys", ".signing-key"})
READ = "(log)"
UP_TO_RUN = 7
"""So many acts of the script come before Run is pressed."""


@dataclass
class Found:
    """What came out, by where: texts to search."""

    places: dict[str, list[str]] = field(default_factory=dict)

    def add(self, place: str, *texts: object) -> None:
        self.places.setdefault(place, []).extend(map(str, texts))

    def files(self, place: str, paths: Iterable[Path]) -> None:
        self.add(place, *(path.read_bytes().decode("latin-1") for path in paths))

    def where(self, canary: str) -> set[str]:
        """Name the places in which a canary sings."""
        return {
            place
            for place, texts in self.places.items()
            if any(canary in text for text in texts)
        }


def page() -> Page:
    """Take an incident in which people paste what they should not."""
    scene = read(SCENARIOS / "expired-token.md")
    other = read(SCENARIOS / "sync-requests-unanswered.md").diagnostics["answered"]
    reported = tuple(
        one.model_copy(update={"by": "alice", "peer": one.peer and "bob"})
        for one in other
    )
    acts = tuple(
        act.model_copy(update={"words": PASTED})
        if isinstance(act, DoStep | Resolve) and act.words
        else act
        for act in scene.good_responder
    )
    peers = {
        name: peer.model_copy(update={"rooms": (*peer.rooms, DATA_ROOM)})
        for name, peer in scene.peers.items()
    }
    changed = {
        "good_responder": acts,
        "peers": peers,
        "diagnostics": {"begin": reported},
    }
    return scene.model_copy(update=changed)


@asynccontextmanager
async def house_of(folder: Path) -> AsyncIterator[House]:
    async with put_up(RehearsalOptions(), page(), folder) as house:
        crashing = {"PYTHONFAULTHANDLER": "1"}
        house.bot.environment = {**house.bot.environment, **crashing}
        await begin(house)
        yield house


def dress(house: House) -> int:
    """Give everybody in a room a name and metadata; return how many there are."""
    rooms = house.deployment.rooms
    for sid in tuple(rooms._sessions):
        more = {"invite": INVITE, "key": KEY}
        rooms.change(sid, name=NAME, metadata=METADATA, attributes=more)
    return len(rooms._sessions)


async def refusals(house: House) -> list[str]:
    """Send what is not in order, full of canaries; return what it is answered."""
    room = quote(house.scenario.room, safe="")
    canary = f'{{"{WORDS}": "{TOKEN} {JWT} {INVITE} {CONTENT}"}}\n'
    bearer = {"Authorization": f"Bearer {house.reporter.bearer}"}
    wrong = {"Authorization": f"Bearer {JWT}"}
    stale = {"X-Slack-Signature": f"v0={TOKEN}", "X-Slack-Request-Timestamp": "1"}
    sent: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("/slack/events", stale),
        ("/livekit/webhook", wrong),
        (f"/diagnostics/v1/rooms/{room}", wrong),
        (f"/diagnostics/v1/rooms/{room}", bearer),
        (f"/diagnostics/v1/rooms/{DATA_ROOM}", bearer),
        (f"/{WORDS}?token={TOKEN}&access_token={JWT}", {}),
        ("/metrics", {}),
    )
    answers: list[str] = []
    async with aiohttp.ClientSession(house.bot.url) as session:
        for path, headers in sent:
            async with session.post(path, data=canary, headers=headers) as answer:
                assert answer.status >= 400
                answers.append(f"{answer.headers} {await answer.text()}")
        for path in ("/healthz", "/readyz", "/metrics"):
            async with session.get(path) as answer:
                answers.append(f"{answer.headers} {await answer.text()}")
    return answers


def log_file() -> bytes:
    """Return an app's log with what somebody would rather not have in it."""
    said = AppLog(debug=True).add("gsk-wait-expired", "unicast-fault", times=3)
    secret = f"{CONTENT} {TOKEN} {JWT} {KEY} {DATA_ROOM}"
    return "\n".join(f"{line} {secret}" for line in said.text().splitlines()).encode()


async def drop(house: House, player: Player) -> None:
    """Drop a file whose name and lines are full of canaries; wait until it is read."""
    card = sight_of(house).card()
    assert card is not None
    name = f"{TOKEN} {DATA_ROOM}.log"
    where = house.channel, name, log_file(), str(card["ts"])
    await house.workspace.drop_file("U0RESP", *where)
    seat = player.seat("robin")
    await seat.until(lambda: READ in shown_of(house), "the file to be read")


def shown_of(house: House) -> str:
    return " ".join(told(message) for message in sight_of(house).thread())


async def type_amiss(house: House) -> None:
    """Type what is no command, no page and no event."""
    for line in (f"runbook {TYPED}", f'"{TYPED}', f"erase 99 {TYPED} {TOKEN}"):
        await house.workspace.command("U0RESP", house.channel, "/triage", line)


async def crash(house: House, found: Found) -> None:
    """Let it die with a dump in the middle; look at the files as they lie there."""
    process = house.bot._process
    assert process is not None
    process.send_signal(signal.SIGABRT)
    await process.wait()
    found.files("database", databases(house.folder))
    assert (house.folder / "triage.db-wal").stat().st_size > 0
    await house.bot.start()


async def plant_event(house: House) -> None:
    """Store an event that this version cannot read, as a later one might have."""
    at, body = datetime.now(UTC), f'{{"kind": "of.later", "words": "{STORED}"}}'
    head = Head("zzzzzzzzzz", house.channel, house.scenario.room, "open", 1, at)
    event = EventRow("zzzzzzzzzz", 1, at, "U1", "of.later", body)
    async with open_store(house.folder / "triage.db") as store:
        await store.commit(Change(head, (event,)))


def databases(folder: Path) -> list[Path]:
    """Name the files of the database, but those of its keys."""
    files = sorted(folder.glob("triage.db*"))
    return [file for file in files if file.suffix not in KEY_FILES]


def log_of(house: House) -> str:
    return (house.folder / "bot.log").read_text()


def slack_heard(house: House) -> Iterator[str]:
    """Yield all that the bot told Slack, and what it answered to deliveries."""
    for entry in house.workspace.journal:
        if entry.kind == "call":
            yield f"{entry.name} {entry.arguments}"
        else:
            yield f"{entry.name} {entry.answer}"
    for person in house.workspace.state.directory.people:
        yield whispered(house, person)


def rotated(folder: Path) -> str:
    """Change the key with the command, as nobody runs; return what it prints."""
    said = io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
        patch.setenv("TRIAGE_DATABASE", str(folder / "triage.db"))
        patch.setattr("bot.logs.set_up", lambda **_: None)
        assert command_line.main(["rotate-keys", "--new-key"]) == 0
    return said.getvalue()


async def unreadable_is_told(house: House) -> None:
    """Start on the planted event and wait until the log tells of it."""
    await house.bot.start()
    async with asyncio.timeout(30):
        while "zzzzzzzzzz" not in log_of(house):  # noqa: ASYNC110  a file rings no bell
            await asyncio.sleep(0.05)
    await house.bot.stop()


async def live(house: House, found: Found) -> None:
    """Play the whole incident, with everything that can go wrong in between."""
    directory = house.workspace.state.directory
    robin = directory.people["U0RESP"]
    directory.set_person(replace(robin, real_name=PROFILE))
    await house.reporter.post(house.scenario.diagnostics["begin"])
    assert dress(house) >= 3
    player = player_of(house)
    for act in script(house, 0, UP_TO_RUN):
        await player.do(act)
    found.add("errors", *await refusals(house))
    await drop(house, player)
    await type_amiss(house)
    await crash(house, found)
    for act in script(house, UP_TO_RUN):
        await player.do(act)
    assert player.resolved()
    await house.bot.kill()
    found.files("database", databases(house.folder))
    found.add("slack", *slack_heard(house))


@pytest.fixture(scope="module")
def lived(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Found, Mapping[str, str], str]:
    """Live through it once; return what came out, the secrets, and the room."""
    folder = tmp_path_factory.mktemp("canaries")
    found, secrets, room = asyncio.run(_lived(folder))
    before = databases(folder)[0].read_bytes()
    found.add("command", rotated(folder))
    assert databases(folder)[0].read_bytes() != before
    found.files("database", databases(folder))
    return found, secrets | keys_of(folder), room


async def _lived(folder: Path) -> tuple[Found, Mapping[str, str], str]:
    found = Found()
    async with house_of(folder) as house:
        await live(house, found)
        secrets = secrets_of(house)
        summaries = await leave_summaries(folder, {})
        assert summaries
        found.files("export", summaries)
        bundle = await asyncio.to_thread(exported, shown(house, folder))
        found.files("bundle", [bundle])
        await plant_event(house)
        await unreadable_is_told(house)
        found.files("database", databases(house.folder))
        found.add("log", log_of(house))
        return found, secrets, house.scenario.room


def secrets_of(house: House) -> dict[str, str]:
    """Name every secret of the bot's own."""
    app, deployment = house.workspace.settings.app, house.deployment.settings
    environment = house.bot.environment
    return {
        "bot token": app.bot_token,
        "app token": app.app_token,
        "signing secret": app.signing_secret,
        "api secret": deployment.api_secret,
        "diagnostics secret": environment["TRIAGE_DIAGNOSTICS_SECRET"],
        "room's secret": house.reporter.bearer,
    }


def keys_of(folder: Path) -> dict[str, str]:
    ring = key_file_of(folder / "triage.db").read()
    assert ring is not None
    assert len(ring.keys) == 2
    sealing = {f"key {one.name}": written(one).partition(":")[2] for one in ring.keys}
    seed = own_key_path(folder / "triage.db").read_text().splitlines()[-1]
    return sealing | {"signing key": seed}


def test_no_secret_of_the_bot_comes_out_anywhere(lived):
    found, secrets, _ = lived
    for name, secret in secrets.items():
        assert len(secret) > 10, name
        assert found.where(secret) == set(), name


def test_no_jwt_comes_out_anywhere(lived):
    """Neither those that the endpoint mints nor the one that a person pastes."""
    found, _, _ = lived
    for place, texts in found.places.items():
        assert not any(ANY_JWT.search(text) for text in texts), place


@pytest.mark.parametrize(
    "canary",
    [TOKEN, JWT, DATA_ROOM, KEY, NAME, METADATA, CONTENT, STORED, PROFILE],
)
def test_what_nobody_needs_to_see_comes_out_nowhere(lived, canary):
    found, _, _ = lived
    assert found.where(canary) == set()


@pytest.mark.parametrize("canary", [WORDS, INVITE])
def test_what_a_person_wrote_is_seen_in_their_channel_and_summary_alone(lived, canary):
    found, _, _ = lived
    assert found.where(canary) == {"slack", "export", "bundle"}


def test_what_was_typed_amiss_is_answered_and_kept_nowhere(lived):
    found, _, _ = lived
    assert found.where(TYPED) <= {"slack"}


def test_the_room_that_is_asked_about_is_seen_in_slack_and_the_summary_alone(lived):
    found, _, room = lived
    assert found.where(room) == {"slack", "export", "bundle"}


def test_the_crash_left_a_dump_and_the_unreadable_event_its_error(lived):
    """Else the searches above would have nothing to search."""
    found, _, _ = lived
    (log,) = found.places["log"]
    assert "Fatal Python error: Aborted" in log
    assert "union_tag_invalid" in log
    assert found.where("[secret]") >= {"slack"}
    places = {"bundle", "command", "database", "errors", "export", "log", "slack"}
    assert found.places.keys() == places
