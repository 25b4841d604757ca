"""`/triage export` sends the bundle to whoever may have it, and to nobody else."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from desk_house import ROBIN, SAM, house

from bot.bundles import read_bundle, written
from bot.core.bundle import Bundle
from bot.core.policy import Deed
from bot.engine.authority import Authority
from bot.errors import StoreError, UsageError
from handlers.exporting import Exports, Unsent
from handlers.slack import SlackUnsure
from rehearsal.slack.faults import Fault, Status
from tests.fakes.allowed import EVERYTHING

BUNDLE = read_bundle(
    Path(__file__).parents[1] / "corpus" / "expired-token.json", Bundle
)
pytestmark = pytest.mark.wire


async def bundle(incident):
    return BUNDLE.model_copy(update={"incident": incident})


@pytest.fixture
async def at(tmp_path):
    async with house(tmp_path) as one:
        slack = one.desk.slack
        exports = Exports(slack, bundle, str(slack.web.base_url))
        object.__setattr__(one.desk, "exports", exports)
        yield one
        await exports.stop()


def given(at, user):
    """Return the contents of the files that a person was sent."""
    state = at.workspace.state
    sent = at.workspace.messages(state.directory.direct(user).id)
    ids = [file["id"] for message in sent for file in message.get("files", ())]
    return [state.files.get(one).content.decode() for one in ids]


async def test_whoever_may_is_sent_the_bundle_alone(at):
    incident = await at.open()
    assert "you alone" in await at.type("export")
    await at.workspace.wait_for(lambda: given(at, ROBIN))
    assert given(at, ROBIN) == [written(await bundle(incident))]
    assert given(at, SAM) == []


async def test_whoever_may_not_is_sent_nothing(at):
    nobody = replace(EVERYTHING, may=EVERYTHING.may | {Deed.EXPORT: frozenset()})
    object.__setattr__(at.desk, "authority", Authority(nobody, at.desk.people))
    incident = await at.open()
    assert "lets nobody export" in await at.type("export")
    assert (await at.kinds(incident))[-1] == "press.refused"
    assert at.desk.exports.under_way == {}


async def test_what_cannot_be_sent_is_told(at):
    at.workspace.faults.add(Fault("files.completeUploadExternal", Status(500)))
    await at.open()
    await at.type("export")
    told = await at.whispered(count=2)
    assert "was not sent" in told
    assert "Ask again" in told


async def test_what_cannot_be_read_is_told(at):
    async def broken(incident):
        raise StoreError(f"The trail of {incident} is not whole.")

    object.__setattr__(at.desk.exports, "export", broken)
    await at.open()
    await at.type("export")
    assert "is not whole" in await at.whispered(count=2)


async def test_the_same_is_not_sent_twice_at_once_and_only_some_at_a_time(at):
    hold = asyncio.Event()

    async def slow(incident):
        await hold.wait()
        return await bundle(incident)

    async def failed(_):
        raise AssertionError

    exports = Exports(at.desk.slack, slow, str(at.desk.slack.web.base_url))
    exports.begin("a", ROBIN, failed)
    with pytest.raises(UsageError, match="on its way"):
        exports.begin("a", ROBIN, failed)
    exports.begin("a", SAM, failed)
    exports.begin("b", SAM, failed)
    with pytest.raises(UsageError, match="Others"):
        exports.begin("c", SAM, failed)
    await exports.stop()
    await asyncio.sleep(0)
    assert exports.under_way == {}


class Elsewhere:
    """A Slack that names another place for the file."""

    def __init__(self, url, session=None) -> None:
        self.url = url
        self.web = self
        self.session = session

    async def call(self, method, **_):
        if method == "files.completeUploadExternal":
            raise SlackUnsure("lost")
        return {"upload_url": self.url, "file_id": "F1"}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/upload",
        "http://files.slack.com/upload",
        "https://files.slack.com.evil.example/x",
        "https://user@files.slack.com/upload",
        "",
        "http://[",
    ],
)
async def test_the_bundle_goes_nowhere_but_to_slacks_file_host(url):
    with pytest.raises(Unsent, match="not sent"):
        await Exports(Elsewhere(url), bundle).send(BUNDLE, ROBIN)


async def test_a_closed_connection_and_a_refusal_are_told(at):
    closed = Exports(Elsewhere("https://files.slack.com/upload/v1/x"), bundle)
    with pytest.raises(Unsent, match="closed"):
        await closed.send(BUNDLE, ROBIN)
    base, session = str(at.desk.slack.web.base_url), at.desk.slack.web.session
    refused = Elsewhere(f"{base.removesuffix('api/')}upload/nothing", session)
    with pytest.raises(Unsent, match="HTTP 400"):
        await Exports(refused, bundle, base).send(BUNDLE, ROBIN)
    gone = Elsewhere("http://127.0.0.1:1/upload", session)
    with pytest.raises(Unsent, match="connection broke"):
        await Exports(gone, bundle, "http://127.0.0.1:1/").send(BUNDLE, ROBIN)
