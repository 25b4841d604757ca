"""The examples of docs/ run for real: modules, their tests, and the pages."""

import asyncio
import inspect
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from bot import actions, checks
from bot.core.runbook.catalogue import ActionEntry, CheckEntry
from bot.core.runbook.lint import lint
from bot.core.runbook.markdown import Fence, blocks
from bot.pages import catalogue

DOCS = Path(__file__).parents[1] / "docs"


def fences(page, word) -> list[Fence]:
    text = (DOCS / page).read_text()
    return [f for block in blocks(text) for f in block.fences if f.word == word]


def loaded(source: str, name: str) -> ModuleType:
    """Run a module's source under that name."""
    module = ModuleType(name)
    module.__dict__["__file__"] = f"{name}.py"
    sys.modules[name] = module
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)  # noqa: S102  our docs
    return module


def example(page, package, name, monkeypatch):
    """Load a page's first example as a module of the package; return it."""
    full = f"{package.__name__}.{name}"
    monkeypatch.setitem(sys.modules, full, None)
    module = loaded(fences(page, "python")[0].content, full)
    monkeypatch.setitem(sys.modules, full, module)
    monkeypatch.setattr(package, name, module, raising=False)
    return module


def run_tests(source: str) -> int:
    """Run the test functions of a source; return how many there were."""
    module = loaded(source, "docs_example_tests")
    tests = [one for name, one in vars(module).items() if name.startswith("test_")]
    for test in tests:
        assert inspect.iscoroutinefunction(test)
        asyncio.run(test())
    del sys.modules["docs_example_tests"]
    return len(tests)


def known(check=None, action=None):
    """Return the bot's catalogue with an example's module in it."""
    there = catalogue()
    if check:
        entry = CheckEntry(check.Params, frozenset(check.FACTS))
        there = replace(there, checks={**there.checks, "somebody-else": entry})
    if action:
        entry = ActionEntry(action.Params)
        there = replace(there, actions={**there.actions, "remove-hidden": entry})
    return there


def pages_of(page):
    return {
        f"runbooks/example-{at}.md": fence.content
        for at, fence in enumerate(fences(page, "markdown"))
    }


def has_the_shape(module, shape):
    wanted = [name for name in vars(shape) if not name.startswith("_")]
    assert wanted
    return all(hasattr(module, name) for name in wanted)


def test_the_example_of_a_check_is_one_and_its_tests_pass(monkeypatch):
    module = example("writing-a-check.md", checks, "somebody_else", monkeypatch)
    assert has_the_shape(module, checks.shape.Check)
    assert run_tests(fences("writing-a-check.md", "python")[1].content) == 3


def test_the_example_of_an_action_is_one_and_its_tests_pass(monkeypatch):
    module = example("writing-an-action.md", actions, "remove_hidden", monkeypatch)
    assert has_the_shape(module, actions.shape.Action)
    assert run_tests(fences("writing-an-action.md", "python")[1].content) == 4


def test_the_pages_of_the_examples_are_right_in_every_detail(monkeypatch):
    check = example("writing-a-check.md", checks, "somebody_else", monkeypatch)
    action = example("writing-an-action.md", actions, "remove_hidden", monkeypatch)
    there = known(check, action)
    for page in ("writing-a-check.md", "writing-an-action.md"):
        assert pages_of(page)
        assert lint(pages_of(page), there) == ()


def test_an_example_with_a_slip_would_be_found():
    pages = pages_of("writing-a-check.md")
    assert lint(pages, catalogue())


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda p: p.name)
def test_every_python_example_can_be_compiled(path):
    for fence in fences(path.name, "python"):
        compile(fence.content, path.name, "exec")


def test_the_page_that_teaches_pages_holds_pages_that_are_right():
    there = catalogue()
    look = CheckEntry(
        there.checks["room-occupied"].params, frozenset(["room.converged"])
    )
    there = replace(there, checks={**there.checks, "room-converged": look})
    pages = pages_of("writing-a-runbook.md")
    assert pages
    assert lint(pages, there) == ()
