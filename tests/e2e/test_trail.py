"""A whole incident of the real bot can be checked, and drawn again, by others."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from bot.bundles import read_bundle, written
from bot.core.bundle import Bundle
from bot.core.trail.audit import Kept
from bot.core.trail.chain import FIRST, Entry, body_digest, link_of, statement
from bot.store.keys import KeyFile
from bot.store.peek import peek
from bot.store.signing import SigningKey
from handlers.replay import replayed
from rehearsal.seen import told
from rehearsal.stagehands import House
from tests.e2e.crash import Stage
from tests.e2e.crash import play as played_with
from tests.e2e.life import Blow
from tests.e2e.test_crash_matrix import mortal
from tests.e2e.trails import (
    Played,
    export_while_it_runs,
    exported,
    play,
    triage,
)

# What is played is played once, in one process.
pytestmark = pytest.mark.e2e
__all__ = ["mortal"]

SCRIPT = Path(__file__).parents[2] / "docs" / "verify_trail.py"
MALLORY = SigningKey(b"m" * 32)
WORDS = "A stale cache handed out expired tokens."
"""What the person says who resolves it."""
ERASED = re.compile(r"\[erased by U0BEN, \d{4}-\d\d-\d\d \d\d:\d\d UTC\]")


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Played:
    folder = tmp_path_factory.mktemp("trail")
    return asyncio.run(play(folder, _exported_before_and_after_a_rotation))


async def _exported_before_and_after_a_rotation(house: House, played: Played) -> None:
    await export_while_it_runs(house, played)
    code = await asyncio.to_thread(triage, played, "rotate-keys", "--new-key")
    assert code == 0, "the running bot did not seal anew"
    await asyncio.to_thread(exported, played, "rotated.json")


@pytest.fixture(scope="module")
def bundle(played: Played) -> Bundle:
    return read_bundle(played.folder / "bundle.json", Bundle)


def verdicts(played: Played, path: Path, *heads: str) -> tuple[int, int]:
    """Ask both verifiers; return their exit codes."""
    options = ["--public-key", played.public_key]
    options += [word for head in heads for word in ("--head", head)]
    ours = triage(played, "verify", path, *options)
    theirs = subprocess.run(  # noqa: S603  our own script
        [sys.executable, "-I", SCRIPT, path, *options], check=False, capture_output=True
    )
    return ours, theirs.returncode


def test_heads_are_posted_at_the_opening_at_each_act_and_at_the_end(
    played: Played, bundle: Bundle
) -> None:
    kinds = {event.seq: event.kind for event in bundle.events}
    links = {event.seq: event.link for event in bundle.events}
    posted = {part: played.heads(part) for part in played.shown}
    acts = [part for part in posted if part.startswith("step:") and posted[part]]
    for part, about in (
        ("checks", "checks.requested"),
        (acts[0], "action.finished"),
        ("summary:1", "incident.resolved"),
    ):
        ((head, seq),) = posted[part]
        assert links[int(seq)].startswith(head)
        assert kinds[int(seq)] == about
    acted = [e for e in bundle.events if e.kind == "action.intended"]
    assert len(acts) == len(acted) == 1
    ((current, _),) = posted["card"]
    assert bundle.events[-1].link.startswith(current)


def test_an_export_is_as_it_was_for_both_verifiers(
    played: Played, bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    heads = [f"{head}@{seq}" for head, seq in played.heads("summary:1")]
    heads += [head for head, _ in played.heads("card")]
    assert verdicts(played, played.folder / "bundle.json", *heads) == (0, 0)
    assert "nothing was cut off" in capsys.readouterr().out


def test_a_rotation_of_keys_while_the_bot_runs_leaves_the_trail_as_it_was(
    played: Played, bundle: Bundle, tmp_path: Path
) -> None:
    heads = [f"{head}@{seq}" for head, seq in played.heads("summary:1")]
    assert verdicts(played, played.folder / "rotated.json", *heads) == (0, 0)
    keys = KeyFile(played.database.with_name(f"{played.database.name}.keys"))
    ring = keys.read()
    assert peek(played.database).keys == {ring.sealing} < set(ring.names)
    whole = keys.path.read_text()
    keys.path.write_text(whole.splitlines()[0] + "\n")  # the old one may go
    again = read_bundle(exported(played, "without.json"), Bundle)
    keys.path.write_text(whole)
    assert again.events == bundle.events


def _edited(events: tuple[Kept, ...]) -> tuple[Kept, ...]:
    """Let somebody else have pressed, and something else have been said."""
    last = events[-1]
    body = last.body.replace("null", '"Nothing happened."', 1)
    return (*events[:-1], last.model_copy(update={"body": body, "by": "U0EVE"}))


def _rehashed(events: tuple[Kept, ...], incident: str) -> tuple[Kept, ...]:
    again, previous = [], FIRST
    for one in events:
        digest = body_digest(bytes.fromhex(one.salt or ""), one.body)
        entry = Entry(incident, one.seq, one.at, one.by, one.kind, one.body)
        previous = link_of(entry, digest, previous)
        changes = {"digest": digest.hex(), "link": previous.hex()}
        again.append(one.model_copy(update=changes))
    return tuple(again)


def _resigned(events: tuple[Kept, ...]) -> tuple[Kept, ...]:
    return tuple(
        one.model_copy(
            update={
                "signer": MALLORY.public.hex(),
                "signature": MALLORY.sign(statement(bytes.fromhex(one.link))).hex(),
            }
        )
        for one in events
    )


TAMPERINGS = {
    "truncate": lambda events, _: events[: len(events) // 2],
    "edit": lambda events, _: _edited(events),
    "reorder": lambda events, _: (events[0], events[2], events[1], *events[3:]),
    "re-hash": lambda events, of: _rehashed(_edited(events), of),
    "swap the key": lambda events, of: _resigned(_rehashed(_edited(events), of)),
    "drop the last event": lambda events, _: events[:-1],
}


@pytest.mark.parametrize("how", TAMPERINGS)
def test_whatever_is_done_to_an_export_is_caught_by_both(
    played: Played, bundle: Bundle, tmp_path: Path, how: str
) -> None:
    events = TAMPERINGS[how](bundle.events, bundle.incident)
    path = tmp_path / "tampered.json"
    path.write_text(written(bundle.model_copy(update={"events": events})))
    ((head, seq),) = played.heads("summary:1")
    assert verdicts(played, path, f"{head}@{seq}") == (1, 1)


def test_a_replay_draws_what_slack_shows_to_the_byte(
    played: Played, bundle: Bundle, capsys: pytest.CaptureFixture[str]
) -> None:
    assert triage(played, "replay", played.folder / "bundle.json") == 0
    assert "byte for byte" in capsys.readouterr().out
    drawn = {one.part: one for one in replayed(bundle).messages}
    assert list(drawn) == list(played.shown)
    for part, message in played.shown.items():
        assert drawn[part].text == message["text"]
        assert _bare(drawn[part].blocks) == _bare(message["blocks"])


def _bare(blocks: object) -> str:
    """Return blocks without the ids that Slack gives to those that have none."""
    bare = [{k: v for k, v in one.items() if k != "block_id"} for one in blocks]
    return json.dumps(bare, sort_keys=True)


@pytest.mark.usefixtures("mortal")
@pytest.mark.parametrize(
    "blow", [Blow("write commit", 3, "after"), Blow("write commit", 9, "before")]
)
async def test_a_death_leaves_a_trail_that_is_whole(tmp_path: Path, blow: Blow) -> None:
    alive = await played_with(tmp_path, Stage(blow=blow))
    assert alive.died
    ended = Played(tmp_path, await asyncio.to_thread(_incident, tmp_path), {})
    path = await asyncio.to_thread(exported, ended)
    assert await asyncio.to_thread(verdicts, ended, path) == (0, 0)


def _incident(folder: Path) -> str:
    with sqlite3.connect(folder / "triage.db") as database:
        return str(database.execute("SELECT incident FROM heads").fetchone()[0])


async def test_erased_words_are_gone_everywhere_and_the_chain_holds(
    tmp_path: Path,
) -> None:
    heads: list[str] = []
    sealed: list[bytes] = []

    async def erase(house: House, before: Played) -> None:
        assert WORDS in _all(before)
        heads.extend(head for head, _ in before.heads("summary:1"))
        bundle = read_bundle(await asyncio.to_thread(exported, before), Bundle)
        spoken = next(one.seq for one in bundle.events if WORDS in one.body)
        await house.bot.stop()
        sealed.extend(_sealed(tmp_path, before.incident, spoken))
        how = ["--by", "U0BEN", "--why", "It names a cache."]
        done = await asyncio.to_thread(
            triage, before, "erase", before.incident, spoken, *how
        )
        assert done == 0
        await house.bot.start()
        await house.bot.quiet()

    after = await play(tmp_path, erase)
    assert WORDS not in _all(after)
    assert ERASED.search(told(after.shown["summary:1"]))
    assert "<@U0BEN> erased the words of event" in told(after.shown["card"])
    assert sealed
    assert not any(_in_the_files(one, tmp_path) for one in sealed)
    path = await asyncio.to_thread(exported, after, "erased.json")
    assert WORDS not in path.read_text()
    (card,) = (head for head, _ in after.heads("card"))
    assert await asyncio.to_thread(verdicts, after, path, *heads, card) == (0, 0)
    assert await asyncio.to_thread(triage, after, "replay", path) == 0


def _sealed(folder: Path, incident: str, seq: int) -> tuple[bytes, bytes]:
    """Return how an event's body and its salt lie in the database's files."""
    query = (
        "SELECT e.sealed, l.sealed FROM events e JOIN links l USING (incident, seq) "
        "WHERE incident = ? AND seq = ?"
    )
    with sqlite3.connect(folder / "triage.db") as database:
        found: tuple[bytes, bytes] = database.execute(query, (incident, seq)).fetchone()
    assert all(_in_the_files(one, folder) for one in found)
    return found


def _in_the_files(what: bytes, folder: Path) -> bool:
    """Say whether the database's files still have it anywhere, in use or free."""
    return any(what in path.read_bytes() for path in folder.glob("triage.db*"))


def _all(played: Played) -> str:
    return " ".join(map(told, played.shown.values()))
