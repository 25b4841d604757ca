import pytest

from bot.core.runbook.wording import (
    is_action_heading,
    is_explaining_heading,
    is_instruction,
    is_step_heading,
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Check the disk.",
        "Then also please check the disk.",
        "do not restart it",
        "If it is full, when nobody looks, after a while, check the disk.",
        "In the console, open the page.",
        "You should move the peers.",
        "If it lasts, you can carefully raise the limit.",
        "We need to exec into the host.",
        "The page can be used to see the trend.",
        "The host might need a manual reboot.",
        "Running the tool will help.",
        "Log into the host.",
        "Log `stdout` somewhere.",
        "Restart",
    ],
)
def test_a_sentence_that_asks_for_an_act_is_an_instruction(sentence):
    assert is_instruction(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The disk is full.",
        "If it is full, the peer stops.",
        "You can see the trend there.",
        "Log files are kept for a day.",
        "Restart is automatic.",
        "Access is limited.",
        "Running peers are healthy.",
        "5 peers",
        "",
    ],
)
def test_a_sentence_that_describes_is_no_instruction(sentence):
    assert not is_instruction(sentence)


@pytest.mark.parametrize(
    ("title", "acts"),
    [
        ("Mitigation", True),
        ("Diagnosis and Debugging", True),
        ("Impact and mitigation", True),
        ("What to do", True),
        ("How to fix", True),
        ("Steps for the night", True),
        ("Restore the database slowly", True),
        ("Impact", False),
        ("Rollback trigger examples", False),
        ("Example queries for slow requests", False),
        ("Contact the owner", None),
        ("Read related logs", None),
        ("Slow disk", None),
        ("", None),
    ],
)
def test_headings_announce_acts_or_explanations_or_neither(title, acts):
    said = (is_action_heading(title), is_explaining_heading(title))
    assert said == (acts is True, acts is False)


def test_a_numbered_heading_is_a_step_unless_it_only_counts_sections():
    assert is_step_heading("Step 2: diagnosis")
    assert is_step_heading("3. Reboot the host")
    assert not is_step_heading("3. Diagnosis")
    assert not is_step_heading("Reboot")
