from datetime import date, timedelta

import pytest
from page_samples import problems, reading, steps

from bot.core.runbook.pages import StepKind

PAGE = """
    ---
    title: Peers diverge
    symptoms: [counts differ]
    for: [room.converged == false]
    against: ["token.status != 'ok'"]
    fresh: 10m
    owner: sync team
    reviewed: 2026-05-01
    ---
    # Peers diverge

    Two peers show different things.

    1. Look whether they do. It takes a minute.
       ```check
       room-converged: {room: "{room}", times: 2}
       when: log.token_rejected == 0
       fresh: 90s
       ```
       Wait for the answer.
    2. Reconnect the peer.
       ```sh
       echo this one is for people
       ```
       ```action
       reconnect-participant: {room: "{room}", identity: "{participant}"}
       verify: room-converged
       ```
    3. Tell [the team](https://example.org/team).
"""


def test_front_matter_is_kept():
    (runbook,) = reading(PAGE).runbooks
    assert runbook.slug == "page"
    assert runbook.title == "Peers diverge"
    assert runbook.symptoms == ("counts differ",)
    assert runbook.for_ == ("room.converged == false",)
    assert runbook.against == ("token.status != 'ok'",)
    assert runbook.fresh == timedelta(minutes=10)
    assert (runbook.owner, runbook.reviewed) == ("sync team", date(2026, 5, 1))


def test_a_check_is_looked_at_by_the_bot():
    first = steps(PAGE)[0]
    assert first.kind is StepKind.CHECK
    assert first.title == "Look whether they do."
    assert first.call.name == "room-converged"
    assert first.call.params == {"room": "{room}", "times": 2}
    assert (first.when, first.fresh) == (
        "log.token_rejected == 0",
        timedelta(seconds=90),
    )
    assert first.body == "It takes a minute.\n\nWait for the answer."
    assert first.line == 14


def test_an_action_keeps_the_fences_meant_for_people():
    second = steps(PAGE)[1]
    assert second.kind is StepKind.ACTION
    assert second.verify == "room-converged"
    assert second.body == "```sh\necho this one is for people\n```"


def test_a_step_without_a_fence_is_confirmed_and_keeps_its_addresses():
    third = steps(PAGE)[2]
    assert third.kind is StepKind.CONFIRM
    assert third.title == "Tell the team."
    assert third.body == "Tell [the team](https://example.org/team)."


def test_the_hash_is_that_of_the_file():
    one, other = reading(PAGE), reading(PAGE + "\n")
    assert one.runbooks[0].sha256 != other.runbooks[0].sha256
    assert len(one.runbooks[0].sha256) == 64


def test_numbered_explanations_are_no_steps():
    page = """
        ---
        for: [room.converged == false]
        ---
        ## Causes

        1. Somebody was away.

        ## Steps

        1. Ask who was away.
    """
    assert [step.title for step in steps(page)] == ["Ask who was away."]


def test_a_page_with_guards_and_no_numbers_is_read_like_any_other():
    page = "---\nfor: [room.converged == false]\n---\n# Peers\n\n- Check the peers.\n"
    (runbook,) = reading(page).runbooks
    assert runbook.title == "Peers"
    assert [step.title for step in runbook.steps] == ["Check the peers."]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("fro: [x]", "front matter has no 'fro'. Did you mean 'for'?"),
        ("zzz: 1", "front matter has no 'zzz'. There are title, symptoms"),
        ("for: room.converged", "'for' must be a list of texts."),
        ("for: [1]", "'for' must be a list of texts. Put quotes around each."),
        ("for: [room.convergd]", "no check yields the fact 'room.convergd'"),
        ("against: ['room.converged &&']", "in the guard `room.converged &&`"),
        ("title: 3", "'title' must be a text."),
        ("owner:", "'owner' must be a text."),
        ("reviewed: yesterday", "'reviewed' must be a day."),
        ("reviewed: 2026-05-01 10:00:00", "'reviewed' must be a day."),
        ("reviewed: 2026-13-40", "this YAML cannot be read: month must be in 1..12"),
        ("inputs: [peer]", "front matter has no 'inputs'."),
        ("fresh: 5", "'fresh' must be a length of time."),
        ("title: [", "this is not YAML"),
        ("title: &a x", "anchors and aliases (& and *) are not read."),
        ("title: *a", "anchors and aliases (& and *) are not read."),
        ("for: [!x.y]", "tags (!) are not read"),
        ("title: \x07", "this YAML cannot be read"),
        (f"title: {'[' * 12}{']' * 12}", "nested deeper than 10 levels"),
        (f"title: {'x' * 20_001}", "longer than 20000 characters"),
    ],
)
def test_front_matter_that_is_wrong_says_where_and_what_to_write(row, said):
    found = problems(f"---\nsymptoms: [a]\n{row}\n---\n1. Look.\n")
    assert any(said in one for one in found)
    assert found[0].startswith(("2:", "3:", "4:"))


def test_an_entry_without_a_value_is_empty():
    assert reading("---\nsymptoms: [a]\nfor:\n---\n1. Look.\n").runbooks[0].for_ == ()


def test_a_guard_in_a_list_has_its_own_line():
    page = """
        ---
        for:
          - room.converged
          - room.gone
        ---
        1. Look.
    """
    assert problems(page)[0].startswith("4: no check yields the fact 'room.gone'")


def test_a_page_without_steps_says_so():
    assert problems("---\nsymptoms: [a]\n---\n") == [
        "1: the page is empty. Write its steps."
    ]
    assert problems("---\nsymptoms: [a]\n---\n# Only a title\n") == [
        "1: the page has no steps. Number them under a heading `## Steps`."
    ]


def test_a_page_for_the_bot_holds_one_runbook():
    page = (
        "---\nsymptoms: [a]\n---\n## Runbook: One\n1. Look.\n## Runbook: Two\n1. Ask.\n"
    )
    (said,) = problems(page)
    assert "holds one runbook, this one has 2" in said
