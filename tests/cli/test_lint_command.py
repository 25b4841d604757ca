import json

from bot.__main__ import main


def test_good_pages_give_an_empty_document(capsys):
    assert main(["lint", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_each_problem_has_its_place_its_words_and_a_hint(tmp_path, capsys):
    (tmp_path / "a.md").write_text(
        "# A\n\n1. Look.\n   ```check\n   no-such: {}\n   ```\n"
    )
    assert main(["lint", str(tmp_path), "--json"]) == 1
    (problem,) = json.loads(capsys.readouterr().out)
    assert set(problem) == {"file", "line", "message", "hint"}
    assert problem["file"].endswith("/a.md")
    assert problem["line"] == 5
    assert "no-such" in problem["message"]


def test_a_folder_without_pages_is_bad_usage(tmp_path, capsys):
    assert main(["lint", str(tmp_path), "--json"]) == 2
    assert capsys.readouterr().out == ""
