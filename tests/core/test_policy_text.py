"""A policy is read as TOML, and every mistake is told with its line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from bot.core.actions import Effect
from bot.core.policy import Caps, Deed, Policy
from bot.core.policy_text import MAX_CHARS, read_policy


class Rollback(BaseModel, extra="forbid"):
    most: int = Field(default=1, ge=1)


def read(text):
    return read_policy(text, {"rollback": Rollback})


def flaws(text):
    return [(one.line, f"{one.message} {one.hint}".strip()) for one in read(text).flaws]


def test_what_is_not_said_is_the_quiet_default():
    policy = read("").policy
    assert policy == Policy(given=True)


def test_what_is_said_counts():
    found = read(
        """
        may.room = ["leads", "members"]
        may.approve = ["leads"]
        groups = {leads = ["S1", "U2"]}
        caps = {participants = 3, room-per-room-and-hour = 0}
        [approvals]
        room = 2
        minutes = 5
        [rollback]
        most = 4
        """
    )
    policy = found.policy
    assert policy.groups == {"leads": {"S1", "U2"}}
    assert policy.may[Deed.ROOM] == {"leads", "members"}
    assert policy.may[Deed.IRREVERSIBLE] == frozenset()
    assert policy.approvals[Effect.ROOM] == 2
    assert policy.approvals[Effect.IRREVERSIBLE] == 2
    assert policy.approval_minutes == 5
    assert policy.caps == Caps(participants=3, room_per_room_and_hour=0)
    assert found.rollback == {"most": 4}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[may]\nopne = []", (2, "There is no deed 'opne'. Did you mean 'open'?")),
        (
            '[groups]\nleads = ["S1"]\n[may]\n\nroom = [\n  "leeds",\n]',
            (5, "There is no group 'leeds'. Did you mean 'leads'?"),
        ),
        ('[may]\nopen = ["member"]', (2, "Did you mean 'members'?")),
        ("[may]\nopen = true", (2, "open must be a list of groups.")),
        ("[may]\nopen = [1]", (2, "open must be a list of groups.")),
        ("[my]\n", (1, "There is no table 'my' in a policy. Did you mean 'may'?")),
        ("# x\nmay = 3", (2, "[may] must be a table.")),
        ("[[caps]]\nparticipants = 3", (1, "[caps] must be a table.")),
        ('[groups]\nleads = ["bob"]', (2, "'bob' is no id of Slack.")),
        ("[groups]\nleads = []", (2, "leads must be a list of 1 to 200 ids.")),
        ('[groups]\nmembers = ["U1"]', (2, "cannot be named 'members'")),
        ('[groups]\n"A b" = ["U1"]', (2, "cannot be named 'A b'")),
        ("[may.open]\nx = 1", (1, "open must be a list of groups.")),
        ("[caps]\n[mine.sub]\nx = 1", (2, "There is no table 'mine'")),
        (
            '\ngroups = {crew = ["U1"], leads = ["bob"]}',
            (2, "'bob' is no id of Slack."),
        ),
        ("[approvals]\nrom = 1", (2, "There is no effect 'rom'. Did you mean 'room'?")),
        ("[approvals]\nlooks = 1", (2, "There is no effect 'looks'.")),
        ("[approvals]\nroom = -1", (2, "room must be a whole number from 0 to 10.")),
        ("[approvals]\nroom = true", (2, "room must be a whole number")),
        ("[approvals]\nminutes = 0", (2, "minutes must be a whole number from 1")),
        ("[caps]\nparticipants = -1", (2, "caps.participants is wrong")),
        ("[caps]\nparticipants = true", (2, "caps.participants is wrong")),
        ('[caps]\nparticipants = "7"', (2, "caps.participants is wrong")),
        ("[caps]\nparticipants = 3.0", (2, "caps.participants is wrong")),
        (
            "[caps]\n\nroom-per-room-and-hour = true",
            (3, "caps.room-per-room-and-hour is wrong"),
        ),
        ("[caps]\nparticipant = 1", (2, "Did you mean 'participants'?")),
        (
            "[rollback]\nmots = 1",
            (2, "rollback.mots is not known. Did you mean 'most'"),
        ),
        ("[may]\nopen = [\n", (2, "This is not TOML")),
        ("a = 1\na = 2", (2, "This is not TOML")),
        ('x = """\n[may]\n', (2, "This is not TOML")),
        ("a = " + "[" * 5_000, (1, "Its lists are too deep.")),
        ("x" * (MAX_CHARS + 1), (1, "The file is too long.")),
    ],
)
def test_a_mistake_is_told_with_its_line(text, told):
    ((line, words),) = flaws(text)
    assert line == told[0]
    assert told[1] in words


def test_a_value_of_several_lines_does_not_shift_those_after_it():
    text = '[groups]\nleads = [ # who\n  "U1",\n\n  "U2"]\n[may]\nopne = []\r\nroo = []'
    assert [line for line, _ in flaws(text)] == [7, 8]


def test_lines_in_a_long_string_are_no_statements():
    text = 'note = """\n[may]\nopen = 1\n"""\n[may]\nopne = []'
    assert [line for line, _ in flaws(text)] == [1, 6]


def test_approvals_that_nobody_can_give_are_a_mistake():
    text = '[groups]\ncrew = ["U1", "U2"]\n[may]\nroom = ["crew"]\napprove = []'
    assert "nobody may approve" in flaws(f"{text}\n[approvals]\nroom = 1")[0][1]
    assert flaws(text)[0][0] == 4
    few = text.replace("approve = []", 'approve = ["crew"]')
    ((line, words),) = flaws(f"{few}\n[approvals]\nroom = 3")
    assert line == 7
    assert "only 2 people may approve" in words


@pytest.mark.parametrize(
    ("crew", "needed", "told"),
    [
        (["U1"], 1, "besides whoever asks nobody may approve"),
        (["U1", "U1"], 1, "besides whoever asks nobody may approve"),
        (["U1", "U2"], 2, "besides whoever asks only 1 may approve"),
    ],
)
def test_whoever_asks_is_no_approver_when_they_are_counted(crew, needed, told):
    text = f"[approvals]\nroom = {needed}\n[groups]\ncrew = {crew}\n[may]\n"
    text += 'room = ["crew"]\napprove = ["crew"]'
    assert flaws(text) == [(2, f"room needs {needed} approvals, and {told}.")]


def test_approvals_that_lack_since_whoever_asks_counts_not_are_told_at_who_may_run():
    text = '[groups]\ncrew = ["U1"]\n[may]\napprove = ["crew"]\nroom = ["crew"]'
    assert [line for line, _ in flaws(text)] == [5]


@pytest.mark.parametrize(
    ("runners", "crew", "leads", "needed"),
    [
        (["crew"], ["U1", "U2"], ["U3"], 1),  # each asks, the other approves
        (["crew"], ["U1", "U2", "U3"], ["U4"], 2),
        (["crew", "leads"], ["U1"], ["U2"], 1),  # the lead can ask, and be approved
        (["crew"], ["U1"], ["U2"], 0),
        (["crew", "leads"], ["U1"], ["S2"], 1),  # who knows who is in S2
        (["members"], ["U1"], ["U2"], 1),
    ],
)
def test_approvals_that_somebody_could_give_or_may_be_able_to_are_none(
    runners, crew, leads, needed
):
    text = f"[approvals]\nroom = {needed}\n[may]\nroom = {runners}\n"
    text += f'approve = ["crew"]\n[groups]\ncrew = {crew}\nleads = {leads}'
    assert flaws(text) == []


def test_what_a_user_group_can_approve_is_not_known_here():
    text = '[groups]\ncrew = ["U1"]\noncall = ["S1"]\n[may]\nroom = ["crew"]\n'
    assert flaws(text + 'approve = ["crew", "oncall"]\n[approvals]\nroom = 2') == []


@given(st.text(max_size=200) | st.text("[]=\"'\n .#mayopenU1", max_size=80))
def test_any_text_is_read_or_refused_with_a_line(text):
    found = read(text)
    for flaw in found.flaws:
        assert 1 <= flaw.line <= max(text.count("\n") + 1, 1)
    if found.flaws == ():
        tomllib.loads(text)
