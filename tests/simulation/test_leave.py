"""Leave to act is looked for in the events; what an intent says of it is no leave."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.actions import Effect, Plan
from bot.core.incident import approval_events as a
from bot.core.incident import events as e
from bot.core.incident.events import Event, StepRef
from tests.simulation.leave import wrong_leave

ANN, BEN, CAT = "U0ANN", "U0BEN", "U0CAT"
STEP, ACTION = StepRef(run=1, step=2), "reconnect-participant"
PLAN = Plan(target="one", blast="one", touches=1, binding={"room": "r"})
AT = datetime(2026, 3, 2, tzinfo=UTC)

RUN = (e.ActionAsked(step=STEP, plan=PLAN), ANN)


def request(needed=2, digest="d"):
    asked = a.ApprovalAsked(
        step=STEP,
        asked_by=ANN,
        action=ACTION,
        effect=Effect.ONE_PARTICIPANT,
        params={},
        plan=PLAN,
        page_hash="",
        facts={},
        needed=needed,
        digest=digest,
        expires=AT,
        approvers=(),
        breakers=(),
    )
    return asked, e.BOT


def given(by, digest="d"):
    return a.ApprovalGiven(step=STEP, digest=digest), by


def void(digest="d"):
    return a.ApprovalVoided(step=STEP, digest=digest, cause="changed", why=""), e.BOT


def intent(*approved_by, approval="d", glass=None, attempt=1):
    body = e.ActionIntended(
        step=STEP,
        attempt=attempt,
        action=ACTION,
        params={},
        plan=PLAN,
        page_hash="",
        rests_on=(),
        asked_by=ANN,
        approved_by=approved_by,
        glass_broken_by=glass,
        approval=approval,
    )
    return body, e.BOT


def wrong(*told, needed=2):
    events = (
        Event(seq, AT + timedelta(seconds=seq), by, body)
        for seq, (body, by) in enumerate(told, 1)
    )
    return "\n".join(wrong_leave(events, {ACTION: needed}))


def test_an_act_that_was_approved_by_enough_others_is_let():
    assert wrong(RUN, request(), given(BEN), given(CAT), intent(BEN, CAT)) == ""
    assert wrong(RUN, intent(approval=None), needed=0) == ""


def test_an_act_on_which_somebody_broke_the_glass_is_let():
    broken = a.GlassBroken(step=STEP, digest="d", words="", lacking=1), CAT
    assert wrong(RUN, request(), given(BEN), broken, intent(BEN, glass=CAT)) == ""
    assert "not approved" in wrong(RUN, request(), given(BEN), intent(BEN, glass=CAT))


@pytest.mark.parametrize(
    "gathered",
    [
        (),
        (given(BEN),),
        (given(BEN), given(BEN)),
        (given(BEN), given(ANN)),
        (given(BEN), given(CAT, "another")),
        (given(BEN), void(), request(), given(CAT)),
        (given(BEN), given(CAT), void()),
        (given(BEN), given(CAT), RUN),
    ],
)
def test_what_an_intent_says_of_its_approvals_counts_nothing(gathered):
    assert "was not approved" in wrong(RUN, request(), *gathered, intent(BEN, CAT))


def test_an_approval_is_good_for_one_attempt():
    told = RUN, request(1), given(BEN), intent(BEN), intent(BEN, attempt=2)
    assert "was not approved" in wrong(*told, needed=1)


def test_the_policy_counts_and_not_only_what_was_asked_for():
    assert "2 are needed" in wrong(RUN, request(1), given(BEN), intent(BEN))


def test_an_intent_must_say_who_approved_and_who_asked():
    assert "the intent of" in wrong(RUN, request(1), given(BEN), intent(CAT), needed=1)
    late = request(1), given(BEN), intent(BEN)
    assert "was asked for by U0CAT" in wrong((RUN[0], CAT), *late, needed=1)
