"""No shell anywhere, nothing is evaluated, and what is called is typed."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

from bot.actions import ACTIONS
from bot.checks import CHECKS

ROOT = Path(__file__).parents[1]
FOLDERS = ("bot", "handlers", "rehearsal", "benchmarks", "tests/gate", "docs")
SOURCES = sorted(
    path
    for one in FOLDERS
    for path in (ROOT / one).rglob("*.py")
    if not path.name.startswith("test_")
)
FORBIDDEN = frozenset(
    {
        *("os.system", "os.popen", "pty.spawn", "commands.getoutput"),
        *("subprocess.getoutput", "subprocess.getstatusoutput"),
        *("asyncio.create_subprocess_shell", "loop.subprocess_shell"),
        *("eval", "exec", "compile", "__import__"),
        *("pickle.load", "pickle.loads", "marshal.loads", "shelve.open"),
        *("yaml.load", "yaml.unsafe_load", "yaml.full_load"),
    }
)
STARTERS = frozenset(
    {
        *("asyncio.create_subprocess_exec", "subprocess.run", "subprocess.Popen"),
        *("subprocess.call", "subprocess.check_call", "subprocess.check_output"),
    }
)
STARTING = frozenset(
    {
        "bot/artefacts/confined.py",
        "bot/probe/conversation.py",
        "rehearsal/bot_process.py",
        "benchmarks/processes.py",
        "benchmarks/figures/logs.py",
        "tests/gate/audit.py",
        "tests/gate/secrets_scan.py",
    }
)
"""The places that start a program: this interpreter, pip or git; no other."""


@cache
def text_of(path):
    return path.read_text("utf-8")


@cache
def calls(source):
    return tuple(_calls(ast.parse(source)))


def _calls(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def wrong(source):
    """Name the calls that hand something to a shell or evaluate it."""
    for name, call in calls(source):
        shell = [one.value for one in call.keywords if one.arg == "shell"]
        if name in FORBIDDEN or any(ast.unparse(one) != "False" for one in shell):
            yield f"line {call.lineno}: {name}"


def test_nothing_goes_to_a_shell_and_nothing_is_evaluated():
    assert len(SOURCES) > 400
    found = {str(path): list(wrong(text_of(path))) for path in SOURCES}
    assert {path: calls for path, calls in found.items() if calls} == {}


@pytest.mark.parametrize(
    "source",
    [
        "os.system('ls')",
        "subprocess.run(x, shell=True)",
        "subprocess.run(x, shell=wanted)",
        "asyncio.create_subprocess_shell(x)",
        "eval(x)",
        "yaml.load(x)",
    ],
)
def test_the_check_itself_sees_what_it_forbids(source):
    assert list(wrong(source))


def test_programs_are_started_in_a_few_places_only():
    starting = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if STARTERS & {name for name, _ in calls(text_of(path))}
    }
    assert starting <= STARTING


def test_ruff_looks_for_it_too():
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]
    assert lint["lint"]["select"] == ["ALL"]
    everywhere = lint["lint"]["ignore"]
    of_product = [
        rules
        for place, rules in lint["lint"]["per-file-ignores"].items()
        if not place.startswith("tests/")
    ]
    assert not [
        rule
        for rules in (everywhere, *of_product)
        for rule in rules
        if rule == "S" or rule.startswith(("S1", "S3", "S6"))
    ]


@pytest.mark.parametrize("name", [*CHECKS, *ACTIONS])
def test_what_a_page_may_pass_is_typed_and_nothing_else_is_taken(name):
    params = {**CHECKS, **ACTIONS}[name].Params
    assert params.model_config["extra"] == "forbid"
    assert params.model_config["frozen"]
    for field in params.model_fields.values():
        assert "Any" not in str(field.annotation)
        assert field.annotation is not object
