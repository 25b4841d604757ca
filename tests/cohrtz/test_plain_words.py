from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.plain import NAME_LIMIT, REMOVED, name, plain
from tests.fakes.tokens import claims, signed


def test_a_token_in_a_servers_words_is_removed():
    token = signed(claims())
    said = plain(f"invalid authorization token: {token} and more")
    assert said == f"invalid authorization token: {REMOVED} and more"


def test_no_part_of_a_token_is_left_by_the_cut():
    token = signed(claims())
    assert token[:12] not in plain("x" * 190 + " " + token)


def test_control_characters_and_line_breaks_become_blanks():
    assert plain("one\r\n two\x00\u202ethree") == "one two three"


def test_ordinary_words_and_host_names_stay():
    text = "no such host r.cohrtz.com; try «Família 🎉» later"
    assert plain(text) == text


@given(st.text(max_size=600))
def test_a_name_is_always_one_bounded_line(text):
    shown = name(text)
    assert len(shown) <= NAME_LIMIT
    assert len(shown.splitlines()) <= 1
