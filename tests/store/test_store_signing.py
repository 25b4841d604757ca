"""The key that signs the trail: read, or made once, and never shown."""

import base64
import stat

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bot.errors import SettingsError
from bot.store.signing import SigningKey, key_in, made_key, own_key, read_key

SEED = bytes(range(32))
TEXT = base64.b64encode(SEED).decode()


def test_what_it_signs_the_public_key_verifies():
    key = SigningKey(SEED)
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key.public_text))
    public.verify(key.sign(b"said"), b"said")
    with pytest.raises(InvalidSignature):
        public.verify(key.sign(b"said"), b"not said")


def test_two_made_keys_are_two():
    assert made_key().public != made_key().public


@pytest.mark.parametrize("text", [TEXT, f" {TEXT}\n", f"# ours\n{TEXT}  # until May\n"])
def test_a_seed_is_read_with_comments(text):
    assert read_key(text).public == SigningKey(SEED).public


@pytest.mark.parametrize("text", ["", "secret!", TEXT[:-8], TEXT * 2, "ключ"])
def test_a_text_that_is_no_seed_is_refused_and_not_shown(text):
    with pytest.raises(SettingsError) as refused:
        read_key(text)
    assert "openssl rand -base64 32" in str(refused.value)
    assert not text or text not in str(refused.value)


def test_a_key_of_its_own_is_made_once_for_its_owner_alone(tmp_path):
    database = tmp_path / "triage.db"
    key = own_key(database)
    (file,) = tmp_path.iterdir()
    assert file.name == "triage.db.signing-key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert own_key(database).public == key.public


def test_a_link_to_the_database_leads_to_the_same_key(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "here.db").symlink_to(tmp_path / "there" / "triage.db")
    made = own_key(tmp_path / "there" / "triage.db")
    assert own_key(tmp_path / "here.db").public == made.public


def test_a_key_that_cannot_be_made_or_read_is_told(tmp_path):
    with pytest.raises(SettingsError, match="cannot be made: No such file"):
        own_key(tmp_path / "nowhere" / "triage.db")
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        key_in(tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff\xff")
    with pytest.raises(SettingsError, match="it is not UTF-8 text"):
        key_in(tmp_path / "bytes")
