"""One who asks without end is refused alone; all together are refused at last."""

import pytest

from handlers.crowd import TYPING, Crowd, Limits, Shed, TooMuch


def refusals(crowd, *users, cost=1.0):
    found = []
    for user in users:
        try:
            crowd.admit(user, cost)
        except TooMuch as error:
            found.append(error)
    return found


async def test_who_asks_too_much_keeps_nobody_else_from_asking():
    crowd = Crowd(Limits(person=3, workspace=100))
    (refused,) = refusals(crowd, *4 * ["U1"])
    assert str(refused).startswith("You ask for more than I can take at once")
    assert "Everything before it is kept" in str(refused)
    assert refusals(crowd, *3 * ["U2"]) == []


async def test_all_together_are_bounded_too():
    crowd = Crowd(Limits(person=10, workspace=5))
    (refused,) = refusals(crowd, "U1", "U2", "U3", "U4", "U5", "U6")
    assert str(refused).startswith("Everybody together asks for more")


async def test_who_was_told_a_moment_ago_is_not_written_to_again():
    crowd = Crowd(Limits(person=1, workspace=100))
    refused = refusals(crowd, *4 * ["U1"])
    assert [one.heard for one in refused] == [False, True, True]


async def test_what_is_refused_without_a_word_is_no_refusal_but_let_fall():
    crowd = Crowd(Limits(person=1, workspace=100))
    crowd.admit_or_shed("U1")
    with pytest.raises(TooMuch):
        crowd.admit_or_shed("U1")
    with pytest.raises(Shed):
        crowd.admit_or_shed("U1")


async def test_letters_in_a_select_cost_a_part():
    crowd = Crowd(Limits(person=2, workspace=100))
    assert refusals(crowd, *9 * ["U1"], cost=TYPING) == []
    with pytest.raises(TooMuch):
        crowd.admit("U1")
