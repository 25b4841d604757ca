"""The keys at start: made and said, kept private, and missed at once when lost."""

import base64

import pytest
from store_samples import change, opened, plain

from bot.errors import SettingsError
from bot.store.keys import GivenKeys, KeyFile, key_file_of
from bot.store.rows import Commit
from bot.store.seal import DataKey, Keyring
from bot.store.store import open_store

OLD, NEW = DataKey("old", b"o" * 32), DataKey("new", b"n" * 32)


def given(*keys):
    return GivenKeys(Keyring(keys))


async def refusal(path, keys=None):
    with pytest.raises(SettingsError) as caught:
        async with open_store(path, keys):
            pass
    return str(caught.value)


async def filled(path, keys=None):
    async with open_store(path, keys) as store:
        await opened(store, "I1")


def known(path):
    connection = plain(path)
    names = {name for (name,) in connection.execute("SELECT name FROM keys")}
    connection.close()
    return names


async def test_the_first_start_makes_a_private_key_file_and_says_so_loudly(
    path, logged
):
    await filled(path)
    file = key_file_of(path).path
    assert file.stat().st_mode & 0o777 == 0o600
    (told,) = [one for one in logged if one["event"] == "keys.made"]
    assert told["log_level"] == "warning"
    assert told["file"] == str(file)
    assert "backups cannot be read" in told["advice"]


async def test_the_next_start_takes_it_up_and_says_nothing(path, logged):
    await filled(path)
    logged.clear()
    async with open_store(path) as store:
        assert (await store.head("I1")).room == "lobby"
    assert {one["event"] for one in logged} == {"store.opened"}


async def test_a_lost_key_file_is_told_at_the_start_and_none_is_made(path):
    await filled(path)
    file = key_file_of(path).path
    kept = file.rename(file.with_name("elsewhere"))
    words = await refusal(path)
    assert f"there is no key file {file}" in words
    assert "3 values" not in words
    assert "2 values" in words  # a head and an event
    assert not file.exists()
    kept.rename(file)
    async with open_store(path) as store:
        assert await store.commit(change("I1", 2)) is Commit.DONE


async def test_a_key_that_is_not_in_the_ring_is_told_by_its_name(path):
    await filled(path, given(OLD))
    words = await refusal(path, given(NEW))
    assert "sealed with the data key old" in words
    assert "TRIAGE_DATA_KEY does not have it" in words
    assert known(path) == {"old"}


async def test_another_key_of_the_same_name_is_told(path):
    await filled(path, given(OLD))
    words = await refusal(path, given(DataKey("old", b"x" * 32)))
    assert "is not the one of that name" in words


async def test_an_older_key_may_not_leave_while_something_is_sealed_with_it(path):
    await filled(path, given(OLD))
    async with open_store(path, given(NEW, OLD)) as store:
        await opened(store, "I2")
    assert known(path) == {"old", "new"}
    for ring in (given(NEW), given(OLD)):
        assert "does not have it" in await refusal(path, ring)
    async with open_store(path, given(OLD, NEW)) as store:
        assert {one.incident for one in await store.heads()} == {"I1", "I2"}


async def test_a_key_with_which_nothing_was_sealed_yet_may_go(path):
    async with open_store(path, given(OLD)):
        pass
    await filled(path, given(NEW))
    assert known(path) == {"new"}


async def test_rooms_are_found_whatever_key_seals(path):
    await filled(path, given(OLD))
    async with open_store(path, given(NEW, OLD)) as store:
        await opened(store, "I2")
        assert len(await store.heads(room="lobby")) == 2


async def test_a_file_that_others_can_read_is_told(path, tmp_path, logged):
    key = base64.b64encode(OLD.secret).decode()
    file = tmp_path / "keys"
    file.write_text(f"old:{key}\n")
    file.chmod(0o644)
    await filled(path, KeyFile(file, required=True))
    (told,) = [one for one in logged if one["event"] == "keys.exposed"]
    assert told["mode"] == "644"
    assert key not in str(logged)


async def test_a_file_that_a_setting_names_must_be_there(path, tmp_path):
    words = await refusal(path, KeyFile(tmp_path / "none", required=True))
    assert words.startswith("TRIAGE_DATA_KEY_FILE: the key file")
    assert "it is not there" in words


async def test_a_file_that_is_no_text_is_told_without_its_content(path, tmp_path):
    file = tmp_path / "keys"
    file.write_bytes(b"\xff\xfecanary")
    words = await refusal(path, KeyFile(file))
    assert "not UTF-8" in words
    assert "canary" not in words


async def test_a_folder_in_the_place_of_the_file_is_told(path):
    key_file_of(path).path.mkdir()
    assert "cannot be read" in await refusal(path)


def test_a_new_key_is_put_first_and_the_file_stays_as_private_as_it_was(tmp_path):
    source = KeyFile(tmp_path / "keys")
    first = source.make()
    source.path.chmod(0o640)
    names = [source.add().names for _ in range(3)][-1]
    assert len(set(names)) == 4
    assert names[-1] == first.sealing
    assert source.read().names == names
    assert source.path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [source.path]


def test_a_new_key_cannot_be_put_where_there_is_none(tmp_path):
    with pytest.raises(SettingsError, match="no key file"):
        KeyFile(tmp_path / "keys").add()


def test_where_a_file_cannot_be_written_it_is_told(tmp_path):
    with pytest.raises(SettingsError, match="cannot be written"):
        KeyFile(tmp_path / "none" / "keys").make()
