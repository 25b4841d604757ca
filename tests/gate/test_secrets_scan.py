"""A secret in the tree is found, by its form or by its name, and needs a reason."""

import subprocess
import tomllib

import pytest

from tests.gate.secrets_scan import (
    TRIAGE,
    Found,
    plugins,
    scan,
    texts,
    tracked,
    untriaged,
)

RULES = plugins()
# In pieces, so that this file has none of them.
SECRETS = {
    "Slack Token": "xoxb-" + "123456789012-123456789012-" + "abcdefghijklmnopqrstuvwx",
    "AWS Access Key": "AKIA" + "IOSFODNN7REALKEY",
    "GitHub Token": "ghp_" + "a1B2c3D4e5F6g7H8i9J0" * 2,
    "Private Key": "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "JSON Web Token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJ4In0." + "c2lnbmF0dXJl",
    "Base64 High Entropy String": '"' + "q7Zk2mVx9Lw4Rt8Bn1Yc6Hd3Fj5Gs0Pa+/" + '"',
    "Secret Keyword": 'livekit_api_secret = "' + "hunter2hunter2" + '"',
}
# The digests of two of those are in the triage, for they stand in this file.
NEW = SECRETS | {
    "JSON Web Token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJ5In0." + "b3RoZXI",
    "Base64 High Entropy String": SECRETS["Base64 High Entropy String"].swapcase(),
}


def kinds(path, text):
    return {one.kind for one in scan(path, text, RULES)}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_of_each_kind_is_found(kind):
    (found,) = (
        one
        for one in scan("bot/x.py", f"a = 1\n{SECRETS[kind]}\n", RULES)
        if one.kind == kind
    )
    assert found.line == 2
    assert SECRETS[kind] not in str(found)


@pytest.mark.parametrize("kind", ["Slack Token", "AWS Access Key", "Private Key"])
def test_what_has_a_form_of_its_own_is_found_in_files_of_data_too(kind):
    assert kind in kinds("tests/corpus/x.json", SECRETS[kind])


def test_plain_code_holds_none():
    assert kinds("bot/x.py", "def room(name):\n    return f'/rooms/{name}'\n") == set()


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        ({"path": "tests/*", "kinds": ["Slack Token"], "why": "Invented."}, 0),
        ({"path": "tests/*", "kinds": ["Slack Token"], "why": " "}, 1),
        ({"path": "bot/*", "kinds": ["Slack Token"], "why": "Invented."}, 1),
        ({"path": "tests/*", "kinds": ["AWS Access Key"], "why": "Invented."}, 1),
        (
            {
                "path": "tests/*",
                "kinds": ["Slack Token"],
                "digests": ["another"],
                "why": "Invented.",
            },
            1,
        ),
    ],
)
def test_only_what_somebody_looked_at_and_gave_a_reason_for_may_stay(entry, left):
    found = Found("tests/x.py", 1, "Slack Token", "digest")
    assert len(untriaged([found], [entry])) == left


@pytest.mark.parametrize("kind", NEW)
def test_a_new_secret_in_a_test_is_found_too(tmp_path, kind):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)  # noqa: S607
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text(f"a = 1\n{NEW[kind]}\n")
    files = texts(tmp_path, tracked(tmp_path))
    found = [one for path, text in files for one in scan(path, text, RULES)]
    left = untriaged(found, tomllib.loads(TRIAGE.read_text())["secrets"])
    assert kind in {one.kind for one in left}


def test_nothing_is_passed_over_without_its_digest():
    entries = tomllib.loads(TRIAGE.read_text())["secrets"]
    assert [one["path"] for one in entries if "digests" not in one] == []


def test_files_that_are_not_tracked_yet_are_looked_at_and_ignored_ones_are_not(
    tmp_path,
):
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)  # noqa: S607
    for name, text in {".gitignore": "*.env", "a.py": "1", "b.env": "2"}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "c.png").write_bytes(b"\x89PNG\0\0")
    names = tracked(tmp_path)
    assert [name for name, _ in texts(tmp_path, names)] == [".gitignore", "a.py"]
