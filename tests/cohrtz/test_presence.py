from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.presence import Sighting, unheard


def sightings(sids):
    return [Sighting(sid, f"user:{sid}", None) for sid in sids]


def found(before, now, told=None):
    silences = unheard(sightings(before), sightings(now), told or {})
    return [(silence.move, silence.session.sid) for silence in silences]


def test_what_came_and_went_in_silence_is_found_ends_first():
    assert found("AB", "BC", {"B": frozenset({"joined"})}) == [
        ("gone", "A"),
        ("seen", "C"),
    ]


def test_what_a_webhook_told_is_not_told_again():
    told = {"A": frozenset({"joined", "left"}), "C": frozenset({"joined"})}
    assert found("A", "C", told) == []


def test_a_session_that_is_listed_after_its_end_was_told_is_a_stale_list():
    assert found("A", "A", {"A": frozenset({"left"})}) == []


def test_a_join_that_was_told_does_not_hide_its_silent_end():
    assert found("A", "", {"A": frozenset({"joined"})}) == [("gone", "A")]


SIDS = st.sets(st.sampled_from("ABCDEF"))
TOLD = st.dictionaries(
    st.sampled_from("ABCDEF"),
    st.frozensets(st.sampled_from(["joined", "left", "aborted", "seen", "gone"])),
)


@given(SIDS, SIDS, TOLD)
def test_once_it_is_recorded_it_is_not_found_again(before, now, told):
    first = found(before, now, told)
    recorded = dict(told)
    for move, sid in first:
        recorded[sid] = recorded.get(sid, frozenset()) | {move}
    assert found(before, now, recorded) == []


@given(SIDS, SIDS)
def test_no_session_is_both_seen_and_gone(before, now):
    silences = found(before, now)
    assert len({sid for _, sid in silences}) == len(silences)
    assert {sid for move, sid in silences if move == "gone"} == before - now
