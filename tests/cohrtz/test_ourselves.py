import pytest

from bot.cohrtz.ourselves import PREFIX, is_ours


@pytest.mark.parametrize(
    ("identity", "hidden", "ours"),
    [
        (f"{PREFIX}00ff", True, True),
        (f"{PREFIX}00ff", False, False),
        ("user:0195b2f0-0000-7000-8000-00000000a11c", True, False),
        (f"user:{PREFIX}", True, False),
    ],
)
def test_only_a_hidden_one_with_our_prefix_is_ours(identity, hidden, ours):
    assert is_ours(identity, hidden=hidden) is ours


def test_no_app_takes_us_for_the_smallest_identity():
    assert PREFIX > "user:ffffffff"
