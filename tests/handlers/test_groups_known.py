"""Who is in which user group, and for how long that is believed."""

import asyncio

import pytest

from handlers import groups as module
from handlers.asking import AGES, FRESH
from handlers.groups import Groups
from handlers.slack import SlackRateLimited, SlackRejected, SlackUnsure

BOTH = frozenset({"S1", "S2"})


class Slack:
    """Answers usergroups.users.list from a table, or fails with `fails`."""

    def __init__(self) -> None:
        self.groups = {"S1": ["U1", "U2"], "S2": ["U2"]}
        self.fails, self.asked = {}, []
        self.open = asyncio.Event()
        self.open.set()

    async def call(self, method, **given):
        group = given["usergroup"]
        self.asked.append(group)
        await self.open.wait()
        if group in self.fails:
            raise self.fails[group]
        return {"users": self.groups[group]}


@pytest.fixture
def slack():
    return Slack()


@pytest.fixture
def groups(slack):
    return Groups(slack)


@pytest.fixture
def aged(monkeypatch):
    """Let what was told grow old."""
    later = module.time.monotonic() + FRESH + 1

    def age() -> None:
        monkeypatch.setattr(module.time, "monotonic", lambda: later)

    return age


async def test_each_group_is_asked_about_once_a_minute(groups, slack, aged):
    for _ in range(3):
        assert await groups.of("U1", BOTH, fresh=True) == {"S1"}
        assert await groups.of("U2", BOTH, fresh=True) == BOTH
    assert sorted(slack.asked) == ["S1", "S2"]
    slack.groups["S1"] = []
    aged()
    assert await groups.of("U1", BOTH, fresh=True) == frozenset()


async def test_a_group_that_is_needed_again_is_asked_about_before_it_is_too_late(
    groups, slack, monkeypatch
):
    one = frozenset({"S1"})
    await groups.of("U1", one, fresh=True)
    later = module.time.monotonic() + AGES + 1
    monkeypatch.setattr(module.time, "monotonic", lambda: later)
    slack.open.clear()  # nobody waits for the answer
    slack.groups["S1"] = ["U2"]
    for _ in range(2):
        assert await groups.of("U1", one, fresh=True) == one
    await asyncio.sleep(0)
    assert slack.asked == ["S1", "S1"]
    slack.open.set()
    for _ in range(5):  # its clock stands still: no sleep would end
        await asyncio.sleep(0)
    assert await groups.of("U1", one, fresh=True) == frozenset()


async def test_many_at_once_ask_once(groups, slack):
    slack.open.clear()
    waiting = [
        asyncio.create_task(groups.of("U1", frozenset({"S1"}), fresh=True))
        for _ in range(20)
    ]
    await asyncio.sleep(0)
    slack.open.set()
    assert await asyncio.gather(*waiting) == [{"S1"}] * 20
    assert slack.asked == ["S1"]


@pytest.mark.parametrize(
    "trouble",
    [SlackUnsure("lost"), SlackRateLimited(9.0), SlackRejected("missing_scope")],
)
async def test_old_knowledge_counts_as_unknown_where_it_must_be_fresh(
    groups, slack, aged, trouble
):
    await groups.of("U1", frozenset({"S1"}), fresh=False)
    slack.fails["S1"] = trouble
    aged()
    assert await groups.of("U1", frozenset({"S1"}), fresh=True) is None
    assert await groups.of("U1", frozenset({"S1"}), fresh=False) == {"S1"}


async def test_one_group_that_has_them_is_enough(groups, slack):
    slack.fails["S1"] = SlackUnsure("lost")
    assert await groups.of("U2", BOTH, fresh=True) == {"S2"}
    assert await groups.of("U3", BOTH, fresh=True) is None


async def test_a_group_that_is_not_there_has_nobody_in_it(groups, slack):
    slack.fails["S1"] = SlackRejected("no_such_subteam")
    assert await groups.of("U1", frozenset({"S1"}), fresh=True) == frozenset()


async def test_slack_that_is_silent_is_not_waited_for(groups, slack, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.01)
    slack.open.clear()
    assert await groups.of("U1", frozenset({"S1"}), fresh=True) is None
    slack.open.set()
    await asyncio.sleep(0.01)
    assert await groups.of("U1", frozenset({"S1"}), fresh=True) == {"S1"}


async def test_no_group_is_no_question(groups, slack):
    assert await groups.of("U1", frozenset(), fresh=True) == frozenset()
    assert slack.asked == []
