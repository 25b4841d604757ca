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
        "asyncio.subprocess.create_subprocess_shell",
        *("eval", "exec", "compile", "__import__"),
        *("pickle.load", "pickle.loads", "marshal.loads", "shelve.open"),
        *("yaml.load", "yaml.unsafe_load", "yaml.full_load"),
    }
)
IN_PLACE = ("os.exec", "os.spawn", "os.posix_spawn", "os.fork", "os.startfile")
"""How the names begin that start a program past `subprocess`, or copy this one."""
STARTERS = frozenset(
    {
        *("asyncio.create_subprocess_exec", "subprocess.run", "subprocess.Popen"),
        *("subprocess.call", "subprocess.check_call", "subprocess.check_output"),
        *("asyncio.subprocess.create_subprocess_exec", "loop.subprocess_exec"),
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
    meant = dict(_imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            first, dot, rest = ast.unparse(node.func).partition(".")
            yield meant.get(first, first) + dot + rest, node


def _imported(tree):
    """Yield each name that an import gives, with what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and not node.level:
            for one in node.names:
                yield one.asname or one.name, f"{node.module}.{one.name}"
        elif isinstance(node, ast.Import):
            for one in node.names:
                if one.asname:
                    yield one.asname, one.name


def wrong(source):
    """Name the calls that hand something to a shell or evaluate it."""
    for name, call in calls(source):
        shell = [one.value for one in call.keywords if one.arg == "shell"]
        forbidden = name in FORBIDDEN or name.startswith(IN_PLACE)
        if forbidden or any(ast.unparse(one) != "False" for one in shell):
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
        "os.execv(x, y)",
        "os.execlp(x)",
        "os.spawnl(x)",
        "os.posix_spawnp(x, y, z)",
        "os.forkpty()",
        "import os as system\nsystem.popen(x)",
        "from os import system\nsystem(x)",
        "from os import execvp as run\nrun(x, y)",
        "from asyncio import subprocess\nsubprocess.create_subprocess_shell(x)",
        "def late():\n    from pickle import loads as read\n    read(x)",
        "eval(x)",
        "yaml.load(x)",
    ],
)
def test_the_check_itself_sees_what_it_forbids(source):
    assert list(wrong(source))


def starts(source):
    return bool(STARTERS & {name for name, _ in calls(source)})


def test_programs_are_started_in_a_few_places_only():
    starting = {
        str(path.relative_to(ROOT)) for path in SOURCES if starts(text_of(path))
    }
    assert starting == STARTING


@pytest.mark.parametrize(
    "source",
    [
        "subprocess.run(x)",
        "import subprocess as s\ns.Popen(x)",
        "from subprocess import run\nrun(x)",
        "from subprocess import check_output as told\ntold(x)",
        "from asyncio import create_subprocess_exec\ncreate_subprocess_exec(x)",
    ],
)
def test_a_start_is_seen_however_it_was_imported(source):
    assert starts(source)


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
