import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.answers import TokenStatus, differ, read
from bot.world.tokens import Trouble
from tests.fakes.tokens import body, claims, signed
from tests.fakes.world import NOON, answered, unanswered


def status(raw, **how):
    return read(answered(raw, **how), now=NOON).status


def test_a_good_answer_gives_a_token_that_does_not_show_itself():
    token = signed(claims())
    seen = read(answered(body(token)), now=NOON)
    assert seen.status is TokenStatus.OK
    assert seen.token.get_secret_value() == token
    assert token not in repr(seen)
    assert token not in str(seen.token)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_each_trouble_keeps_its_name(trouble):
    seen = read(unanswered(trouble), now=NOON)
    assert seen.status == trouble
    assert seen.token is None
    assert seen.words


@pytest.mark.parametrize("code", [201, 204, 302, 401, 404, 429, 500, 503])
def test_any_status_but_200_is_an_error_to_the_app(code):
    good = body(signed(claims()))
    seen = read(answered(good, status=code), now=NOON)
    assert seen.status is TokenStatus.HTTP_ERROR
    assert str(code) in seen.words
    assert seen.token is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"", TokenStatus.NOT_JSON),
        (b"ok", TokenStatus.NOT_JSON),
        (b"\xff\xfe", TokenStatus.NOT_JSON),
        (b"[" * 50_000, TokenStatus.NOT_JSON),
        (b"  <!doctype html><p>hello", TokenStatus.HTML),
        (b"[1]", TokenStatus.NO_TOKEN),
        (b'"token"', TokenStatus.NO_TOKEN),
        (b"{}", TokenStatus.NO_TOKEN),
        (b'{"token": null}', TokenStatus.NO_TOKEN),
        (b'{"token": 7}', TokenStatus.NO_TOKEN),
        (b'{"token": ""}', TokenStatus.MALFORMED),
        (b'{"token": "abc"}', TokenStatus.MALFORMED),
    ],
)
def test_each_wrong_body_has_its_own_status(raw, expected):
    assert status(raw) is expected


def test_html_is_told_by_its_type_too_unless_the_body_is_json():
    assert status(b"please log in", content_type="text/html") is TokenStatus.HTML
    good = body(signed(claims()))
    assert status(good, content_type="text/html; charset=utf-8") is TokenStatus.OK


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"exp": int(NOON.timestamp()) - 3600}, TokenStatus.EXPIRED),
        ({"exp": int(NOON.timestamp()) + 30}, TokenStatus.EXPIRED),
        ({"exp": 1.5e12}, TokenStatus.MALFORMED),
        ({"iss": None}, TokenStatus.MALFORMED),
        ({"nbf": int(NOON.timestamp()) + 300}, TokenStatus.NOT_YET_VALID),
        ({"video": {}}, TokenStatus.OK),
    ],
)
def test_form_and_times_of_the_token_count_here_its_grants_do_not(change, expected):
    assert status(body(signed(claims() | change))) is expected


def test_two_spellings_are_compared_by_the_names_in_their_tokens():
    whole = read(answered(body(signed(claims(room="R&D")))), now=NOON)
    cut = read(answered(body(signed(claims(room="R")))), now=NOON)
    none = read(answered(b"{}"), now=NOON)
    assert differ(cut, whole) is True
    assert differ(whole, whole) is False
    assert differ(cut, none) is None


@given(st.binary(), st.text(), st.integers(100, 599))
def test_no_answer_ever_raises(raw, content_type, code):
    seen = read(answered(raw, status=code, content_type=content_type), now=NOON)
    assert seen.words
