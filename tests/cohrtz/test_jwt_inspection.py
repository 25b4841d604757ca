import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.jwt import SIZE_LIMIT, Code, inspect, mismatches
from tests.fakes.tokens import claims, signed
from tests.fakes.world import ALICE, BOB, NOON, ROOM


def codes(payload, *, now=NOON):
    return set(inspect(signed(payload), now=now).codes)


def without(*names):
    return {name: value for name, value in claims().items() if name not in names}


def granting(**changes):
    return claims() | {"video": claims()["video"] | changes}


def payload_of(text):
    raw = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    return f"e30.{raw}.c2ln"


def test_a_good_token_has_no_problems_and_tells_all():
    seen = inspect(signed(claims()), now=NOON)
    assert seen.problems == ()
    assert seen.client_accepts
    assert seen.grants_ok
    assert (seen.identity, seen.room) == (ALICE, ROOM)
    assert seen.not_before == NOON
    assert seen.expires_at == NOON + timedelta(hours=6)
    assert seen.seconds_left == 6 * 3600
    assert mismatches(seen, room=ROOM, identity=ALICE) == ()


def test_the_inspection_never_holds_the_token_or_its_signature():
    token = signed(claims())
    shown = repr(inspect(token, now=NOON))
    assert token not in shown
    assert token.rpartition(".")[2] not in shown


@pytest.mark.parametrize(
    ("left", "code"),
    [
        (-3600, Code.EXPIRED),
        (0, Code.EXPIRED),
        (1, Code.EXPIRES_SOON),
        (59, Code.EXPIRES_SOON),
        (60, None),
    ],
)
def test_the_app_wants_sixty_seconds_left(left, code):
    seen = inspect(signed(claims() | {"exp": int(NOON.timestamp()) + left}), now=NOON)
    assert seen.codes == ({code} if code else set())
    assert seen.client_accepts is (code is None)
    assert seen.seconds_left == left


def test_the_words_for_an_expired_token_name_the_misleading_log_line():
    seen = inspect(signed(claims() | {"exp": 1}), now=NOON)
    assert "missing iss?" in seen.problems[0].words


def test_without_exp_a_token_never_expires_for_the_app():
    seen = inspect(signed(without("exp")), now=NOON)
    assert seen.client_accepts
    assert seen.expires_at is None
    assert seen.seconds_left is None


@pytest.mark.parametrize("exp", [1e12, "1900000000", True, None, [1], 2**63])
def test_an_exp_that_is_no_integer_counts_as_expired_always(exp):
    seen = inspect(signed(claims() | {"exp": exp}), now=NOON)
    assert seen.codes == {Code.EXP_NOT_INTEGER}
    assert not seen.client_accepts


def test_an_exp_beyond_the_calendar_is_valid_and_untold():
    seen = inspect(signed(claims() | {"exp": 2**62}), now=NOON)
    assert seen.client_accepts
    assert seen.expires_at is None


def test_a_missing_or_null_issuer_is_refused_by_the_app():
    assert codes(without("iss")) == {Code.NO_ISSUER}
    assert codes(claims() | {"iss": None}) == {Code.NO_ISSUER}
    assert codes(claims() | {"iss": 7}) == set()
    assert inspect(signed(without("iss")), now=NOON).grants_ok


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"roomJoin": False}, Code.NO_ROOM_JOIN),
        ({"roomJoin": None}, Code.NO_ROOM_JOIN),
        ({"canPublishData": False}, Code.NO_PUBLISH_DATA),
        ({"canSubscribe": False}, Code.NO_SUBSCRIBE),
        ({"hidden": True}, Code.HIDDEN),
    ],
)
def test_each_grant_is_looked_at_and_does_not_trouble_the_app(changes, code):
    seen = inspect(signed(granting(**changes)), now=NOON)
    assert seen.codes == {code}
    assert seen.client_accepts
    assert not seen.grants_ok


def test_grants_that_are_left_out_are_given():
    bare = claims() | {"video": {"room": ROOM, "roomJoin": True}}
    assert codes(bare) == set()


def test_without_a_video_grant_nothing_is_allowed():
    assert codes(without("video")) == {Code.NO_VIDEO_GRANT}
    assert codes(claims() | {"video": "all"}) == {Code.NO_VIDEO_GRANT}


def test_the_servers_leeway_is_given_to_nbf():
    start = int(NOON.timestamp())
    assert codes(claims() | {"nbf": start + 60}) == set()
    assert codes(claims() | {"nbf": start + 61}) == {Code.NOT_YET_VALID}


def test_names_that_differ_are_told_apart():
    seen = inspect(signed(claims()), now=NOON)
    found = {problem.code for problem in mismatches(seen, room="R", identity=BOB)}
    assert found == {Code.OTHER_IDENTITY, Code.OTHER_ROOM}
    assert [problem.code for problem in mismatches(seen, room=ROOM, identity=BOB)] == [
        Code.OTHER_IDENTITY
    ]


def test_what_cannot_be_read_is_not_called_a_mismatch():
    seen = inspect("nonsense", now=NOON)
    assert not seen.readable
    assert mismatches(seen, room=ROOM, identity=ALICE) == ()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", Code.NOT_THREE_SEGMENTS),
        ("a.b", Code.NOT_THREE_SEGMENTS),
        ("a.b.c.d", Code.NOT_THREE_SEGMENTS),
        ("a.!!!.c", Code.UNREADABLE),
        ("a.e30=x.c", Code.UNREADABLE),
        (payload_of("[]"), Code.UNREADABLE),
        (payload_of("{"), Code.UNREADABLE),
        (payload_of("[" * 10_000), Code.UNREADABLE),
        ("x" * (SIZE_LIMIT + 1), Code.TOO_LARGE),
    ],
)
def test_each_broken_form_has_its_own_code(text, code):
    assert inspect(text, now=NOON).codes == {code}


def test_padding_may_be_there_or_not():
    raw = base64.urlsafe_b64encode(json.dumps(claims()).encode()).decode()
    for payload in (raw, raw.rstrip("=")):
        assert inspect(f"h.{payload}.s", now=NOON).problems == ()


@given(st.text() | st.binary())
def test_no_text_and_no_bytes_ever_raise(text):
    assert inspect(text, now=NOON).problems


NAMES = st.sampled_from(["exp", "nbf", "iat", "iss", "sub", "video"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3)
    ),
    max_leaves=4,
)


@given(st.dictionaries(NAMES, json_values))
def test_no_claims_ever_raise(payload):
    seen = inspect(payload_of(json.dumps(payload)), now=NOON)
    assert seen.readable
    assert seen.seconds_left is None or isinstance(seen.seconds_left, int)


@given(
    st.text(min_size=1, max_size=40),
    st.text(min_size=1, max_size=40),
    st.integers(min_value=0, max_value=2**31),
)
def test_what_was_signed_is_what_is_read(room, identity, exp):
    made = claims(room=room, identity=identity) | {"exp": exp}
    seen = inspect(signed(made), now=NOON)
    assert (seen.room, seen.identity) == (room, identity)
    assert seen.expires_at == datetime.fromtimestamp(exp, UTC)
    assert seen.client_accepts is (exp >= NOON.timestamp() + 60)
