from datetime import timedelta

import pytest

from bot.artefacts.readers import READERS, secure_store
from bot.artefacts.shape import HEAD, Asked
from bot.core.artefact import Kind
from bot.core.evidence import Verdict
from rehearsal.artefacts import damage
from rehearsal.artefacts.databases import Secret, room_secrets
from rehearsal.artefacts.databases import secure_store as made
from rehearsal.artefacts.rows import START
from tests.fakes.databases import OTHER_ROOM, ROOM


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store"


def finding(path, room=ROOM, since=None):
    head = path.read_bytes()[:HEAD]
    reader = next(one for one in READERS if one.recognises(head, path))
    assert reader.KIND is Kind.SECURE_STORE
    found = reader.read(path, Asked(room=room, since=since)).finding
    assert found.facts.keys() <= secure_store.FACTS.keys()
    return found


def test_a_healthy_room_is_ok_with_all_its_keys(path):
    found = finding(made(path, room_secrets(ROOM, START)))
    assert found.verdict is Verdict.OK
    assert found.facts["keys.vault"] == "healthy"
    assert found.facts["keys.host"] is True
    assert found.facts["keys.rooms"] == 1
    assert found.facts["keys.token_at"] == START.isoformat()
    held = ("gsk", "treekem_private", "treekem_epoch", "token", "signing_seed")
    assert all(found.facts[f"keys.{name}"] is True for name in held)


@pytest.mark.parametrize(
    ("has_key", "has_marker", "meaning", "verdict"),
    [
        (True, True, "healthy", Verdict.OK),
        (True, False, "legacy", Verdict.OK),
        (False, True, "missing-after-initialised", Verdict.BAD),
        (False, False, "never-initialised", Verdict.OK),
    ],
)
def test_the_vaults_four_cases(path, has_key, has_marker, meaning, verdict):
    secrets = room_secrets(ROOM, START, vault_key=has_key, vault_marker=has_marker)
    found = finding(made(path, secrets))
    assert (found.facts["keys.vault"], found.verdict) == (meaning, verdict)


def test_a_vault_key_newer_than_the_incident_may_be_a_fork(path):
    secrets = room_secrets(ROOM, START)
    secrets[f"key_{ROOM}"] = Secret(44, START + timedelta(days=2))
    found = finding(made(path, secrets), since=START + timedelta(days=1))
    assert found.verdict is Verdict.BAD
    assert found.facts["keys.vault_key_new"] is True


def test_a_room_without_any_group_key_or_token_is_bad(path):
    gone = {f"gsk_{ROOM}", f"treekem_private_{ROOM}", f"token_{ROOM}"}
    secrets = room_secrets(ROOM, START)
    kept = {name: one for name, one in secrets.items() if name not in gone}
    found = finding(made(path, kept))
    assert found.verdict is Verdict.BAD
    assert found.facts["keys.gsk"] is False
    assert "forgot the group" in found.headline


@pytest.mark.parametrize(("length", "told"), [(4, True), (5, False), (6, None)])
def test_the_host_flag_shows_by_its_length(path, length, told):
    secrets = room_secrets(ROOM, START) | {"last_group_is_host": Secret(length, START)}
    assert finding(made(path, secrets)).facts.get("keys.host") is told


def test_other_rooms_are_counted_and_never_named(path):
    both = room_secrets(ROOM, START) | room_secrets(OTHER_ROOM, START)
    found = finding(made(path, both))
    assert found.facts["keys.rooms"] == 2
    assert OTHER_ROOM not in found.model_dump_json()


def test_without_a_room_nothing_is_said_of_any(path):
    found = finding(made(path, room_secrets(ROOM, START)), room=None)
    assert found.verdict is Verdict.UNKNOWN
    assert "keys.vault" not in found.facts
    assert ROOM not in found.model_dump_json()


def test_a_store_that_does_not_know_the_room_is_unknown(path):
    found = finding(made(path, room_secrets(OTHER_ROOM, START)))
    assert found.verdict is Verdict.UNKNOWN
    assert "keys.gsk" not in found.facts


@pytest.mark.parametrize("broken", [Secret(0, START), Secret(44, START, version=2)])
def test_a_value_that_is_no_envelope_is_bad(path, broken):
    found = finding(made(path, room_secrets(ROOM, START) | {"device_db_key": broken}))
    assert found.verdict is Verdict.BAD
    assert found.facts["keys.broken"] == 1


def test_a_damaged_store_keeps_the_app_from_starting(path):
    made(path, room_secrets(ROOM, START))
    found = secure_store.read(damage.torn_inside(path), Asked(room=ROOM)).finding
    assert found.verdict is Verdict.BAD
    assert found.facts == {"keys.readable": False}
    assert "no app starts" in found.headline
