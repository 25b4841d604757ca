from pathlib import Path

import pytest

from bot.core.rollback import Thresholds
from bot.errors import SettingsError
from bot.thresholds import read_thresholds

EXAMPLE = Path(__file__).parents[1] / "deploy" / "rollback.example.toml"


def test_without_a_file_the_defaults_hold():
    assert read_thresholds(None) == Thresholds()


def test_the_example_says_the_defaults_and_all_of_them():
    assert read_thresholds(EXAMPLE) == Thresholds()
    said = EXAMPLE.read_text()
    assert all(f"\n{name} = " in said for name in Thresholds.model_fields)


def test_other_tables_of_the_file_are_left_to_others(tmp_path):
    file = tmp_path / "policy.toml"
    file.write_text("[people]\nx = 1\n[rollback]\nmost = 4\n")
    assert read_thresholds(file).most == 4


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rollback]\nmost = 0\n", "rollback.most"),
        ("[rollback]\nmots = 3\n", "rollback.mots"),
        ("[rollback\n", "is not TOML"),
        ("rollback = 3\n", "rollback"),
        (None, "cannot be read"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, said, tmp_path):
    file = tmp_path / "policy.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(SettingsError, match=said):
        read_thresholds(file)
