"""Who may do what, from what is known of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.actions import Effect
from bot.core.policy import (
    DEED_OF,
    MEMBERS,
    QUIET,
    SAYS,
    Deed,
    Demand,
    Policy,
    Standing,
)

GROUPS = {"leads": frozenset({"S1", "U9"}), "crew": frozenset({"U1"})}
LOUD = frozenset(Deed) - QUIET


def policy(*who, deed=Deed.ROOM):
    return Policy(GROUPS, {**Policy().may, deed: frozenset(who)}, given=True)


def test_without_a_file_members_look_and_nobody_disturbs():
    quiet = Policy()
    allowed = {deed for deed in Deed if quiet.rule(deed, Standing("U1")).allows}
    assert allowed == QUIET
    assert not quiet.given


def test_every_deed_has_its_words_and_every_effect_its_deed_and_count():
    assert set(SAYS) == set(Deed) == set(Policy().may)
    assert set(DEED_OF) == set(Effect) == set(Policy().approvals)


def test_what_an_act_demands_is_told_by_how_far_it_reaches():
    quiet = Policy().demand(Effect.IRREVERSIBLE)
    assert (quiet.runners, quiet.needed, quiet.approvers) == ((), 2, ())
    granted = {Deed.ROOM: frozenset({"leads", "crew"}), Deed.APPROVE: {"leads"}}
    told = Policy(GROUPS, {**Policy().may, **granted}).demand(Effect.ROOM)
    assert told == Demand(Effect.ROOM, ("crew", "leads"), 1, ("leads",))


@pytest.mark.parametrize(
    ("who", "allows"),
    [
        (Standing("U1"), True),
        (Standing("U9"), True),
        (Standing("U2", usergroups=frozenset({"S1"})), True),
        (Standing("U2", usergroups=frozenset({"S2"})), False),
        (Standing("U2"), False),
        (Standing("U1", refused="Guests cannot do that."), False),
        (Standing("U1", member=False), False),
    ],
)
def test_a_group_is_people_and_user_groups(who, allows):
    assert policy("leads", "crew").rule(Deed.ROOM, who).allows is allows


def test_a_refusal_says_why_and_who_could():
    ruling = policy("leads", "crew").rule(Deed.ROOM, Standing("U2"))
    assert ruling.told == (
        "The policy does not let you run what disturbs a room. "
        "Who could: crew, leads (groups of this bot's policy)."
    )
    nobody = policy().rule(Deed.ROOM, Standing("U2"))
    assert nobody.told == (
        "The policy lets nobody run what disturbs a room. "
        "Whoever runs this bot can change its policy."
    )
    guest = policy(MEMBERS).rule(Deed.ROOM, Standing("U2", "Guests cannot do that."))
    assert guest.told == ("Guests cannot do that. A full member of this workspace can.")


@pytest.mark.parametrize("deed", sorted(LOUD))
def test_whoever_is_not_known_now_does_nothing_that_disturbs(deed):
    ruling = policy(MEMBERS, deed=deed).rule(deed, Standing("U1", member=False))
    assert "who you are right now" in ruling.told


@pytest.mark.parametrize("deed", sorted(QUIET))
def test_whoever_is_not_known_now_may_still_look(deed):
    unknown = Standing("U1", member=False, usergroups=None)
    assert policy(MEMBERS, deed=deed).rule(deed, unknown).allows
    assert policy("crew", deed=deed).rule(deed, unknown).allows
    assert "your user groups" in policy("leads", deed=deed).rule(deed, unknown).told


def test_unknown_user_groups_matter_only_where_they_decide():
    unknown = Standing("U1", usergroups=None)
    assert policy("crew", "leads").rule(Deed.ROOM, unknown).allows
    assert policy("leads").rule(Deed.ROOM, unknown).why
    other = Standing("U2", usergroups=None)
    assert "does not let you" in policy("crew").rule(Deed.ROOM, other).told


def test_only_the_user_groups_of_the_deed_are_asked_about():
    assert policy("leads", "crew").usergroups(Deed.ROOM) == {"S1"}
    assert policy("crew").usergroups(Deed.ROOM) == set()


@given(
    st.builds(
        Standing,
        st.sampled_from(["U1", "U2", "U9"]),
        st.sampled_from([None, "Guests cannot do that."]),
        st.booleans(),
        st.sampled_from([None, frozenset(), frozenset({"S1"}), frozenset({"S2"})]),
    ),
    st.sampled_from(sorted(Deed)),
    st.sets(st.sampled_from([*GROUPS, MEMBERS])),
)
def test_nobody_gains_by_being_known_less(who, deed, granted):
    ruling = policy(*granted, deed=deed).rule(deed, who)
    if ruling.allows:
        assert granted
        assert who.refused is None
        assert who.member or deed in QUIET
        assert MEMBERS in granted or who.user != "U2" or who.usergroups
    else:
        assert ruling.could == tuple(sorted(granted))
