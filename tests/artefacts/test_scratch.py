"""Folders for what is read go afterwards; what a death left, at the next start."""

import errno
import os

import pytest
from structlog.testing import capture_logs

from bot.artefacts.archive import Walk
from bot.artefacts.copying import NoScratch
from bot.artefacts.intake import Intake
from bot.artefacts.scratch import Scratch
from tests.artefacts.canary_files import KINDS


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Use a temporary folder of this test's own."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def scratch(tmp_path):
    return Scratch.of(tmp_path / "triage.db")


def left(scratch, temporary, name="killed"):
    """Leave a folder as a bot does that is killed while it reads."""
    folder = temporary / f"{scratch.prefix}{name}"
    (folder / "tmpx").mkdir(parents=True)
    file = folder / "tmpx" / "file"
    file.write_text("what somebody wrote")
    file.chmod(0o400)
    return folder


def names(folder):
    return sorted(one.name for one in folder.iterdir())


def test_a_folder_goes_with_all_that_lies_in_it(temporary, scratch):
    with scratch.folder() as folder:
        (folder / "file").write_text("what somebody wrote")
        assert (folder.parent, folder.stat().st_mode & 0o777) == (temporary, 0o700)
    assert names(temporary) == []


def test_what_a_killed_bot_left_is_removed_and_counted(temporary, scratch):
    for name in ("one", "two"):
        left(scratch, temporary, name)
    with capture_logs() as logs:
        assert scratch.sweep() == 2
        assert scratch.sweep() == 0
    assert names(temporary) == []
    assert logs == [{"event": "scratch.swept", "folders": 2, "log_level": "info"}]


def test_what_others_left_stays(temporary, scratch, tmp_path):
    left(Scratch.of(tmp_path / "other.db"), temporary)
    left(Scratch(), temporary)
    (temporary / f"{scratch.prefix}file").write_text("no folder")
    before = names(temporary)
    assert scratch.sweep() == 0
    assert names(temporary) == before


def test_a_link_with_such_a_name_leads_nowhere(temporary, scratch, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("somebody's own")
    (temporary / f"{scratch.prefix}link").symlink_to(elsewhere)
    within = left(scratch, temporary)
    (within / "link").symlink_to(elsewhere)
    assert scratch.sweep() == 1
    assert names(elsewhere) == ["kept"]
    assert names(temporary) == [f"{scratch.prefix}link"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_stays(temporary, scratch):
    os.chown(left(scratch, temporary), 65534, -1)
    assert scratch.sweep() == 0


def test_a_database_has_one_mark_by_whatever_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.db").symlink_to(tmp_path / "triage.db")
    (tmp_path / "triage.db").touch()
    paths = (tmp_path / "triage.db", tmp_path / "link.db", tmp_path / "x/../triage.db")
    assert len({Scratch.of(path) for path in paths}) == 1
    assert Scratch.of(tmp_path / "other.db") != Scratch.of(paths[0])


def test_where_no_folder_can_be_made_it_is_said_what_to_do(temporary, scratch):
    temporary.rmdir()
    with (
        pytest.raises(NoScratch, match=r"temporary folder .* cannot be written to"),
        scratch.folder(),
    ):
        pass
    with capture_logs() as logs:
        assert scratch.sweep() == 0
    assert [one["event"] for one in logs] == ["scratch.unseen"]


async def test_a_start_without_a_temporary_folder_warns_and_goes_on(temporary):
    temporary.rmdir()
    with capture_logs() as logs:
        assert await Intake(lambda: None, lambda: "ref-1").probe() == {}
    assert [one["event"] for one in logs] == ["artefacts.unreadable"]


def test_a_zip_is_not_called_damaged_for_want_of_room(tmp_path):
    class Full(Walk):
        def _unpack(self, archive, info, target):
            raise OSError(errno.ENOSPC, "No space left on device")

    KINDS["archive"](tmp_path / "a.zip")
    refused = {one.refused for one in Full(tmp_path).members(tmp_path / "a.zip")}
    assert all("temporary folder" in why for why in refused)
    assert refused
