import json
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.artefacts.readers import READERS, preferences, web_storage
from bot.artefacts.shape import HEAD, Asked
from bot.cohrtz.databases import web
from bot.cohrtz.databases.preferences import preferences_in
from bot.core.artefact import Kind
from bot.core.evidence import Verdict
from rehearsal.artefacts.databases import envelope, room_secrets
from rehearsal.artefacts.rows import START
from tests.fakes.databases import GUEST, OWNER, ROOM, rows

ID, SALT = "cohrtz_secure_install_id", "cohrtz_secure_kdf_salt"
CANARY = "s3cr3t-1nstall"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file"


def finding(path, kind, room=ROOM, participant=None):
    head = path.read_bytes()[:HEAD]
    reader = next(one for one in READERS if one.recognises(head, path))
    assert reader.KIND is kind
    found = reader.read(path, Asked(room=room, participant=participant)).finding
    assert found.facts.keys() <= reader.FACTS.keys()
    assert CANARY not in found.model_dump_json()
    return found


def storage(prefix="flutter.", **more):
    secrets = room_secrets(ROOM, START, vault_key=False)
    held = {
        f"{prefix}secure_blob_{name}": f'"{b64encode(envelope(one)).decode()}"'
        for name, one in secrets.items()
    }
    return held | more


@pytest.mark.parametrize("prefix", ["", "flutter."])
def test_a_browsers_storage_tells_keys_as_the_secure_store_does(path, prefix):
    path.write_text(json.dumps(storage(prefix)))
    found = finding(path, Kind.WEB_STORAGE)
    assert found.verdict is Verdict.BAD
    assert found.facts["keys.vault"] == "missing-after-initialised"
    assert found.facts["keys.host"] is True
    assert found.facts["keys.broken"] == 0
    assert "keys.token_at" not in found.facts


def test_a_storage_with_id_and_salt_is_a_leak_of_every_key(path):
    secrets = {f"flutter.{ID}": f'"{CANARY}"', f"flutter.{SALT}": f'"{CANARY}"'}
    path.write_text(json.dumps(storage(**secrets)))
    found = finding(path, Kind.WEB_STORAGE)
    assert found.facts["preferences.install_id"] is True
    assert found.facts["preferences.kdf_salt"] is True
    assert "every key of every room" in found.headline


def test_values_that_are_no_envelopes_are_counted(path):
    broken = {"secure_blob_gsk_x": "%%%", "secure_blob_gsk_y": 7}
    path.write_text(json.dumps(storage() | broken))
    assert finding(path, Kind.WEB_STORAGE).facts["keys.broken"] == 2


def dumped(made, **more):
    listed = {}
    for one in made:
        told = {"id": one.id, "value": one.value, "hlc": one.hlc, "node_id": one.node}
        told |= {"is_deleted": one.is_deleted} | {
            name: getattr(one, name) for name in more.get("also", ())
        }
        listed.setdefault(one.table, []).append(told)
    return json.dumps(listed)


def test_a_web_clients_rows_are_counted_its_way(path):
    path.write_text(dumped(rows()))
    found = finding(path, Kind.WEB_STORAGE)
    assert found.facts["database.platform"] == "web"
    assert found.facts["database.count"] == len(rows())
    assert "database.integrity" not in found.facts


def test_rows_with_modified_are_a_native_clients(path):
    path.write_text(dumped(rows(), also=["modified"]))
    found = finding(path, Kind.WEB_STORAGE)
    assert found.facts["database.platform"] == "native"
    assert found.facts["database.count"] < len(rows())


def test_a_web_clients_packets_are_read_without_payload(path):
    packet = {"requestId": "r", "senderId": OWNER.identity, "packetType": 2}
    packet |= {"timestamp": 1_772_186_400_000, "payload": CANARY}
    for document in ([packet], {"packets": [packet]}):
        path.write_text(json.dumps(document))
        found = finding(path, Kind.WEB_STORAGE, participant=GUEST.identity)
        assert found.facts["store.senders"] == 1
        assert found.facts["store.participant_heard"] is False


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "hlc",
                    "packets",
                    "tasks",
                    "secure_blob_x",
                    "senderId",
                    "timestamp",
                    "packetType",
                    "value",
                    "is_deleted",
                ]
            ),
            inner,
        )
    ),
    max_leaves=20,
)


@given(json_values)
def test_no_json_stops_the_web_forms(found):
    form = web.form(found)
    if form is web.WebForm.STORAGE:
        list(web.stored_keys(found))
    elif form is web.WebForm.ROWS:
        list(web.rows(found))
    elif form is web.WebForm.PACKETS:
        list(web.packets(found))


@pytest.mark.parametrize(
    "content", ["", "{", "[" * 200_000, '{"tasks": 7}', "[]", "{}", "[1]", '"x"']
)
def test_other_json_is_not_ours(path, content):
    path.write_text(content)
    assert not web_storage.recognises(content.encode()[:HEAD], path)
    assert web_storage.read(path, Asked()).finding.verdict is Verdict.UNKNOWN


XML = f"""<?xml version='1.0' encoding='utf-8' standalone='yes' ?>
<map>
    <string name="flutter.{ID}">{CANARY}</string>
    <string name="flutter.{SALT}">{CANARY}</string>
</map>"""
PLIST = f"""<?xml version="1.0" encoding="UTF-8"?><plist version="1.0"><dict>
<key>flutter.{ID}</key> <string>{CANARY}</string>
<key>flutter.{SALT}</key> <string>{CANARY}</string></dict></plist>"""
JSON = json.dumps({f"flutter.{ID}": CANARY, f"flutter.{SALT}": CANARY})
QUOTED = json.dumps({ID: f'"{CANARY}"', SALT: f'"{CANARY}"'})
BINARY = f"bplist00\0{ID}\0{SALT}\0"


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (XML, "xml"),
        (PLIST, "plist"),
        (JSON, "json"),
        (QUOTED, "json"),
        (BINARY, "binary-plist"),
    ],
)
def test_both_secrets_are_found_and_never_shown(path, content, form):
    path.write_text(content)
    found = finding(path, Kind.PREFERENCES)
    assert found.verdict is Verdict.OK
    assert found.facts["preferences.form"] == form
    assert "password that leaked" in found.headline


@pytest.mark.parametrize("content", [XML, PLIST, JSON])
def test_a_missing_salt_leaves_the_secure_store_dead(path, content):
    path.write_text(content.replace(SALT, "transfer_stats"))
    found = finding(path, Kind.PREFERENCES)
    assert found.verdict is Verdict.BAD
    assert found.facts["preferences.kdf_salt"] is False


@pytest.mark.parametrize("content", [XML, PLIST, JSON])
def test_an_empty_value_is_none(content):
    emptied = preferences_in(content.replace(CANARY, "").encode())
    assert not emptied.is_ours


@given(st.binary())
def test_no_bytes_stop_the_preferences(content):
    assert not preferences_in(content).is_ours


def test_a_log_is_no_preferences(path):
    path.write_text(f"[Main] {ID}")
    assert not preferences.recognises(path.read_bytes(), path)
