from page_samples import steps


def test_headings_that_are_steps_take_all_that_is_below_them():
    page = """
        # Failover

        ## Step 1: Freeze the writers

        Nobody writes now.

        ### Why

        Because.

        ## 2. Promote the replica

        1. log in
        2. promote

        ## Restart the clients

        Slowly.
    """
    first, second, third = steps(page)
    assert first.title == "Step 1: Freeze the writers"
    assert first.body == "Nobody writes now.\n\n**Why**\n\nBecause."
    assert second.title == "2. Promote the replica"
    assert "1. log in" in second.body
    assert (third.title, third.body) == ("Restart the clients", "Slowly.")


def test_a_section_of_another_kind_gives_its_acts_only():
    page = """
        # Burn

        This page describes a fire.

        ## Critical

        It is hot. First check the label.

        * long: soon
        * short: later

        ## Warning

        See [this](https://example.org).

        - warm
        - cold

        ## Runbook

        1. Leave.

        ### Examples

        Leave by the door.

        <details>

        Check nothing.

        </details>
    """
    first, second = steps(page)
    assert (first.title, second.title) == ("First check the label.", "Leave.")
    assert "* short: later" in first.body
    assert "**Examples**" in second.body
    assert "Check nothing." in second.body


def test_details_and_quotations_stay_with_their_step():
    page = """
        ## Steps

        > Never at night.

        <!-- a remark for authors -->
        Stop it.

        <details>
        <summary>Why</summary>

        Check nothing.

        </details>

        Start it.
    """
    first, second = steps(page)
    assert (first.title, second.title) == ("Stop it.", "Start it.")
    assert "Never at night." in first.body
    assert "Check nothing." in first.body
    assert "remark" not in first.body + second.body


def test_subsections_of_a_numbered_heading_belong_to_it_until_the_next_one():
    page = """
        ## Step 1: Freeze the writers

        ### Check the host

        Nobody writes.

        ## Step 2: Go on
    """
    first, second = steps(page)
    assert first.body == "**Check the host**\n\nNobody writes."
    assert second.title == "Step 2: Go on"
