import pytest
from file_samples import artefact, fact
from hypothesis import given
from hypothesis import strategies as st

from bot.core.artefact import merged

GONE = "missing-after-initialised"


def of(name, *values):
    files = [
        artefact(facts=[fact(name, value, source=f"log:{number}")])
        for number, value in enumerate(values)
    ]
    (one,) = merged(files)
    return one.value, one.source


@pytest.mark.parametrize(
    ("name", "values", "worst"),
    [
        ("log.token_rejected", (3, 1), 3),
        ("log.unknown_share", (0.1, 0.25), 0.25),
        ("counts.differ", (True, False), True),
        ("keys.gsk", (True, False), False),
        ("store.readable", (False, True), False),
        ("database.integrity", ("malformed", "ok"), "malformed"),
        ("database.integrity", ("ok", "not-a-database"), "not-a-database"),
        ("database.header", ("absent", "sqlite"), "absent"),
        ("keys.vault", (GONE, "healthy"), GONE),
        ("log.build", ("debug", "release"), "release"),
    ],
)
def test_of_several_files_the_worst_counts(name, values, worst):
    assert of(name, *values)[0] == worst


def test_of_words_without_an_order_those_read_last_count():
    assert of("database.platform", "native", "web") == ("web", "log:1")


def test_a_fact_keeps_the_file_that_it_is_from():
    assert of("log.token_rejected", 5, 2) == (5, "log:0")


def test_no_file_tells_no_fact():
    assert merged([]) == ()


@given(st.permutations([0, 3, 7, 7, 2]))
def test_the_order_of_reading_does_not_change_what_numbers_say(values):
    assert of("log.token_rejected", *values)[0] == 7
