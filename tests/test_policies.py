from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.core.policy import Caps, Deed, Policy
from bot.core.rollback import Thresholds
from bot.errors import SettingsError
from bot.policies import policy_problems, read_policy_file, say_what_it_means

EXAMPLE = Path(__file__).parents[1] / "deploy" / "policy.example.toml"


def test_without_a_file_the_quiet_defaults_hold():
    found = read_policy_file(None)
    assert found.policy == Policy()
    assert found.thresholds == Thresholds()


def test_the_example_is_a_policy_with_every_deed_and_the_default_numbers():
    found, said = read_policy_file(EXAMPLE), EXAMPLE.read_text()
    assert found.thresholds == Thresholds()
    assert found.policy.given
    assert found.policy.caps == Caps()
    assert found.policy.approvals == Policy().approvals
    assert all(f"\n{name} = " in said for name in (*Deed, *Thresholds.model_fields))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rollback]\n\nmost = 0\n", ":3: rollback.most is wrong"),
        (
            "[rollback]\nmots = 3\n",
            ":2: rollback.mots is not known. Did you mean 'most'",
        ),
        ("[rollback]\nmost = true\n", ":2: rollback.most is wrong"),
        ("[rollback\n", "is not TOML"),
        ("rollback = 3\n", "must be a table"),
        (b"\xff", "is not UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, said, tmp_path):
    file = tmp_path / "policy.toml"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SettingsError, match=said):
        read_policy_file(file)


def test_every_line_that_is_wrong_is_told_at_once(tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text("[may]\nopne = []\n[caps]\nparticipants = -1\n")
    lines = [(one.file, one.line) for one in policy_problems(file)]
    assert lines == [(str(file), 2), (str(file), 4)]


def test_that_there_is_none_is_told_with_what_to_do():
    with capture_logs() as lines:
        say_what_it_means(Policy())
        say_what_it_means(Policy(given=True))
    (line,) = lines
    assert line["event"] == "policy.absent"
    assert "nobody may run what disturbs" in line["meaning"]
    assert "deploy/policy.example.toml" in line["meaning"]
