"""The rtc SDK kills its process when it breaks: only the child may load it."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHILD = ROOT / "bot" / "probe" / "child.py"


def names_of(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def sources():
    for room in ("bot", "handlers", "rehearsal"):
        yield from (ROOT / room).rglob("*.py")


def test_only_the_child_imports_it():
    who = {
        path
        for path in sources()
        if "livekit" in (text := path.read_text(encoding="utf-8"))
        for name in names_of(ast.parse(text))
        if name.startswith("livekit.rtc")
    }
    assert who == {CHILD}


def test_only_one_module_of_the_rehearsal_imports_aiortc():
    who = {
        path.name
        for path in (ROOT / "rehearsal").rglob("*.py")
        if "aio" in (text := path.read_text(encoding="utf-8"))
        for name in names_of(ast.parse(text))
        if name.startswith(("aiortc", "aioice"))
    }
    assert who == {"aiortc_links.py"}


def test_the_child_has_no_call_that_publishes():
    text = CHILD.read_text(encoding="utf-8")
    called = {
        node.attr
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Attribute)
    }
    assert not {name for name in called if "publish" in name or name.startswith("send")}
    assert not called & {"local_participant", "stream_text", "perform_rpc"}


@pytest.mark.wire
@pytest.mark.parametrize(
    ("module", "library"),
    [
        ("bot.app", "livekit.rtc"),
        ("handlers.start", "numpy"),
        ("handlers.start", "rehearsal"),
        ("rehearsal.run", "aiortc"),
        ("rehearsal.run", "av"),
    ],
)
def test_what_starts_does_not_load_it(module, library):
    looked = f"import sys, {module}; print({library!r} in sys.modules)"
    ran = subprocess.run(  # noqa: S603  our own words
        [sys.executable, "-c", looked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "False"
