"""Who may act, over the real bot: refused, approved by others, void, the glass broken.

One house is played through once, with what was seen at each turn; each test reads that.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.core.bundle import Bundle
from rehearsal.cohrtz.sessions import Session
from rehearsal.seen import told
from rehearsal.slack import Person
from rehearsal.slack.settings import UserGroup
from rehearsal.stagehands import House
from tests.e2e.houses import begun, seat_of, sight_of, whispered

# The story is played once, in one process.
pytestmark = pytest.mark.e2e

ROBIN, SAM, PAT, LEE, MAX = "U0RESP", "U0SECOND", "U0PAT", "U0LEE", "U0MAX"
LEADS = UserGroup("S0LEADS", "leads", "Leads", (ROBIN, LEE, MAX))
POLICY = """
[groups]
on-call = ["S0ONCALL"]
leads = ["S0LEADS"]
[may]
room = ["on-call"]
approve = ["leads"]
break-glass = ["on-call"]
export = ["on-call"]
[approvals]
room = 2
minutes = {minutes}
[caps]
room-per-room-and-hour = 20
"""


ANNOUNCE = "Ensure handshake"
"""How the first step of the page begins."""


@dataclass
class Seen:
    """What was to be seen, by the turn of the story."""

    texts: dict[str, str] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    """How often the room was disturbed until then."""


@dataclass
class Stage:
    house: House
    seen: Seen
    run: int = 0

    @property
    def sight(self):
        return sight_of(self.house)

    def seat(self, user):
        return seat_of(self.house, user)

    def step(self) -> str:
        """All that the newest first step says: each run has one."""
        return told(self.sight.step(1) or {})

    async def press(self, user, label, words="") -> None:
        await self.seat(user).press(lambda: self.sight.step_button(1, label), label)
        if words:
            await self.seat(user).submit("words", words)

    async def until(self, there: Callable[[], object], what: str) -> None:
        await self.seat(ROBIN).until(there, what)

    async def start(self) -> None:
        """Start the page anew; one that is under way is left for another first."""
        for page, says in (("sync-divergence", ""), ("missing-group-key", ANNOUNCE)):
            before = self.step()
            await self.seat(ROBIN).type(f"runbook {page}", lambda: None)
            await self.until(lambda b=before: self.step() != b, page)
            await self.until(lambda s=says: s in self.step(), page)
        await self.until(self.runs, "Run")

    def runs(self):
        return self.sight.step_button(1, "Run")

    async def ask(self) -> None:
        await self.press(ROBIN, "Run")
        await self.until(lambda: self.sight.step_button(1, "Approve"), "a request")

    def note(self, turn: str, text: str | None = None) -> None:
        self.seen.texts[turn] = self.step() if text is None else text
        entries = self.house.deployment.journal.find(place="livekit", outcome="200")
        self.seen.sent[turn] = sum(e.path.endswith("/SendData") for e in entries)


def _people(house: House) -> None:
    directory = house.workspace.state.directory
    for user in (PAT, LEE, MAX):
        directory.set_person(Person(user, user.lower(), user))
        directory.join(house.channel, user)
    directory.set_group(LEADS)


async def _somebody_is_denied(stage: Stage) -> None:
    house = stage.house
    await stage.press(PAT, "Run")
    await stage.until(lambda: whispered(house, PAT), "a reason")
    await stage.until(lambda: "was refused" in stage.step(), "the refusal")
    stage.note("denied", f"{whispered(house, PAT)} {stage.step()}")
    so_far = await house.workspace.command(PAT, house.channel, "/triage", "summary")
    stage.note("so far", told(so_far.message))


async def _the_room_changes(stage: Stage) -> None:
    house = stage.house
    await stage.ask()
    stage.note("asked")
    await stage.press(ROBIN, "Approve")
    await stage.until(lambda: whispered(house, ROBIN), "a reason")
    stage.note("own", whispered(house, ROBIN))
    await stage.press(LEE, "Approve")
    await stage.until(lambda: "Approved by" in stage.step(), "the first approval")
    _let_in(house)
    await stage.press(MAX, "Approve")
    await stage.until(stage.runs, "Run again")
    stage.note("changed")


def _let_in(house: House) -> None:
    """Let one more participant into the room."""
    rooms, room = house.deployment.rooms, house.scenario.room
    one = rooms.sessions(room)[0]
    other = replace(one.grants, identity="user:somebody-else")
    session = rooms.join(Session(room=room, grants=other), lambda _: None)
    rooms.connected(session.sid)


async def _two_approve(stage: Stage) -> None:
    await stage.ask()
    for user in (LEE, MAX):
        await stage.press(user, "Approve")
    await stage.until(lambda: "was done" in stage.step(), "the act")
    stage.note("approved")


async def _the_glass_is_broken(stage: Stage) -> None:
    await stage.start()
    await stage.ask()
    await stage.press(SAM, "Break the glass", "Nobody else is awake.")
    await stage.until(lambda: "was done" in stage.step(), "the act")
    await stage.until(lambda: "Nobody else is awake" in _channel(stage), "the message")
    stage.note("glass", _channel(stage))


def _channel(stage: Stage) -> str:
    return " ".join(map(told, stage.house.workspace.messages(stage.house.channel)))


async def _somebody_leaves_the_group(stage: Stage) -> None:
    house = stage.house
    await stage.start()
    await stage.ask()
    await stage.press(LEE, "Approve")
    await stage.until(lambda: "Approved by" in stage.step(), "the first approval")
    await house.bot.kill()
    house.workspace.state.directory.set_group(replace(LEADS, users=(ROBIN, MAX)))
    (house.folder / "policy.toml").write_text(POLICY.format(minutes=1))
    await house.bot.start()
    await stage.press(MAX, "Approve")
    await stage.until(lambda: "It cannot be run now" in stage.step(), "the refusal")
    stage.note("removed")


async def _nobody_approves_in_time(stage: Stage) -> None:
    await stage.press(ROBIN, "Look again")
    await stage.until(stage.runs, "Run")
    await stage.ask()
    await stage.until(stage.runs, "the end of its time")
    stage.note("expired")


async def _play(folder: Path) -> Seen:
    policy = folder / "policy.toml"
    policy.write_text(POLICY.format(minutes=15))
    how = {"policy": policy}
    async with begun(folder, "sync-requests-unanswered", **how) as house:
        _people(house)
        stage, scene = Stage(house, Seen()), house.scenario
        who = scene.peers[scene.participant].identity
        card = stage.sight.card
        await stage.seat(ROBIN).type(f'"{scene.room}" "{who}" Help', card)
        await stage.until(card, "the card")
        await stage.start()
        await _somebody_is_denied(stage)
        await _the_room_changes(stage)
        await _two_approve(stage)
        await _the_glass_is_broken(stage)
        await _somebody_leaves_the_group(stage)
        await _nobody_approves_in_time(stage)
        await _what_is_typed(stage)
    return stage.seen


async def _what_is_typed(stage: Stage) -> None:
    house, workspace = stage.house, stage.house.workspace
    shared = next(c.id for c in workspace.channels.values() if c.is_ext_shared)
    for turn, user, channel, text in (
        ("summary", ROBIN, house.channel, "summary"),
        ("erase", ROBIN, house.channel, "erase 1 It names somebody"),
        ("no export", PAT, house.channel, "export"),
        ("shared", ROBIN, shared, f'"{house.scenario.room}"'),
        ("export", ROBIN, house.channel, "export"),
    ):
        answer = await workspace.command(user, channel, "/triage", text)
        stage.note(turn, told(answer.message))
    said = [m for m in workspace.messages(shared) if m.get("bot_id")]
    stage.seen.sent["said in the shared channel"] = len(said)
    await stage.until(lambda: _sent(house, ROBIN), "the bundle")
    stage.note("bundle", _sent(house, ROBIN))


def _sent(house: House, user: str) -> str:
    """The content of the file that a person was sent."""
    state = house.workspace.state
    direct = house.workspace.messages(state.directory.direct(user).id)
    ids = [file["id"] for message in direct for file in message.get("files", ())]
    return "".join(state.files.get(one).content.decode() for one in ids)


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return asyncio.run(_play(tmp_path_factory.mktemp("policy")))


def test_who_may_not_is_told_why_and_who_could_and_it_is_on_the_timeline(seen):
    text = seen.texts["denied"]
    assert "does not let you run what disturbs a room" in text
    assert "on-call" in text
    assert f"<@{PAT}> was refused" in text
    assert f"<@{PAT}> was refused" in seen.texts["so far"]


def test_a_request_shows_what_is_bound_who_may_approve_and_until_when(seen):
    text = seen.texts["asked"]
    assert f"<@{ROBIN}> asks to run it; it lacks 2 approvals by leads" in text
    assert "until" in text
    assert "the apps of all 2 participants" in text
    assert seen.sent["asked"] == 0


def test_whoever_asked_cannot_approve(seen):
    assert "asked for it yourself" in seen.texts["own"]


def test_a_room_that_changed_voids_what_was_approved(seen):
    assert "void" in seen.texts["changed"]
    assert "all 3 participants" in seen.texts["changed"]
    assert seen.sent["changed"] == 0


def test_two_others_let_it_run_once(seen):
    for user in (LEE, MAX):
        assert f"<@{user}> approved it" in seen.texts["approved"]
    assert seen.sent["approved"] == 1


def test_the_broken_glass_is_loud_in_the_channel_and_marked_in_the_summary(seen):
    assert "The glass is broken" in seen.texts["glass"]
    assert f"<@{SAM}>" in seen.texts["glass"]
    assert "<!" not in seen.texts["glass"].replace("<!date", "")
    assert seen.sent["glass"] == 2
    assert "GLASS BROKEN" in seen.texts["summary"]


def test_an_approval_of_somebody_who_left_the_group_does_not_count_any_more(seen):
    assert f"<@{LEE}> may not approve actions now" in seen.texts["removed"]
    assert seen.sent["removed"] == 2


def test_a_request_that_nobody_approves_in_time_is_void(seen):
    assert "The time to approve it is over" in seen.texts["expired"]
    assert seen.sent["expired"] == 2


def test_what_the_policy_binds_is_for_nobody_if_it_does_not_say_so(seen):
    assert "lets nobody change what the policy binds" in seen.texts["erase"]


def test_only_whoever_may_is_sent_the_bundle(seen):
    assert "does not let you export incidents" in seen.texts["no export"]
    assert "you alone" in seen.texts["export"]
    bundle = Bundle.model_validate_json(seen.texts["bundle"])
    kinds = [event.kind for event in bundle.events]
    assert kinds.count("glass.broken") == 1
    assert kinds.count("action.intended") == 2
    assert kinds.count("approval.voided") == 2
    assert kinds.count("action.refused") == 1


def test_no_incident_is_shown_in_a_channel_that_is_shared_outside(seen):
    assert "shared with another company" in seen.texts["shared"]
    assert seen.sent["said in the shared channel"] == 0
