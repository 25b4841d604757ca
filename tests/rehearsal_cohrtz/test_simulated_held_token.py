"""What the app thinks of a saved token, and what the server does."""

import base64
import json

import jwt
import pytest
from cohrtz_samples import ALICE, KEY, ROOM, SECRET
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.cohrtz.held_token import looks_valid
from rehearsal.cohrtz.verifier import TokenRefused, bearer_token, joining, verify

NOW = 1_800_000_000
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=4,
)
few = settings(max_examples=40, deadline=None)


def signed(**claims):
    return jwt.encode({"iss": KEY, **claims}, SECRET, algorithm="HS256")


@pytest.mark.parametrize(
    ("left", "good"), [(3600, True), (61, True), (60, False), (0, False), (-9, False)]
)
def test_a_token_needs_more_than_a_minute(left, good):
    assert looks_valid(signed(exp=NOW + left), NOW) is good


def test_a_token_without_exp_never_expires():
    assert looks_valid(signed(), NOW)


def test_an_issuer_that_is_null_or_missing_is_no_good():
    assert not looks_valid("h.eyJpc3MiOiBudWxsfQ.s", NOW)
    assert not looks_valid(jwt.encode({}, SECRET, algorithm="HS256"), NOW)


@pytest.mark.parametrize("exp", [NOW + 900.5, True, "later"])
def test_an_exp_that_is_no_integer_counts_as_over(exp):
    payload = base64.urlsafe_b64encode(json.dumps({"iss": KEY, "exp": exp}).encode())
    assert not looks_valid(f"h.{payload.decode().rstrip('=')}.s", NOW)


@few
@given(st.text() | st.lists(st.text(), min_size=3, max_size=3).map(".".join))
def test_any_text_is_judged_without_an_error(text):
    assert looks_valid(text, NOW) in (True, False)


@few
@given(JSON)
def test_any_payload_is_judged_without_an_error(content):
    payload = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    good = looks_valid(f"h.{payload}.s", NOW)
    assert not good or (isinstance(content, dict) and content["iss"] is not None)


@few
@given(st.text())
def test_the_server_refuses_any_text_in_its_own_words(text):
    with pytest.raises(TokenRefused):
        verify(text, KEY, [SECRET])


@few
@given(st.dictionaries(st.sampled_from(["sub", "name", "kind", "video", "x"]), JSON))
def test_a_well_signed_token_is_read_whatever_it_says(claims):
    grants = verify(signed(**claims, exp=10**11), KEY, [SECRET])
    assert isinstance(grants.identity, str)
    assert isinstance(grants.video, dict)


def test_a_token_without_exp_is_refused_by_the_server():
    with pytest.raises(TokenRefused, match="exp"):
        verify(signed(sub=ALICE), KEY, [SECRET])


def test_every_secret_that_is_accepted_is_tried():
    token = signed(sub=ALICE, exp=10**11)
    assert verify(token, KEY, [SECRET[::-1], SECRET]).identity == ALICE


@pytest.mark.parametrize("video", [{"roomJoin": 1, "room": ROOM}, {"room": ROOM}])
def test_joining_needs_the_grant_itself(video):
    grants = verify(signed(sub=ALICE, exp=10**11, video=video), KEY, [SECRET])
    with pytest.raises(TokenRefused, match="permissions denied"):
        joining(grants)


def test_joining_needs_an_identity():
    grants = verify(signed(exp=10**11, video={"roomJoin": True}), KEY, [SECRET])
    with pytest.raises(TokenRefused, match="identity cannot be empty") as refusal:
        joining(grants)
    assert refusal.value.status == 400


def test_the_header_goes_before_the_parameter():
    assert bearer_token("Bearer a", "b") == "a"
    assert bearer_token(None, "b") == "b"
