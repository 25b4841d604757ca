"""Ids that people read out."""

import re

from bot.engine.ids import BLOCK, Ids, spelt

READABLE = r"[0-9a-hjkmnp-tv-z]"


def test_ids_are_ten_characters_that_read_like_nothing_else():
    ids = Ids()
    made = {ids.new() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(READABLE + "{10}", one) for one in made)


def test_ids_made_one_after_another_lie_side_by_side():
    ids = Ids()
    made = [ids.new() for _ in range(2 * BLOCK)]
    assert len(set(made)) == 2 * BLOCK
    assert len({one[:4] for one in made}) == 2
    assert len({one[:4] for one in made[:BLOCK]}) == 1


def test_two_processes_begin_elsewhere():
    assert len({Ids().new()[:4] for _ in range(20)}) > 15


def test_a_reference_has_as_many_letters_as_are_asked_for():
    assert re.fullmatch(READABLE + "{8}", spelt(8))
