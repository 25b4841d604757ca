import pytest

from bot.actions import ACTIONS
from bot.checks import CHECKS
from bot.errors import PageError
from bot.pages import catalogue, lint_folder, load_library, page_files
from bot.settings import RUNBOOKS

PLAIN = "# Restart the server\n\n## Steps\n\n1. Restart it.\n2. Look at it.\n"


@pytest.fixture
def folder(tmp_path):
    def put(**pages):
        for name, text in pages.items():
            (tmp_path / f"{name}.md").write_text(text)
        return tmp_path

    return put


def test_our_own_pages_load_and_keep_their_names():
    library = load_library(RUNBOOKS)
    assert library
    assert all(slug == book.slug for slug, book in library.items())
    assert lint_folder(RUNBOOKS) == ()


def test_a_page_may_name_exactly_what_there_is():
    known = catalogue()
    assert set(known.checks) == set(CHECKS)
    assert set(known.actions) == set(ACTIONS)
    for name, check in CHECKS.items():
        assert known.checks[name].facts == set(check.FACTS)


def test_a_plain_page_is_a_runbook_and_a_readme_is_not(folder):
    library = load_library(folder(restart=PLAIN, README="# About", readme="# Too"))
    assert list(library) == ["restart"]
    assert len(library["restart"].steps) == 2


@pytest.mark.parametrize("name", ["empty", "gone"])
def test_a_folder_without_pages_is_told(tmp_path, name):
    (tmp_path / "empty").mkdir()
    with pytest.raises(PageError, match="there are no runbook pages"):
        load_library(tmp_path / name)


def test_every_problem_is_told_with_its_place(folder):
    broken = "# X\n\n1. Look.\n   ```check\n   no-such-check: {}\n   ```\n"
    where = folder(one=broken, two=broken.replace("X", "Y"), good=PLAIN)
    with pytest.raises(PageError) as caught:
        load_library(where)
    lines = str(caught.value).splitlines()
    assert len(lines) == 2
    assert all(
        f"/{n}.md:5:" in line for n, line in zip(("one", "two"), lines, strict=True)
    )
    assert [str(one) for one in lint_folder(where)] == lines


def test_two_pages_of_one_title_do_not_hide_each_other(folder):
    with pytest.raises(PageError, match="is taken by"):
        load_library(folder(one=PLAIN, two=PLAIN))


def test_a_page_that_cannot_be_read_is_told(folder):
    where = folder(restart=PLAIN)
    (where / "folder.md").mkdir()
    with pytest.raises(PageError, match=r"folder\.md:1: it cannot be read"):
        page_files(where)


def test_bytes_that_are_no_text_do_not_stop_the_reading(tmp_path):
    (tmp_path / "odd.md").write_bytes(PLAIN.encode() + b"\n3. Odd \xff byte.\n")
    assert "\ufffd" in load_library(tmp_path)["odd"].steps[2].title
