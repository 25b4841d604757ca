"""Which file tells what, and from whom it comes."""

import pytest

from bot.cohrtz.whence import WHENCE, file_of, lacking, yes_or_no
from bot.core.artefact import Kind
from bot.pages import signals
from tests.fakes.held_files import secure

ASKED_FOR = [name for name in sorted(signals()) if not name.startswith("preferences.")]
"""Nobody is asked for the preferences: with the secure store they open everything."""


@pytest.mark.parametrize("fact", ASKED_FOR)
def test_every_fact_of_a_file_has_a_file_and_somebody_who_has_it(fact):
    assert WHENCE[file_of(fact)].whom


def test_what_the_server_tells_is_in_no_file():
    assert file_of("token.status") is None


def test_the_file_that_tells_most_is_asked_for_first():
    facts = [
        "log.merge_failed",
        "log.signature_failed",
        "copies.differ",
        "token.status",
    ]
    assert [one.kind for one in lacking(facts)] == [Kind.LOG, Kind.CRDT_DATABASE]
    assert lacking(facts)[0].facts == ("log.merge_failed", "log.signature_failed")
    assert "affected device" in lacking(facts)[0].whence.words


def test_a_file_that_does_not_say_is_no_no():
    assert yes_or_no([], "keys.host") is None
    assert yes_or_no([secure()], "keys.gone") is None
    assert yes_or_no([secure(keys__host=False), secure()], "keys.host") is True
