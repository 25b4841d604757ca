"""The small parts: timestamps, rates, elements, typed text, the journal, waiting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.slack import UserMistake, Workspace, WorkspaceSettings
from rehearsal.slack.acts.typed import as_sent
from rehearsal.slack.clock import Clock, Ids
from rehearsal.slack.directory import Directory
from rehearsal.slack.elements import elements, normalised, pick, values
from rehearsal.slack.errors import RateLimitedError
from rehearsal.slack.journal import Entry
from rehearsal.slack.rates import Rates
from rehearsal.slack.settings import Limits
from tests.rehearsal_slack.block_kit import actions, button, field, option, words

IDS = Ids(Clock())
DIRECTORY = Directory(WorkspaceSettings(), IDS)


def test_timestamps_grow_and_never_repeat() -> None:
    stamps = [IDS.ts() for _ in range(5000)]
    assert stamps == sorted(set(stamps))


@given(st.lists(st.floats(0, 3), min_size=1, max_size=60))
def test_no_second_takes_more_posts_than_the_burst_and_the_rate(pauses) -> None:
    now = {"at": 1000.0}
    rates = Rates(Limits(), lambda: now["at"])
    taken = []
    for pause in pauses:
        now["at"] += pause
        try:
            rates.spend_post("C")
        except RateLimitedError:
            continue
        taken.append(now["at"])
    for start in taken:
        window = [t for t in taken if start <= t < start + 10]
        assert len(window) <= 5 + 10


@given(st.lists(st.floats(0, 1), max_size=30))
def test_who_waits_as_long_as_told_gets_through(pauses) -> None:
    now = {"at": 1000.0}
    rates = Rates(Limits(), lambda: now["at"])
    for pause in pauses:
        now["at"] += pause
        try:
            rates.spend_post("C")
        except RateLimitedError as error:
            now["at"] += error.retry_after
            rates.spend_post("C")


@given(st.text())
def test_typed_text_never_smuggles_a_bare_mark(text) -> None:
    sent = as_sent(text, DIRECTORY)
    bare = sent.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert "&" not in bare
    assert bare.count("<") == bare.count(">")


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a < b & c", "a &lt; b &amp; c"),
        ("ask @sam in #general", "ask <@U0SECOND> in <#C0GEN|>"),
        ("@nobody #nowhere", "@nobody #nowhere"),
        ("see https://a.b/c?d=1", "see <https://a.b/c?d=1>"),
        ("@here", "<!here>"),
        ("<@U0RESP> <#C0INC|x>", "<@U0RESP> <#C0INC|x>"),
    ],
)
def test_typed_text_becomes_what_slack_sends(typed, sent) -> None:
    assert as_sent(typed, DIRECTORY) == sent


def test_elements_are_found_wherever_blocks_hold_them() -> None:
    blocks = [
        {"type": "section", "accessory": button("a")},
        actions(button("b")),
        field("c", words("c")),
        {"type": "container", "child_blocks": [actions(button("d"))]},
        {"type": "carousel", "elements": [{"type": "card", "actions": [button("e")]}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}]},
    ]
    found = [e["action_id"] for _, e in elements(normalised(blocks, IDS))]
    assert found == ["a", "b", "c", "d", "e"]


def test_missing_ids_are_given_and_given_ids_stay() -> None:
    bare = {"type": "actions", "elements": [{"type": "button", "value": "1"}]}
    named, kept = normalised([bare, actions(button("b"))], IDS)
    assert named["block_id"]
    assert named["elements"][0]["action_id"]
    assert kept["block_id"] == "row"
    assert "block_id" not in bare


KINDS = [
    ("plain_text_input", "value", "words"),
    ("datepicker", "selected_date", "2026-01-01"),
    ("users_select", "selected_user", "U1"),
    ("multi_users_select", "selected_users", ["U1"]),
    ("static_select", "selected_option", "a"),
    ("checkboxes", "selected_options", ["a"]),
]


@pytest.mark.parametrize(("kind", "key", "value"), KINDS)
def test_state_begins_empty_and_keeps_what_is_picked(kind, key, value) -> None:
    element = {"type": kind, "action_id": "x", "options": [option("a")]}
    block = field("b", element)
    empty = values([block], {})["b"]["x"]
    assert not empty[key]
    chosen = pick(element, value)
    known = {"b": {"x": chosen}}
    assert values([block], known)["b"]["x"] == chosen
    other = field("b", {**element, "type": "number_input"})
    assert values([other], known)["b"]["x"]["value"] is None


def test_a_button_holds_no_value() -> None:
    with pytest.raises(UserMistake):
        pick(button("a"), "x")


def test_initial_values_are_state_from_the_start() -> None:
    select = {"type": "static_select", "action_id": "x", "options": [option("a")]}
    block = field("b", {**select, "initial_option": option("a")})
    assert values([block], {})["b"]["x"]["selected_option"]["value"] == "a"


async def test_waiting_ends_with_the_change_or_with_patience(slack_workspace) -> None:
    with pytest.raises(TimeoutError):
        await slack_workspace.wait_for(lambda: False, timeout=0.01)
    await slack_workspace.post("U0RESP", "C0INC", "x")
    await slack_workspace.wait_for(lambda: slack_workspace.messages("C0INC"))


async def test_the_fixture_serves_what_the_settings_say(slack_server) -> None:
    assert slack_server.server.api_url.endswith("/api/")
    assert slack_server.workspace.state.base_url == slack_server.server.url


def test_the_journal_is_bounded_but_counts_on() -> None:
    slack = Workspace(WorkspaceSettings(journal_size=3))
    for number in range(5):
        slack.journal.record(Entry("call", str(number), {}))
    assert [e.name for e in slack.journal] == ["2", "3", "4"]
    assert len(slack.journal) == 5
    assert slack.journal.calls("4")[0].number == 5
