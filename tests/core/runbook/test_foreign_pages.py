"""The shapes in which other people and other tools write runbooks."""

from hypothesis import given, settings
from hypothesis import strategies as st
from page_samples import steps, titles

from bot.core.runbook.pages import StepKind
from bot.core.runbook.read import read_plain


def book(page):
    (found,) = read_plain(page, file="page.md").runbooks
    return found


def test_an_ordered_list_under_any_heading_that_explains_nothing_is_steps():
    page = """
        # Runbook

        ## When alert A fires

        1. Look at the disk
        2. the queue

        ## שלבים

        1. בדוק את היומן

        ## Steps

        - 🧯 Put it out
    """
    first, second, third, fourth = steps(page)
    assert (first.title, first.body) == (
        "Look at the disk",
        "**When alert A fires**",
    )
    assert (second.title, second.body) == ("the queue", "")
    assert (third.title, third.body) == ("בדוק את היומן", "**שלבים**")
    assert fourth.title == "🧯 Put it out"


def test_causes_in_an_ordered_list_of_another_section_are_no_steps():
    page = """
        # A

        ## Known troubles

        There are three causes:

        1. the disk
        2. the net

        ## Steps

        - Restart it
    """
    assert titles(page) == ["Restart it"]


def test_a_task_list_is_steps_wherever_it_stands():
    page = """
        # Release

        Before the release:

        - [ ] suites pass
        - [x] no holes are known
          - [ ] nor guessed

        ## Steps

        1. Publish
    """
    first, second, third = steps(page)
    assert first.title == "suites pass"
    assert first.body == "Before the release:"
    assert (second.title, second.body) == ("no holes are known", "- [ ] nor guessed")
    assert third.title == "Publish"


def test_a_verb_without_an_object_has_the_items_as_objects():
    page = "## Steps\n\nCollect first:\n- the name\n- the id\n\nRestart it.\n"
    first, second, third = steps(page)
    assert (first.title, first.body) == ("the name", "Collect first:")
    assert (second.title, third.title) == ("the id", "Restart it.")


def test_a_remark_among_the_items_stays_with_them():
    page = "## Steps\n\n- The disk is slow.\n- Restart it\n- It takes long.\n"
    (only,) = steps(page)
    assert only.title == "Restart it"
    assert only.body == "The disk is slow.\n\nIt takes long."


def test_a_page_of_headings_alone_has_them_as_steps():
    page = "# Broken\n\n## Look at the logs\n\n## The worker\n\n## Tell the people\n"
    assert titles(page) == ["Look at the logs", "The worker", "Tell the people"]


def test_headings_within_headings_belong_to_their_parent():
    page = "# B\n\n## Diagnosis\n\n### Look\n\n### Ask\n\n## The host\n\n### One\n"
    first, second, third = steps(page)
    assert (first.title, second.title) == ("Look", "Ask")
    assert (third.title, third.body) == ("The host", "**One**")


def test_numbered_headings_are_steps():
    page = """
        # Failover

        ## 1. Overview

        Nothing to do.

        ## 2. Procedure

        ### 2.1 Stop the writers

        Run:

        ```
        stop
        ```

        ### 2.2 Promotion

        ```
        promote
        ```
    """
    first, second = steps(page)
    assert first.title == "2.1 Stop the writers"
    assert "stop" in first.body
    assert second.title == "2.2 Promotion"
    assert "promote" in second.body


def test_paragraphs_that_count_their_steps_are_steps():
    page = "# A\n\nStep 1 - the disk\n\nStep 2: the net\n\nIt takes long.\n"
    first, second = steps(page)
    assert (first.title, second.title) == ("Step 1 - the disk", "Step 2: the net")
    assert second.body == "It takes long."


def test_rows_of_a_table_that_tells_what_to_do_are_steps():
    page = r"""
        ## Steps

        | # | Action | Command |
        |---|--------|---------|
        | 1 | Stop the relay | `stop \| wait` |
        | 2 | Start it | |
        |   |  |  |
    """
    first, second = steps(page)
    assert (first.title, first.body) == (
        "Stop the relay",
        "- Command: `stop | wait`",
    )
    assert (second.title, second.body, second.line) == ("Start it", "", 6)


def test_a_table_that_tells_nothing_to_do_belongs_to_its_step():
    page = """
        ## Steps

        Check the status:

        | Status | Meaning |
        |---|---|
        | 1 | bad |

        | Step |
        |---|
        | 1 |
    """
    (only,) = steps(page)
    assert "| 1 | bad |" in only.body
    assert "| Step |" in only.body


def test_a_table_replaces_the_words_that_announce_it():
    page = "## Steps\n\nDo the following:\n\n|Task|Who|\n|-|-|\n|Stop it|Ann|\n||Bob|\n"
    first, second = steps(page)
    assert first.title == "Stop it"
    assert first.body == "Do the following:\n\n- Who: Ann"
    assert second.title == "Bob"


def test_html_is_read_for_what_it_shows():
    page = """
        <h1>Disk full</h1>

        <h2>Steps</h2>
        <ol>
        <li>Open the <a href="https://d.example/x">board</a>
        <ul><li>the left one</li></ul></li>
        <li><p>Restart <code>x</code><br>twice</p><pre>x restart</pre>
        </ol>
        <p>Tell <b>all</b>.</p>
        <pre>
        say  hello
        </pre>
    """
    first, second, third = steps(page)
    assert first.title == "Open the board"
    assert "https://d.example/x" in first.body
    assert "- the left one" in first.body
    assert second.title.startswith("Restart x")
    assert "x restart" in second.title + second.body
    assert third.title == "Tell all."
    assert "say  hello" in third.body


def test_html_that_shows_nothing_itself_is_kept():
    page = '## Steps\n\n1. Stop it.\n\n   <div class="x">\n   Slowly.\n   </div>\n'
    (only,) = steps(page)
    assert '<div class="x">' in only.body


def test_blanks_to_fill_in_are_seen_and_tags_are_not():
    (only,) = steps("## Steps\n\n1. Drain <node> on <b>all</b> hosts\n")
    assert only.title == "Drain <node> on all hosts"


def test_warnings_before_the_steps_are_not_lost():
    page = """
        # A

        It is a relay.

        > [!WARNING]
        > Never at night.

        ## Prerequisites

        - a ticket

        ## Steps

        1. Stop it.

        NOTE: it takes long.

        !!! tip
            Breathe.
    """
    (only,) = steps(page)
    assert "Never at night." in only.body
    assert "**Prerequisites**\n\n- a ticket" in only.body
    assert "It is a relay." not in only.body
    assert "NOTE: it takes long." in only.body
    assert "Breathe." in only.body


def test_an_example_of_output_belongs_to_the_command():
    page = """
        ## Steps

        Check the peers:

        ```sh
        peers
        ```

        The output looks like this:

        ```
        3 peers
        ```
    """
    (only,) = steps(page)
    assert only.title == "Check the peers"
    assert "3 peers" in only.body


def test_a_drawing_outside_the_steps_is_no_step():
    page = "# A\n\n## Layout\n\n```mermaid\na-->b\n```\n\n## Steps\n\n1. Look.\n"
    assert titles(page) == ["Look."]


def test_unwritten_sections_give_nothing():
    page = "# A\n\n## Diagnosis\n\nTo be added.\n\n## Steps\n\n[[_TOC_]]\n\n1. Look.\n"
    (only,) = steps(page)
    assert only.body == ""


def test_fences_for_the_bot_on_a_page_from_elsewhere_are_shown_never_run():
    front = "---\nfor: [x]\nseverity: 1\n---\n"
    (only,) = book(f"{front}# A\n\n1. Look.\n   ```check\n   no: {{}}\n   ```\n").steps
    assert only.kind is StepKind.CONFIRM
    assert only.call is None
    assert "```check" in only.body


def test_deep_nesting_stays_with_its_item():
    rows = "".join("  " * depth + f"- item {depth}\n" for depth in range(40))
    found = book("## Steps\n\n" + rows)
    assert len(found.steps) == 1
    assert "item 39" in found.steps[0].body


commands = st.lists(st.from_regex(r"run[a-z]{4,9}", fullmatch=True), unique=True)
around = st.sampled_from(
    ["", "Check it:", "It is so.", "1. Do this", "- a thing", "> quoted", "Example:"]
)


@settings(deadline=None, max_examples=60)
@given(typed=commands, before=st.lists(around, min_size=9, max_size=9))
def test_every_command_of_a_section_of_acts_stands_in_exactly_one_step(typed, before):
    parts = zip(before * (len(typed) // 9 + 1), typed, strict=False)
    page = "## Steps\n\n" + "\n\n".join(
        f"{said}\n\n```sh\n{command} --now\n```" for said, command in parts
    )
    told = [step.body for step in read_plain(page, file="p.md").runbooks[0].steps]
    for command in typed:
        assert sum(f"\n{command} --now\n" in body for body in told) == 1


@settings(deadline=None, max_examples=60)
@given(
    text=st.text(
        alphabet=st.sampled_from("<>/lioph12rea -`\n#|*[]()!:ab"), max_size=120
    )
)
def test_any_letters_of_html_and_tables_give_steps_or_a_reason(text):
    found = read_plain(text, file="x.md")
    assert bool(found.runbooks) != bool(found.problems)


def test_remarks_for_authors_are_taken_out_and_open_ones_stay():
    page = "## Steps\n\nLook.\n\n<!-- a --> b <!-- c -->\n\n<!-- d\n"
    (only,) = steps(page)
    assert only.body == " b \n\n<!-- d"


def test_code_below_an_example_alone_is_not_lost():
    (only,) = steps("## Steps\n\nExample:\n\n```sh\nls\n```\n")
    assert only.title == "Example"
    assert "ls" in only.body


def test_marks_in_code_written_in_html_are_not_read():
    (only,) = steps("## Steps\n\n<pre>\n<b>ls</b>\n</pre>\n")
    assert "\nls\n" in only.body


def test_blocks_of_code_that_nobody_closed_are_closed_but_not_without_end():
    page = "## Steps\n\n" + "".join(
        f"```sh\nrun {n}\n\n## Part {n}\n\n" for n in range(12)
    )
    found = steps(page)
    assert [step.title for step in found][:2] == ["Run run 0", "Run run 1"]
    assert len(found) < 12
    assert "run 11" in found[-1].body
