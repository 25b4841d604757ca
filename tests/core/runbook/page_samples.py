"""A small catalogue, and short ways to read a page in a test."""

from textwrap import dedent

from pydantic import BaseModel, Field

from bot.core.runbook.catalogue import ActionEntry, Catalogue, CheckEntry
from bot.core.runbook.read import read


class Look(BaseModel, extra="forbid", frozen=True):
    room: str
    identity: str | None = None
    times: int = Field(default=1, ge=1)


class Kick(BaseModel, extra="forbid", frozen=True):
    room: str
    identity: str


CATALOGUE = Catalogue(
    checks={
        "room-converged": CheckEntry(Look, frozenset({"room.converged"})),
        "token-endpoint": CheckEntry(Look, frozenset({"token.status"})),
    },
    actions={"reconnect-participant": ActionEntry(Kick)},
    signals=frozenset({"log.token_rejected"}),
)


def reading(text, file="runbooks/page.md"):
    return read(dedent(text).lstrip("\n"), file=file, catalogue=CATALOGUE)


def steps(text):
    """Return the steps of a page that must be right."""
    found = reading(text)
    assert not found.problems
    (runbook,) = found.runbooks
    return runbook.steps


def titles(text):
    return [step.title for step in steps(text)]


def problems(text):
    found = reading(text)
    assert found.problems
    assert not found.runbooks
    return [
        str(problem).removeprefix("runbooks/page.md:") for problem in found.problems
    ]
