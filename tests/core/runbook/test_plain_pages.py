from page_samples import reading, steps, titles

from bot.core.runbook.pages import StepKind


def test_numbered_items_under_steps_are_the_steps():
    page = """
        # Broker stuck

        The broker does not move.

        ## Steps

        1. Look at the queue.
           It must shrink.
        2. Restart the broker:
           - on the first host
           - on the second
           ```sh
           service broker restart
           ```
        3. [ ] Tell the team
    """
    first, second, third = steps(page)
    assert (first.title, first.body) == ("Look at the queue.", "It must shrink.")
    assert second.title == "Restart the broker"
    assert "- on the second" in second.body
    assert "service broker restart" in second.body
    assert third.title == "Tell the team"
    assert {one.kind for one in (first, second, third)} == {StepKind.CONFIRM}
    assert [one.line for one in (first, second, third)] == [7, 9, 15]


def test_an_instruction_with_its_command_is_one_step():
    page = """
        ## Mitigation

        Some disks are slow. Check the disk with:

        ```console
        $ iostat -x
        ```

        It prints a table.

        Then just move the data. This takes an hour.
    """
    first, second = steps(page)
    assert first.title == "Check the disk with"
    assert "Some disks are slow." in first.body
    assert "iostat -x" in first.body
    assert "It prints a table." in first.body
    assert (second.title, second.body) == (
        "Then just move the data.",
        "This takes an hour.",
    )


def test_several_acts_in_a_paragraph_are_several_steps():
    page = """
        ## Diagnosis

        Check the logs.
        Check that `a. B` is there, e.g. Twice. See [the manual](https://a.org/x. Y).
        Restart it
        Verify it
    """
    assert titles(page) == [
        "Check the logs.",
        "Check that a. B is there, e.g. Twice.",
        "Restart it",
        "Verify it",
    ]


def test_the_means_belong_to_the_act():
    page = "## Fix\n\nWe can compact the store. Run the following command everywhere.\n"
    (only,) = steps(page)
    assert only.title == "We can compact the store."
    assert only.body == "Run the following command everywhere."


def test_a_command_without_words_is_a_step():
    page = """
        ## Diagnosis

        ```shell
        # first this
        $ ls -l
        ```

        ## Mitigation

        ```yaml
        replicas: 3
        ```

        ### More

            indented --code

        ### And

        ```
        # only a remark
        ```

        ### Or

        ```sh
        echo `date`
        ```
    """
    assert titles(page) == [
        "Run ls -l",
        "Use this yaml",
        "Run indented --code",
        "Run the command below",
        "Run the command below",
    ]


def test_meaning_impact_and_links_are_no_steps():
    page = """
        # Alarm

        ## Meaning

        Check nothing here.

        ## Actions

        - Check the peers.

        See [the manual](https://example.org).

        ## Links

        1. Open this.
    """
    (only,) = steps(page)
    assert only.title == "Check the peers."
    assert only.body == "See [the manual](https://example.org)."


def test_a_section_that_only_points_elsewhere_is_a_step_with_its_address():
    page = "# A\n\n## Mitigation\n\nSee [the other page](other.md)\n"
    (only,) = steps(page)
    assert (only.title, only.body) == (
        "See the other page",
        "See [the other page](other.md)",
    )


def test_references_to_pages_are_readable():
    page = '# A\n\nSee [B]({{< ref "./b.md" >}})\n'
    (only,) = steps(page)
    assert only.title == "See B"
    assert '{{< ref "./b.md" >}}' in only.body


def test_a_list_of_causes_belongs_to_its_question():
    page = """
        ## Diagnosis

        Check why it does not grow:

        - not enough hosts
        - no quota
    """
    (only,) = steps(page)
    assert only.body == "- not enough hosts\n- no quota"


def test_a_list_of_acts_replaces_its_announcement():
    page = """
        ## Diagnosis

        To make sure that this is the cause, do the following:

        1. the logs of the host
        2. the logs of the peer
    """
    first, second = steps(page)
    assert first.title == "the logs of the host"
    assert first.body.startswith("To make sure")
    assert second.title == "the logs of the peer"


def test_an_announcement_that_asks_for_an_act_itself_stays():
    page = "## Fix\n\nStop the peer, then:\n\n- Start the relay.\n- Start the peer.\n"
    assert titles(page) == [
        "Stop the peer, then",
        "Start the relay.",
        "Start the peer.",
    ]


def test_causes_without_an_act_wait_for_the_next_step():
    page = """
        ## Diagnosis

        It may be caused by:

        1. the disk
        2. the net

        Check both.
    """
    (only,) = steps(page)
    assert only.title == "Check both."
    assert "the disk" in only.body


def test_labels_count_as_headings():
    page = """
        # Token

        Symptoms:
        - it warns

        **Actions**
        1. look at it

        **Bold words, but no label**
    """
    (runbook,) = reading(page).runbooks
    assert runbook.symptoms == ("it warns",)
    assert [step.title for step in runbook.steps] == ["look at it"]
