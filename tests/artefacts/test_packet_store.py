from datetime import timedelta

import pytest

from bot.artefacts.readers import READERS, packet_store
from bot.artefacts.shape import HEAD, Asked
from bot.cohrtz.databases.packets_stored import missing
from bot.core.artefact import Kind
from bot.core.evidence import Verdict
from rehearsal.artefacts import damage
from rehearsal.artefacts.databases import Heard
from rehearsal.artefacts.databases import packet_store as made
from rehearsal.artefacts.rows import START
from tests.fakes.databases import GUEST, OWNER


@pytest.fixture
def path(tmp_path):
    return tmp_path / "store"


def heard(sender, minute, request, kind=2):
    return Heard(sender, START + timedelta(minutes=minute), request, kind)


def finding(path, participant=None):
    head = path.read_bytes()[:HEAD]
    reader = next(one for one in READERS if one.recognises(head, path))
    assert reader.KIND is Kind.PACKET_STORE
    found = reader.read(path, Asked(participant=participant)).finding
    assert found.facts.keys() <= packet_store.FACTS.keys()
    return found


BOTH = [
    heard(OWNER.identity, 0, "r1"),
    heard(GUEST.identity, 1, "r2"),
    heard(OWNER.identity, 31, "r3"),
    heard(OWNER.identity, 31, "r3"),
]


def test_senders_times_gaps_and_requests_are_told(path):
    facts = finding(made(path, BOTH)).facts
    assert facts["store.packets"] == 4
    assert facts["store.senders"] == 2
    assert facts["store.sender_ids"] == f"{OWNER.identity},{GUEST.identity}"
    assert facts["store.requests"] == 3
    assert facts["store.requests_repeated"] == 1
    assert facts["store.other_types"] == 0
    assert facts["store.first_at"] == "2026-02-27T10:00:00+00:00"
    assert facts["store.last_at"] == "2026-02-27T10:31:00+00:00"
    assert facts["store.gap_max"] == 30 * 60
    assert facts["store.last_sender_silent"] == 30 * 60
    assert facts["store.clock_steps_back"] == 0


def test_a_participant_who_was_not_heard_is_no_fault_and_not_ok(path):
    made(path, BOTH)
    stranger = "user:0195b2f0-cccc-7000-8000-000000000003"
    assert finding(path, OWNER.identity).verdict is Verdict.OK
    found = finding(path, stranger)
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["store.participant_heard"] is False


def test_who_is_online_and_was_never_heard_is_missing(path):
    told = finding(made(path, BOTH[:1])).facts["store.sender_ids"]
    assert missing(told, [OWNER.identity, GUEST.identity]) == {GUEST.identity}
    assert missing(told, [OWNER.identity.upper()]) == frozenset()
    assert missing(f"{told}…", [GUEST.identity]) is None


def test_a_sender_that_is_no_identity_is_counted_and_not_shown(path):
    facts = finding(made(path, [*BOTH, heard("<script>", 40, "r9")])).facts
    assert facts["store.senders"] == 3
    assert "script" not in facts["store.sender_ids"]
    assert facts["store.sender_ids"].endswith("…")


def test_other_packet_types_and_a_clock_set_back_are_told(path):
    made(path, [heard(OWNER.identity, 5, "", 9), heard(OWNER.identity, 1, "")])
    facts = finding(path).facts
    assert facts["store.other_types"] == 1
    assert facts["store.clock_steps_back"] == 1
    assert facts["store.gap_max"] == 0
    assert facts["store.requests"] == 0


def test_an_empty_store_is_unknown(path):
    found = finding(made(path, []))
    assert found.verdict is Verdict.UNKNOWN
    assert found.facts["store.packets"] == 0


def test_a_damaged_store_loses_every_chunk_of_the_room(path):
    made(path, [heard(OWNER.identity, n, f"r{n}") for n in range(200)])
    found = packet_store.read(damage.torn_inside(path), Asked()).finding
    assert found.verdict is Verdict.BAD
    assert found.facts == {"store.readable": False}
    assert "all data chunks of the room are lost" in found.headline


def test_a_payload_is_never_told(path):
    assert "tasks" not in finding(made(path, BOTH)).model_dump_json()
