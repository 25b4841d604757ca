"""`triage rotate-keys`, alone with the database and beside a running bot."""

import asyncio
import base64
import threading

import pytest

from bot import __main__ as command_line
from bot.cli import rotate_keys
from bot.engine.foreground import Foreground
from bot.engine.key_watch import KeyWatch
from bot.store.keys import key_file_of
from bot.store.lock import hold_lock
from bot.store.rows import UNSTORED, Notice
from bot.store.store import open_store
from tests.fakes.world import NOON


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    """The command sets logging up for its process, which here is not its own."""
    monkeypatch.setattr(rotate_keys.logs, "set_up", lambda **_: None)


@pytest.fixture
def database(tmp_path, monkeypatch):
    path = tmp_path / "triage.db"
    monkeypatch.chdir(tmp_path)
    for name in ("TRIAGE_DATA_KEY", "TRIAGE_DATA_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TRIAGE_DATABASE", str(path))
    return path


@pytest.fixture
def filled(database):
    async def fill():
        async with open_store(database) as store:
            for n in range(3):
                until = NOON.replace(hour=13)
                notice = Notice(UNSTORED, "C1", "U1", None, f"n{n}", NOON, until)
                await store.add_notice(notice)

    asyncio.run(fill())
    return database


def rotate(capsys, *arguments):
    code = command_line.main(["rotate-keys", *arguments])
    return code, *capsys.readouterr()


def secrets(database):
    lines = key_file_of(database).path.read_text().splitlines()
    return [line.partition(":")[2] for line in lines if not line.startswith("#")]


def test_alone_it_makes_a_key_seals_anew_and_says_which_may_go(filled, capsys):
    old = key_file_of(filled).read().sealing
    code, out, err = rotate(capsys, "--new-key")
    new = key_file_of(filled).read().sealing
    assert code == 0
    assert f"Everything is sealed with the key {new}" in out
    assert "3 values were sealed anew" in out
    assert f"The key {old} may go" in out
    assert "backups" in out
    assert not any(secret in out + err for secret in secrets(filled))


def test_again_there_is_nothing_to_do_and_it_still_says_what_may_go(filled, capsys):
    rotate(capsys, "--new-key")
    code, out, _ = rotate(capsys)
    assert code == 0
    assert "Nothing was left to do" in out
    assert "may go" in out


def test_a_value_that_does_not_open_is_told(filled, capsys):
    async def spoil():
        statement = "UPDATE notices SET sealed = x'00' WHERE id = 2"
        async with open_store(filled) as store:
            await store._writer.submit(lambda link: link.execute(statement).rowcount)

    asyncio.run(spoil())
    code, out, err = rotate(capsys, "--new-key")
    assert code == 1
    assert "1 values do not open" in err
    assert "2 values were sealed anew" in out


def test_keys_of_the_environment_are_changed_by_a_person(filled, capsys, monkeypatch):
    key = base64.b64encode(b"k" * 32).decode()
    monkeypatch.setenv("TRIAGE_DATA_KEY", f"k:{key}")
    code, _, err = rotate(capsys, "--new-key")
    assert code == 2
    assert "TRIAGE_DATA_KEY, which a command cannot change" in err
    assert key not in err


def test_a_lost_key_is_told(filled, capsys):
    key_file_of(filled).path.unlink()
    code, _, err = rotate(capsys)
    assert code == 2
    assert "there is no key file" in err


def test_without_a_database_it_says_so_and_makes_none(database, capsys):
    code, _, err = rotate(capsys)
    assert code == 2
    assert "There is no database" in err
    assert not database.exists()


@pytest.fixture
def running(filled):
    """A bot's store with its watch over the keys, in a thread of its own."""
    up, end = threading.Event(), threading.Event()

    async def live():
        async with open_store(filled) as store:
            watch = KeyWatch(store.rotation, key_file_of(filled), Foreground())
            up.set()
            while not end.is_set():
                await watch.look()
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: asyncio.run(live()))
    thread.start()
    up.wait()
    yield filled
    end.set()
    thread.join()


def test_beside_a_running_bot_it_watches_until_all_is_done(
    running, capsys, monkeypatch
):
    monkeypatch.setattr(rotate_keys, "LOOKS_EVERY", 0.01)
    old = key_file_of(running).read().sealing
    code, out, err = rotate(capsys, "--new-key")
    assert code == 0
    assert "is in use by process" in err
    assert "this command watches" in err
    assert f"The key {old} may go" in out


def test_a_running_bot_that_does_not_follow_is_told(filled, capsys, monkeypatch):
    monkeypatch.setattr(rotate_keys, "LOOKS_EVERY", 0.001)
    monkeypatch.setattr(rotate_keys, "PATIENCE", 0.01)
    with hold_lock(filled):
        code, _, err = rotate(capsys, "--new-key")
    assert code == 1
    assert "does not seal with the key" in err


def test_beside_an_older_bot_it_says_what_to_do(database, capsys):
    database.touch()
    key_file_of(database).make()
    with hold_lock(database):
        code, _, err = rotate(capsys)
    assert code == 2
    assert "earlier version" in err
