import base64
import hashlib
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit import api

from bot.clients.webhooks import BODY_LIMIT, WebhookDoor, WebhookRefused
from bot.world.transitions import Move
from tests.fakes.tokens import API_KEY, API_SECRET
from tests.fakes.world import ALICE, NOON, ROOM

DOOR = WebhookDoor(API_KEY, API_SECRET)
OTHER_SECRET = "another-secret-that-is-long-enough-too"


def event(name="participant_joined", **more):
    return {
        "event": name,
        "id": "EV_1",
        "createdAt": str(int(NOON.timestamp())),
        "room": {"sid": "RM_1", "name": ROOM},
        "participant": {
            "identity": ALICE,
            "sid": "PA_1",
            "joinedAt": str(int(NOON.timestamp()) - 60),
        },
        **more,
    }


def delivery(told, *, secret=API_SECRET, key=API_KEY, ttl=timedelta(minutes=5)):
    body = told if isinstance(told, bytes) else json.dumps(told).encode()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    made = api.AccessToken(key, secret).with_sha256(digest).with_ttl(ttl)
    return body, made.to_jwt()


def ended(name, reason):
    told = event(name)
    told["participant"]["disconnectReason"] = reason
    return told


def test_a_join_becomes_a_transition_with_all_that_it_tells():
    seen = DOOR.receive(*delivery(event()))
    assert seen.model_dump() == {
        "id": "EV_1",
        "room": ROOM,
        "identity": ALICE,
        "sid": "PA_1",
        "move": Move.JOINED,
        "reason": "",
        "at": NOON,
        "source": "webhook",
        "joined_at": NOON - timedelta(seconds=60),
    }


@pytest.mark.parametrize(
    ("name", "move"),
    [("participant_left", Move.LEFT), ("participant_connection_aborted", Move.ABORTED)],
)
@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("DUPLICATE_IDENTITY", "duplicate-identity"),
        (14, "connection-timeout"),
        (99, "reason-99"),
        (0, "unknown-reason"),
    ],
)
def test_ends_come_with_their_reason(name, move, reason, words):
    seen = DOOR.receive(*delivery(ended(name, reason)))
    assert (seen.move, seen.reason) == (move, words)


@pytest.mark.parametrize("name", ["room_started", "track_published", "new_event", ""])
def test_events_of_other_kinds_are_none(name):
    assert DOOR.receive(*delivery(event(name))) is None


def test_fields_that_we_do_not_know_do_not_hurt():
    assert DOOR.receive(*delivery(event(somethingNew={"a": 1}))) is not None


def test_names_outside_ascii_are_verified_on_the_raw_bytes():
    told = event(room={"name": "Família 🎉"})
    raw = json.dumps(told, ensure_ascii=False).encode()
    assert DOOR.receive(*delivery(raw)).room == "Família 🎉"


def test_a_redelivery_is_the_same_transition():
    sent = delivery(event())
    assert DOOR.receive(*sent) == DOOR.receive(*sent)


def refused(body, authorization):
    with pytest.raises(WebhookRefused) as raised:
        DOOR.receive(body, authorization)
    assert not any(
        part in str(raised.value) for part in authorization.split(".") if part
    )
    return str(raised.value)


def test_a_changed_body_is_refused():
    body, signature = delivery(event())
    assert "not in order" in refused(body.replace(b"PA_1", b"PA_2"), signature)


def test_another_key_or_secret_is_told_as_that():
    assert "another API key" in refused(*delivery(event(), secret=OTHER_SECRET))
    assert "another API key" in refused(*delivery(event(), key="otherkey"))


def test_an_old_signature_points_at_the_clocks():
    old = delivery(event(), ttl=timedelta(minutes=-5))
    assert "clocks" in refused(*old)


def test_a_bearer_prefix_is_not_how_livekit_signs():
    body, signature = delivery(event())
    with pytest.raises(WebhookRefused):
        DOOR.receive(body, f"Bearer {signature}")


def test_a_token_that_signs_no_body_is_refused():
    join = api.AccessToken(API_KEY, API_SECRET).with_identity(ALICE).to_jwt()
    refused(b"{}", join)


@pytest.mark.parametrize("digest", ["!!", "", 7])
def test_a_digest_that_is_none_is_refused(digest):
    soon = int(datetime.now(UTC).timestamp()) + 60
    signed = {"iss": API_KEY, "exp": soon, "sha256": digest}
    refused(b"{}", jwt.encode(signed, API_SECRET, algorithm="HS256"))


@pytest.mark.parametrize("body", [b"\xff\xfe", b"not json", b'{"event": {}}'])
def test_a_signed_body_that_is_no_event_is_refused(body):
    refused(*delivery(body))


def test_a_huge_body_is_refused_before_it_is_read():
    assert "bytes" in refused(*delivery(b" " * (BODY_LIMIT + 1)))


@pytest.mark.parametrize(
    "lack",
    [
        {"id": ""},
        {"createdAt": "0"},
        {"room": {}},
        {"participant": {"identity": ALICE}},
        {"participant": {"identity": "x" * 257, "sid": "PA_1"}},
    ],
)
def test_an_event_that_lacks_what_a_transition_needs_is_refused(lack):
    assert "participant_joined" in refused(*delivery(event(**lack)))


@given(st.binary(max_size=200), st.text(max_size=200))
def test_whatever_comes_unsigned_is_refused_and_nothing_else_is_raised(body, header):
    with pytest.raises(WebhookRefused):
        DOOR.receive(body, header)


@pytest.mark.parametrize(("hidden", "told"), [(True, None), (False, Move.JOINED)])
def test_our_own_probe_is_nobody_but_a_visible_namesake_is(hidden, told):
    who = event()
    who["participant"] |= {
        "identity": "zz-triage-probe-1",
        "permission": {"hidden": hidden},
    }
    seen = DOOR.receive(*delivery(who))
    assert (seen.move if seen else None) == told
