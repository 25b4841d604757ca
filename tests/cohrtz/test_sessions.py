from datetime import timedelta

import pytest

from bot.cohrtz.sessions import Session, judge
from bot.core.evidence import Verdict
from tests.fakes.world import NOON

LATER = NOON + timedelta(seconds=20)


def session(state="active", *, sid="PA_1", joined_at=NOON):
    return Session(sid, state, joined_at)


def test_an_active_session_is_ok_and_tells_its_age():
    seen = judge(session(), now=LATER)
    assert (seen.verdict, seen.age_s, seen.fresh) == (Verdict.OK, 20, None)


def test_nobody_there_is_bad():
    assert judge(None, now=LATER).verdict is Verdict.BAD
    assert judge(None, now=LATER).fresh is None
    assert judge(None, now=LATER, not_sid="PA_1").fresh is False


@pytest.mark.parametrize("state", ["joining", "joined"])
@pytest.mark.parametrize(
    ("age", "verdict"), [(0, Verdict.UNKNOWN), (10, Verdict.UNKNOWN), (11, Verdict.BAD)]
)
def test_on_its_way_for_more_than_ten_seconds_is_stuck(state, age, verdict):
    seen = judge(session(state), now=NOON + timedelta(seconds=age))
    assert seen.verdict is verdict
    assert f"{age} s" in seen.words


def test_stuck_since_when_is_not_told_is_unknown():
    seen = judge(session("joined", joined_at=None), now=LATER)
    assert (seen.verdict, seen.age_s) == (Verdict.UNKNOWN, None)


def test_an_ended_session_is_bad_and_a_new_state_of_the_server_is_unknown():
    assert judge(session("disconnected"), now=LATER).verdict is Verdict.BAD
    assert judge(session("unrecognised"), now=LATER).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("sid", "joined_at", "not_sid", "after", "fresh"),
    [
        ("PA_2", NOON, None, None, None),
        ("PA_2", NOON, "PA_1", None, True),
        ("PA_1", NOON, "PA_1", None, False),
        ("PA_2", NOON, "PA_1", NOON, True),
        ("PA_1", LATER, "PA_1", NOON, False),
        ("PA_2", NOON, "PA_1", LATER, False),
        ("PA_2", NOON, None, NOON, False),
        ("PA_2", LATER, None, NOON, True),
        ("PA_2", None, None, NOON, None),
        ("PA_2", None, "PA_1", NOON, True),
    ],
)
def test_a_new_session_is_told_from_the_old(sid, joined_at, not_sid, after, fresh):
    seen = judge(
        session(sid=sid, joined_at=joined_at), now=LATER, not_sid=not_sid, after=after
    )
    assert seen.fresh is fresh
    assert (seen.verdict is Verdict.BAD) == (fresh is False)


def test_not_knowing_whether_it_is_fresh_is_not_ok_when_somebody_asked():
    seen = judge(session(joined_at=None), now=LATER, after=NOON)
    assert seen.verdict is Verdict.UNKNOWN


def test_a_clock_that_runs_behind_gives_no_negative_age():
    assert judge(session(joined_at=LATER), now=NOON).age_s == 0
