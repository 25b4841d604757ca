import json

import pytest

from bot.__main__ import main

PLAIN = (
    "# Restart the server\n\n## Steps\n\n1. Restart it.\n   Slowly.\n2. Look at it.\n"
)
TWO = "## Runbook: A\n\n1. Look.\n\n## Runbook: B\n\n1. Ask.\n"
WRONG = "---\nfor: [nobody.knows]\n---\n# Odd\n\n1. Look.\n"


@pytest.fixture
def folder(tmp_path):
    def put(**pages):
        for name, text in pages.items():
            path = tmp_path / name.replace("__", "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.with_name(path.name + ".md").write_bytes(
                text if isinstance(text, bytes) else text.encode()
            )
        return str(tmp_path)

    return put


def documents(capsys, *arguments):
    code = main(["import", *arguments, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out), said.err


def test_a_page_is_told_with_its_steps_and_nothing_else(folder, capsys):
    code, found, errors = documents(capsys, folder(restart=PLAIN))
    assert (code, errors) == (0, "")
    assert found == [
        {
            "file": "restart.md",
            "title": "Restart the server",
            "steps": [
                {"title": "Restart it.", "body": "Slowly."},
                {"title": "Look at it.", "body": ""},
            ],
        }
    ]


def test_several_runbooks_of_a_file_are_several_entries(folder, capsys):
    _, found, _ = documents(capsys, folder(all=TWO))
    assert [(one["file"], one["title"]) for one in found] == [
        ("all.md", "A"),
        ("all.md", "B"),
    ]


def test_people_read_it_page_by_page(folder, capsys):
    assert main(["import", folder(restart=PLAIN, all=TWO, empty="")]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "all.md",
        "  A: 1 step",
        "  B: 1 step",
        "empty.md",
        "  no runbook",
        "restart.md",
        "  Restart the server: 2 steps",
        "3 runbooks on 3 pages, 4 steps; people confirm every step.",
    ]
    assert said.err == "empty.md:1: the page is empty. Write its steps.\n"


def test_a_page_that_is_wrong_for_the_bot_is_still_one_for_people(folder, capsys):
    code, found, errors = documents(capsys, folder(odd=WRONG))
    assert code == 0
    assert [step["title"] for step in found[0]["steps"]] == ["Look."]
    assert "nobody.knows" in errors


def test_folders_below_count_and_hidden_ones_and_readmes_do_not(folder, capsys):
    where = folder(
        a__b=PLAIN,
        README=PLAIN,
        _git__x=PLAIN,
        node_modules__p=PLAIN,
        **{".x__y": PLAIN},
    )
    _, found, _ = documents(capsys, where)
    assert [one["file"] for one in found] == ["_git/x.md", "a/b.md"]


@pytest.mark.parametrize(
    "raw",
    [
        PLAIN.encode("utf-16"),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.encode() + b"\xff\xfe\x00",
    ],
)
def test_any_encoding_gives_the_steps(raw, folder, capsys):
    _, found, _ = documents(capsys, folder(page=raw))
    assert found[0]["title"] == "Restart the server"
    assert found[0]["steps"][0]["title"] == "Restart it."


def test_a_page_that_is_too_long_is_refused_with_a_reason(folder, capsys):
    code, found, errors = documents(capsys, folder(long="x" * 9_000_000))
    assert (code, found) == (0, [])
    assert "at most" in errors


def test_an_empty_folder_holds_nothing(tmp_path, capsys):
    assert documents(capsys, str(tmp_path))[:2] == (0, [])


@pytest.mark.parametrize("name", ["gone", "file.md"])
def test_what_is_no_folder_is_bad_usage(name, tmp_path, capsys):
    (tmp_path / "file.md").write_text(PLAIN)
    assert main(["import", str(tmp_path / name)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "cannot be read" in said.err


def test_our_own_pages_are_told_as_they_are(capsys):
    assert main(["import", "runbooks"]) == 0
    assert "people confirm every step" not in capsys.readouterr().out


def test_a_page_that_cannot_be_opened_is_told_and_the_others_are_read(
    folder, capsys, monkeypatch
):
    where = folder(good=PLAIN, shut=PLAIN)
    opened = type(__import__("pathlib").Path()).open

    def refuse(path, *asked, **more):
        if path.name == "shut.md":
            raise PermissionError(13, "Permission denied")
        return opened(path, *asked, **more)

    monkeypatch.setattr("pathlib.Path.open", refuse)
    code, found, errors = documents(capsys, where)
    assert (code, len(found)) == (0, 1)
    assert errors == "shut.md:1: it cannot be read (Permission denied).\n"
