import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.databases.rights import (
    ADMINISTRATOR,
    MANAGE_INVITES,
    MANAGE_MEMBERS,
    MANAGE_ROLES,
    Audit,
    LogicalGroup,
    Member,
    Role,
    Rows,
    audit,
    nodes_of,
)

OWNER, ADMIN, PLAIN = "user:owner", "user:admin", "user:plain"
PROFILES = {"n-owner": OWNER, "n-admin": ADMIN, "n-plain": PLAIN}
ADMINS = Role("role:admin", ADMINISTRATOR, "n-owner")
MEMBERS = Role("role:member", 0, "n-owner")


def member(identity, role, writer="n-owner"):
    return Member(identity, frozenset({role}), writer)


def told(*, roles=(), members=(), groups=()):
    held = Rows(
        OWNER,
        PROFILES,
        (ADMINS, MEMBERS, *roles),
        (member(ADMIN, "role:admin"), member(PLAIN, "role:member"), *members),
        groups,
    )
    return audit(held)


def test_what_the_owner_and_admins_wrote_is_right():
    found = told(
        roles=[Role("role:x", 1, "n-admin")],
        groups=[LogicalGroup("g", "n-owner"), LogicalGroup("h", "n-admin")],
    )
    assert found == Audit(0, 0, 0, 0)


def test_a_role_by_somebody_without_the_right_is_a_suspect():
    assert told(roles=[Role("role:x", 1, "n-plain")]).suspects == 1


def test_another_persons_membership_is_a_suspect_and_ones_own_is_expected():
    assert told(members=[member("user:new", "role:member", "n-plain")]).suspects == 1
    assert told(members=[member(PLAIN, "role:member", "n-plain")]) == Audit(0, 1, 0, 0)
    shouted = member("USER:Plain ", "role:member", "n-plain")
    assert told(members=[shouted]).expected == 1


def test_whoever_may_invite_writes_the_joiners_membership():
    inviters = Role("role:inviter", MANAGE_INVITES, "n-owner")
    rows = Rows(
        OWNER,
        PROFILES,
        (inviters,),
        (
            member(PLAIN, "role:inviter"),
            member("user:new", "role:inviter", "n-plain"),
        ),
    )
    assert audit(rows) == Audit(0, 1, 0, 0)


def test_a_right_that_one_gave_oneself_is_told_apart():
    found = told(members=[member(PLAIN, "role:admin", "n-plain")])
    assert found == Audit(0, 0, 1, 0)
    boss = Role("role:member", ADMINISTRATOR, "n-plain")
    assert told(roles=[boss]).self_granted == 1


@pytest.mark.parametrize(
    ("bits", "is_right"),
    [
        (MANAGE_ROLES | MANAGE_MEMBERS, True),
        (MANAGE_ROLES, False),
        (MANAGE_MEMBERS, False),
    ],
)
def test_logical_groups_need_both_rights(bits, is_right):
    rows = Rows(
        OWNER,
        PROFILES,
        (Role("role:some", bits, "n-owner"),),
        (member(PLAIN, "role:some"),),
        (LogicalGroup("g", "n-plain"),),
    )
    assert audit(rows).suspects == (0 if is_right else 1)


def test_a_host_repairs_the_two_roles_but_gives_members_nothing():
    repaired = [Role("role:owner", 1, "n-plain")]
    assert told(roles=repaired).expected == 1
    rows = Rows(OWNER, PROFILES, (Role("role:member", MANAGE_ROLES, "n-plain"),))
    assert audit(rows).suspects == 1


def test_a_node_without_a_profile_is_nobodys():
    assert told(roles=[Role("role:x", 1, "n-unknown")]).unattributed == 1


def test_a_web_node_is_its_identity():
    rows = Rows("user:web", {}, (Role("role:x", 1, "user_web"),))
    assert audit(rows) == Audit(0, 0, 0, 0)


def test_a_node_that_wrote_two_profiles_tells_nobody():
    profiles = [(OWNER, "n1"), (PLAIN, "n1"), (PLAIN, "n2"), (PLAIN, "n2"), ("a", "n1")]
    assert nodes_of(profiles) == {"n2": PLAIN}


ids = st.sampled_from([OWNER, ADMIN, PLAIN, "role:owner", "role:x"])
nodes = st.sampled_from([*PROFILES, "n-unknown", "user_web"])


@given(
    st.lists(st.builds(Role, ids, st.integers(0, 1 << 30), nodes)),
    st.lists(st.builds(Member, ids, st.frozensets(ids), nodes)),
    st.lists(st.builds(LogicalGroup, ids, nodes)),
)
def test_each_row_is_weighed_once_and_what_the_owner_wrote_is_right(
    roles, members, groups
):
    rows = Rows(OWNER, PROFILES, tuple(roles), tuple(members), tuple(groups))
    found = audit(rows)
    by_others = [one for one in (*roles, *members, *groups) if one.writer != "n-owner"]
    weighed = found.suspects + found.expected + found.self_granted + found.unattributed
    assert weighed <= len(by_others)
