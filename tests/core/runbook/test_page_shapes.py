import pytest
from page_samples import CATALOGUE, problems, reading, steps, titles

from bot.core.runbook.read import read


def test_a_page_without_acts_falls_back_on_its_headings():
    page = "# A\n\n## Meaning\n\nBad.\n\n## Diagnosis\n\nTODO\n\n## Mitigation\n\nTBD\n"
    assert titles(page) == ["Diagnosis", "Mitigation"]


def test_a_page_without_headings_falls_back_on_its_paragraphs():
    page = """
        The relay is dark.

        ```
        x
        ```

        > The peer is dark.
    """
    (only,) = steps(page)
    assert only.title == "The relay is dark."
    assert "The peer is dark." in only.body


def test_words_alone_are_steps_in_the_end():
    page = "## Meaning\n\nThe relay is dark.\n\n- It is late.\n\n```\nx\n```\n"
    assert titles(page) == ["The relay is dark.", "It is late."]


def test_an_item_may_begin_with_a_block_or_be_empty():
    page = "## Steps\n\n1. ```sh\n   ls\n   ```\n2.\n3. > quoted\n"
    assert titles(page) == ["Run ls", "(this step has no words)", "Go through this"]


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("---\ntitle: Disk full\nweight: 20\n---\n", "Disk full"),
        ("---\nweight: 20\n---\n", "Disk"),
        ("---\ntitle: [\n---\n", "Disk"),
        ("+++\ntitle = 'Disk full'\n+++\n", "Disk full"),
        ("+++\ntitle = [\n+++\n", "Disk"),
        ('{\n  "title": "Disk full"\n}\n', "Disk full"),
        ('{\n  "title": 3\n}\n', "Disk"),
        ("---\n", "Disk"),
        ("\ufeff", "Disk"),
    ],
)
def test_the_front_matter_of_other_systems_is_passed_over(front, title):
    (runbook,) = reading(f"{front}# Disk\n\n1. Free some.\n").runbooks
    assert runbook.title == title
    assert [step.title for step in runbook.steps] == ["Free some."]


def test_a_page_without_any_title_has_the_name_of_its_file():
    found = read("1. Look.\n", file="a\\b/disk-full.md", catalogue=CATALOGUE)
    assert found.runbooks[0].title == found.runbooks[0].slug == "disk-full"


def test_a_collection_holds_a_runbook_for_each_named_section():
    page = """
        # All of them

        ## Runbook: Disk full

        Symptoms:
        - it is full

        Actions:
        1. free some

        ## Runbook: Disk (lost)

        Actions:
        1. find it
        2. mount it

        ## Appendix

        1. nothing
    """
    full, lost = reading(page).runbooks
    assert (full.slug, full.title) == ("page#disk-full", "Disk full")
    assert (lost.slug, lost.title) == ("page#disk-lost", "Disk (lost)")
    assert full.symptoms == ("it is full",)
    assert [step.title for step in lost.steps] == ["find it", "mount it"]


def test_a_collection_says_which_of_its_runbooks_is_empty_or_there_twice():
    page = "## Runbook: A\n1. Look.\n## Runbook: A\n1. Ask.\n## Runbook: B\n"
    assert problems(page) == ["1: «B» has no steps.", "4: «A» is there twice."]


def test_a_title_that_says_runbook_makes_no_collection():
    (runbook,) = reading("# Runbook: Disk full\n\n## Steps\n\n1. Free some.\n").runbooks
    assert (runbook.slug, runbook.title) == ("page", "Disk full")


def test_an_endless_title_is_shortened_and_kept_whole_below():
    (only,) = steps("1. " + "very " * 200 + "long\n")
    assert len(only.title) == 300
    assert only.title.endswith("…")
    assert only.body.endswith("long")


def test_windows_line_ends_change_nothing():
    page = "# A\n\n1. Look.\n   Twice.\n2. Ask.\n"
    assert [s.body for s in steps(page)] == [
        s.body for s in steps(page.replace("\n", "\r\n"))
    ]


def test_an_explanation_after_the_last_step_stays_with_it():
    page = "## Steps\n\n1. Look.\n\n## Mitigation\n\nIt depends.\n"
    (only,) = steps(page)
    assert only.body == "It depends."


def test_a_page_says_what_it_is_about_and_a_slip_is_told():
    (runbook,) = reading("---\nabout: release\n---\n# A\n\n1. Look.\n").runbooks
    assert runbook.about == "release"
    (said,) = problems("---\nabout: relese\n---\n# A\n\n1. Look.\n")
    assert said.startswith("2: a page is about one of room, release, rollback.")
    assert "release" in said.split(".", 1)[1]


def test_a_code_block_that_nobody_closed_is_kept_to_the_end_of_the_page():
    page = "# T\n\n## Steps\n\nList what is there:\n\n```sh\nls\npwd\n"
    [only] = steps(page)
    assert "ls\npwd" in only.body
