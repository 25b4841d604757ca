"""What checks make of files that were handed over."""

from datetime import timedelta

import pytest

from bot.checks import CHECKS
from bot.core.artefact import Kind
from bot.core.evidence import Verdict
from tests.fakes.held_files import INCIDENT, copy, files, held, log, secure
from tests.fakes.world import ALICE, BOB, NOON, ROOM, FakeRooms, world

CAROL = "user:0195b2f0-0000-7000-8000-00000000ca01"
BAD, OK, UNKNOWN = Verdict.BAD, Verdict.OK, Verdict.UNKNOWN


async def look(name, *artefacts, **params):
    check = CHECKS[name]
    asked = check.Params(room=ROOM, incident=INCIDENT, **params)
    return await check.run(asked, world(artefacts=files(*artefacts)))


ABOUT_FILES = [
    "uploaded-logs",
    "files-captured",
    "database-recreated",
    "copies-compared",
    "vault-presence",
    "treekem-state",
    "packet-flow",
    "rbac-audit",
]


@pytest.mark.parametrize("name", ABOUT_FILES)
async def test_without_a_file_it_says_which_one_to_get_from_whom(name):
    finding = await look(name)
    assert finding.verdict is UNKNOWN
    assert " from " in finding.headline
    assert "whoever uses the affected device" in finding.headline


@pytest.mark.parametrize(
    ("about", "fact", "says"),
    [
        ("token", "log__token_rejected", "2 tokens refused"),
        ("group-key", "log__gsk_wait_expired", "2 waits of 30 s"),
        ("vault", "log__vault_previously_initialized", "2 refusals"),
        ("database", "log__sqlite_not_a_database", "2 errors 26"),
        ("sync", "log__merge_failed", "2 chunks refused whole"),
    ],
)
async def test_a_log_with_signs_of_the_fault_is_bad(about, fact, says):
    finding = await look("uploaded-logs", log(**{fact: 2}), about=about)
    assert finding.verdict is BAD
    assert says in finding.headline
    assert finding.facts == {"logs.read": 1, "logs.signs": 1}


async def test_two_logs_of_one_event_do_not_add_up():
    signs = {"log__merge_failed": 2}
    finding = await look("uploaded-logs", log(**signs), log("two.log", **signs))
    assert "show 2 chunks" in finding.headline


async def test_the_silence_of_a_release_log_is_no_answer_on_the_group_key():
    silent = log(log__build="release")
    finding = await look("uploaded-logs", silent, about="group-key")
    assert finding.verdict is UNKNOWN
    assert "Get the log of a debug build" in finding.headline
    assert (await look("uploaded-logs", silent, about="vault")).verdict is OK
    assert (await look("uploaded-logs", log(), about="group-key")).verdict is OK


async def test_what_is_missing_is_named_kind_by_kind():
    kinds = ("log", "crdt-database")
    finding = await look("files-captured", log(), kinds=kinds)
    assert finding.facts == {"captured.files": 1, "captured.missing": 1}
    assert "Handed over: one.log." in finding.headline
    assert "`cohrtz_<room>.db`" in finding.headline
    whole = await look("files-captured", log(), copy(), kinds=kinds)
    assert whole.verdict is OK


@pytest.mark.parametrize(
    ("artefacts", "verdict", "facts"),
    [
        (
            [log(log__database_recreated=1)],
            OK,
            {"recovery.recreated": True, "recovery.needs_restart": False},
        ),
        (
            [copy(database__fresh_node=True, database__born_after_incident=True)],
            OK,
            {"recovery.recreated": True, "recovery.needs_restart": False},
        ),
        (
            [log(log__database_recreated=1, log__database_open_repeats=3)],
            BAD,
            {"recovery.recreated": False, "recovery.needs_restart": True},
        ),
        ([log(log__sqlite_malformed=1)], BAD, {"recovery.recreated": False}),
        ([copy(database__fresh_node=True)], UNKNOWN, {}),
        ([log()], UNKNOWN, {}),
    ],
)
async def test_a_database_was_made_anew_only_where_that_shows(
    artefacts, verdict, facts
):
    finding = await look("database-recreated", *artefacts)
    assert (finding.verdict, finding.facts) == (verdict, facts)


async def test_copies_agree_in_count_and_hash_or_differ():
    same = await look("copies-compared", copy("a.db"), copy("b.db"))
    assert (same.verdict, same.facts["agreement.holds"]) == (OK, True)
    other = copy("b.db", database__count=5, database__hash="bb")
    differ = await look("copies-compared", copy("a.db"), other)
    assert (differ.verdict, differ.facts["agreement.rows_apart"]) == (BAD, 2)
    assert "a.db and b.db differ" in differ.headline


async def test_only_the_last_two_copies_are_compared():
    stale = copy("old.db", database__hash="bb")
    finding = await look("copies-compared", stale, copy("a.db"), copy("b.db"))
    assert finding.verdict is OK


async def test_two_copies_of_one_device_are_its_history_and_no_divergence():
    one = {"database__device_hash": "aa11"}
    later = copy("later.db", database__hash="bb", **one)
    finding = await look("copies-compared", copy("a.db", **one), later)
    assert finding.verdict is UNKNOWN
    assert finding.facts == {"agreement.copies": 2, "agreement.devices": 1}
    assert "of one device" in finding.headline


async def test_of_each_device_the_copy_counts_that_came_last():
    one, two = {"database__device_hash": "aa11"}, {"database__device_hash": "bb22"}
    finding = await look(
        "copies-compared",
        copy("old.db", database__hash="bb", **one),
        copy("b.db", **two),
        copy("new.db", **one),
    )
    assert (finding.verdict, finding.facts["agreement.devices"]) == (OK, 2)
    assert "b.db and new.db agree" in finding.headline
    assert "1 older of the same device not counted" in finding.headline


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (copy("default.db", database__is_room=False), "1 copies"),
        (held(Kind.CRDT_DATABASE, "broken.db"), "1 copies"),
        (copy("web.db", database__platform="web"), "never agree"),
    ],
)
async def test_copies_that_cannot_be_compared_are_no_difference(other, says):
    finding = await look("copies-compared", copy("a.db"), other)
    assert finding.verdict is UNKNOWN
    assert says in finding.headline


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("healthy", OK),
        ("legacy", OK),
        ("never-initialised", OK),
        ("missing-after-initialised", BAD),
    ],
)
async def test_the_vault_key_is_told_by_the_presence_of_its_names(word, verdict):
    finding = await look("vault-presence", secure(keys__vault=word))
    assert (finding.verdict, finding.facts["vault.key"]) == (verdict, word)


async def test_the_newest_secure_store_counts():
    lost = secure(keys__vault="missing-after-initialised")
    assert (await look("vault-presence", lost, secure())).verdict is OK
    assert (await look("vault-presence", secure(), lost)).verdict is BAD


async def test_a_secure_store_that_does_not_tell_is_unknown():
    finding = await look("vault-presence", held(Kind.SECURE_STORE, "s.db"))
    assert (finding.verdict, finding.facts) == (UNKNOWN, {})


@pytest.mark.parametrize(
    ("artefacts", "verdict"),
    [
        ([secure()], OK),
        ([secure(keys__treekem_epoch=False)], BAD),
        ([held(Kind.SECURE_STORE, "s.db", keys__treekem_private=True)], UNKNOWN),
        ([log(log__treekem_secret_failed=1), secure()], BAD),
        ([log()], UNKNOWN),
    ],
)
async def test_treekem_is_told_by_faults_first_and_then_by_keys(artefacts, verdict):
    assert (await look("treekem-state", *artefacts)).verdict is verdict


async def test_losses_are_added_up_by_kind():
    capture = held(Kind.PACKETS, "p.jsonl", packets__invalid_signatures=4)
    finding = await look("packet-flow", log(log__merge_failed=2), capture)
    assert finding.verdict is BAD
    assert finding.facts == {"flow.dropped": 2, "flow.rejected_chunks": 2}
    assert (await look("packet-flow", log())).verdict is OK


def store(*senders, last=NOON):
    told = {"store__sender_ids": ",".join(senders), "store__last_at": last.isoformat()}
    return held(Kind.PACKET_STORE, "packets.db", **told)


async def online_beside(*artefacts, identity=ALICE, joined_at=NOON):
    rooms = FakeRooms()
    for who in (ALICE, BOB, CAROL):
        rooms.put(who, sid=who, joined_at=joined_at)
    rooms.put("triage-probe-1", sid="p", hidden=True)
    check = CHECKS["packet-flow"]
    asked = check.Params(room=ROOM, incident=INCIDENT, identity=identity)
    return await check.run(asked, world(rooms=rooms, artefacts=files(*artefacts)))


async def test_senders_who_are_online_and_not_in_the_store_are_named_and_not_blamed():
    finding = await online_beside(store(BOB))
    assert finding.verdict is UNKNOWN
    assert finding.facts == {"flow.online_unheard": 1}
    assert f"not in the packet store: {CAROL}." in finding.headline
    assert "wrote nothing yet, or" in finding.headline


async def test_the_devices_own_packets_are_not_in_its_store_and_not_missed():
    finding = await online_beside(store(BOB, CAROL))
    assert (finding.verdict, finding.facts["flow.online_unheard"]) == (OK, 0)
    stranger = await online_beside(store(BOB, CAROL), identity=None)
    assert stranger.facts["flow.online_unheard"] == 1


async def test_whoever_came_after_the_stores_last_packet_is_not_missed():
    finding = await online_beside(store(BOB, last=NOON - timedelta(minutes=1)))
    assert finding.facts["flow.online_unheard"] == 0


async def test_a_store_that_does_not_name_all_its_senders_tells_nobody_missing():
    finding = await online_beside(store(BOB, "…"), log())
    assert (finding.verdict, "flow.online_unheard" in finding.facts) == (OK, False)


async def test_a_loss_in_a_log_comes_before_who_is_missing():
    finding = await online_beside(store(BOB), log(log__merge_failed=2))
    assert finding.verdict is BAD
    assert finding.headline.startswith("Lost: 2 chunks refused")
    assert CAROL in finding.headline


async def test_suspect_rows_are_counted_and_their_absence_is_ok():
    finding = await look("rbac-audit", copy(database__rbac_suspects=2))
    assert (finding.verdict, finding.facts) == (BAD, {"rbac.suspects": 2})
    assert (await look("rbac-audit", copy())).verdict is OK


@pytest.mark.parametrize("name", ABOUT_FILES)
async def test_files_of_another_incident_are_not_seen(name):
    check = CHECKS[name]
    seen = world(artefacts=files(log(), copy(), secure()))
    for incident in (None, "inc2"):
        finding = await check.run(check.Params(room=ROOM, incident=incident), seen)
        assert finding.verdict is UNKNOWN
