from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.spelling import as_the_app_does, properly
from tests.fakes.world import ALICE, ROOM

URL = "https://tokens.example/token"


def sent(room, identity=ALICE):
    return as_the_app_does(URL, room=room, identity=identity)


def received(url):
    query = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return {name: values[0] for name, values in query.items()}


def test_plain_names_arrive_as_they_are_either_way():
    wanted = {"room": ROOM, "identity": ALICE}
    assert received(sent(ROOM)) == wanted
    assert received(properly(URL, room=ROOM, identity=ALICE)) == wanted


@pytest.mark.parametrize(
    ("room", "query"),
    [
        ("My Group", "room=My%20Group&identity=a"),
        ("Família 🎉", "room=Fam%C3%ADlia%20%F0%9F%8E%89&identity=a"),
        ("R&D", "room=R&D&identity=a"),
        ("A+B", "room=A+B&identity=a"),
        ("C#", "room=C"),
        ("100%", "room=100%25&identity=a"),
        ("%41%2b%zz", "room=A%2B%25zz&identity=a"),
        ("why?/[x]", "room=why?/%5Bx%5D&identity=a"),
    ],
)
def test_the_app_spells_as_darts_uri_parse_does(room, query):
    assert sent(room, "a") == f"{URL}?{query}"


def test_an_ampersand_cuts_the_room_and_a_hash_cuts_off_the_identity():
    assert received(sent("R&D"))["room"] == "R"
    assert "identity" not in received(sent("C#"))
    assert received(sent("A+B"))["room"] == "A B"


@given(st.text(), st.text())
def test_the_proper_spelling_always_arrives(room, identity):
    got = received(properly(URL, room=room, identity=identity))
    assert got == {"room": room, "identity": identity}


@given(st.text())
def test_what_the_app_sends_is_always_ascii_without_blanks(room):
    url = sent(room)
    assert url.isascii()
    assert not set(url) & set(' \n\t"<>\\^`{|}#')


def test_lone_surrogates_do_not_stop_us():
    assert received(sent("\ud800x"))["room"] == "\ufffdx"
