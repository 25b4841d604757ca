"""What is sealed opens only with its key, and only where it stands."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.store.seal import HEADER, DataKey, Keyring, Place, SealBroken, read_keyring

OLD, NEW = DataKey("2025-11", b"o" * 32), DataKey("2026-03", b"n" * 32)
HERE = Place("diagnostics", "sealed", "1")
RING = Keyring([OLD])


def written(key):
    return f"{key.name}:{base64.b64encode(key.secret).decode()}"


@given(st.binary(max_size=200))
def test_what_is_sealed_opens_at_its_place(plain):
    sealed = RING.seal(plain, HERE)
    assert RING.open(sealed, HERE) == plain
    assert len(sealed) == HEADER + len(plain) + 16
    assert not plain or len(plain) < 4 or plain not in sealed


def test_twice_the_same_is_not_sealed_alike():
    assert RING.seal(b"same", HERE) != RING.seal(b"same", HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("other", "sealed", "1"),
        Place("diagnostics", "other", "1"),
        Place("diagnostics", "sealed", "2"),
        Place("diagnosticssealed", "", "1"),
    ],
)
def test_what_was_moved_does_not_open(elsewhere):
    with pytest.raises(SealBroken, match="changed or moved"):
        RING.open(RING.seal(b"secret", HERE), elsewhere)


@given(st.integers(0, 31), st.integers(1, 255))
def test_no_bit_can_be_changed(at, flip):
    sealed = bytearray(RING.seal(b"", HERE))
    sealed[at] ^= flip
    with pytest.raises(SealBroken):
        RING.open(bytes(sealed), HERE)


@given(st.binary(max_size=60))
def test_any_other_bytes_do_not_open(noise):
    with pytest.raises(SealBroken):
        RING.open(noise, HERE)


def test_the_first_key_seals_and_all_open():
    both = Keyring([NEW, OLD])
    assert both.open(RING.seal(b"from before", HERE), HERE) == b"from before"
    assert both.sealing == "2026-03"
    with pytest.raises(SealBroken, match="not at hand"):
        RING.open(both.seal(b"new", HERE), HERE)


def test_another_key_of_the_same_name_does_not_open():
    other = Keyring([DataKey(OLD.name, b"x" * 32)])
    with pytest.raises(SealBroken, match="another one of the same name"):
        other.open(RING.seal(b"secret", HERE), HERE)


@pytest.mark.parametrize("between", [",", "\n", " ,\n# the old one\n"])
def test_keys_are_written_in_one_line_or_in_a_file(between):
    ring = read_keyring(written(NEW) + between + written(OLD) + "\n")
    assert ring.sealing == NEW.name
    assert ring.open(RING.seal(b"old", HERE), HERE) == b"old"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing",
        "canary",
        "k:canary!",
        "k:Y2FuYXJ5",
        f"{written(OLD)},{written(OLD)}",
        written(OLD).replace("2025-11", "No Name"),
    ],
)
def test_what_is_no_keyring_is_told_without_a_key(text):
    with pytest.raises(SettingsError) as caught:
        read_keyring(text)
    assert "openssl rand -base64 32" in str(caught.value)
    assert "canary" not in str(caught.value)
    assert "Y2Fu" not in str(caught.value)


def test_a_key_does_not_show_itself():
    assert "ooo" not in repr(OLD)
