import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cohrtz.databases.vault import (
    WORDS,
    VaultKey,
    is_alone,
    is_authority,
    smallest,
    vault_key,
)


@pytest.mark.parametrize(
    ("has_key", "has_marker", "meaning"),
    [
        (True, True, VaultKey.HEALTHY),
        (True, False, VaultKey.LEGACY),
        (False, True, VaultKey.MISSING),
        (False, False, VaultKey.NEVER),
    ],
)
def test_the_presence_of_key_and_marker_has_four_meanings(has_key, has_marker, meaning):
    assert vault_key(has_key=has_key, has_marker=has_marker) is meaning


def test_a_lost_key_is_told_with_what_nobody_may_do():
    assert "nobody may add vault items" in WORDS[VaultKey.MISSING]
    assert set(WORDS) == set(VaultKey)


def test_the_smallest_identity_is_the_authority_and_so_is_the_host():
    others = ["user:b", "user:c"]
    assert is_authority("user:a", others, is_host=None) is True
    assert is_authority("user:b", ["user:a"], is_host=True) is True
    assert is_authority("user:b", ["user:a"], is_host=False) is False
    assert is_authority("user:b", ["user:a"], is_host=None) is None


def test_identities_are_compared_as_utf16_units():
    beyond, private = "user:\U0001f389", "user:\ue000"
    assert smallest([private, beyond]) == beyond
    assert min(private, beyond) == private


def test_of_nobody_nobody_is_the_authority():
    assert smallest([]) is None


@given(st.lists(st.text(alphabet="abc-0", max_size=5), min_size=1))
def test_among_the_visible_there_is_always_an_authority(identities):
    assert is_authority(smallest(identities), identities, is_host=False)


def test_a_device_is_alone_when_only_it_is_visible():
    assert is_alone("user:A", ["user:a"])
    assert is_alone("user:a", [])
    assert not is_alone("user:a", ["user:a", "user:b"])
