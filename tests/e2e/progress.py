"""What a long matrix has come to, in a file: one that was ended goes on from there.

Each line is a verdict, with the commit that it was found at. What was wrong, or came to
nothing, is tried again; what is known to be right is not.
"""

import argparse
import json
import re
import subprocess
import sys
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from pydantic import TypeAdapter

ROOT = Path(__file__).parents[2]
UNKNOWN = "no commit"


class Verdict(Protocol):
    """What came of one try."""

    @property
    def name(self) -> str:
        """What was tried; the same for each try of the same."""

    @property
    def right(self) -> bool:
        """Whether it was as it should be, and was a try at all."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """What was not as it should be."""

    @property
    def told(self) -> str:
        """Name it, and say what was wrong."""


T = TypeVar("T", bound=Verdict)
Shard = tuple[int, int]
"""Which share, from 1, of how many."""


class Progress(Generic[T]):
    """Verdicts of one kind in a file; without one nothing is known, nothing kept."""

    def __init__(self, kind: type[T], path: Path | None, commit: str) -> None:
        """Read what is known; a line that was broken off counts as never written."""
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        self._path = path
        self._commit = commit
        self.right: dict[str, T] = {}
        """What is known to be right, by its name."""
        self.commits: Counter[str] = Counter()
        """How many of these were found at which commit."""
        if path is not None:
            self._read(path)

    def _read(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        at: dict[str, str] = {}
        for commit, verdict in self._lines(text):
            if verdict.right:
                self.right[verdict.name], at[verdict.name] = verdict, commit
            elif verdict.name in self.right:
                del self.right[verdict.name], at[verdict.name]
        self.commits.update(at.values())
        if text and not text.endswith("\n"):
            path.write_text(text + "\n", encoding="utf-8")

    def _lines(self, text: str) -> Iterator[tuple[str, T]]:
        for line in text.splitlines():
            try:
                told = json.loads(line)
            except json.JSONDecodeError:
                continue
            yield told["commit"], self._adapter.validate_python(told["verdict"])

    @property
    def told(self) -> str:
        """Say how much is known, and from which commits."""
        commits = (f"{count} from {commit}" for commit, count in self.commits.items())
        return f"{len(self.right)} known to be right: {', '.join(commits)}"

    def follow(self, verdicts: Iterable[T], told: str, count: int) -> Iterator[T]:
        """Keep each verdict as it comes; say on standard error how far it is."""
        for done, one in enumerate(verdicts, 1):
            self.keep(one)
            sys.stderr.write(f"\r{told}{done} of {count} ")
            sys.stderr.write(f"\n{one.told}\n" if one.wrong else "")
            yield one
        sys.stderr.write("\n")

    def keep(self, verdict: T) -> None:
        """Append a verdict; it is there when this returns."""
        if self._path is None:
            return
        told = self._adapter.dump_python(verdict, mode="json")
        with self._path.open("a", encoding="utf-8") as kept:
            kept.write(json.dumps({"commit": self._commit, "verdict": told}) + "\n")


def commit_here() -> str:
    """Name the commit that is checked out, with a plus if the tree is not like it."""
    head = _git("rev-parse", "--short", "HEAD")
    return f"{head}+" if head and _git("status", "--porcelain") else head or UNKNOWN


def _git(*words: str) -> str:
    asked = ("git", "-C", str(ROOT), *words)
    try:
        told = subprocess.run(asked, check=False, capture_output=True, text=True)  # noqa: S603
        return told.stdout.strip()
    except OSError:  # there is no git
        return ""


def is_in(name: str, one: Shard) -> bool:
    """Tell whether a share has what is so named."""
    number, count = one
    return zlib.crc32(name.encode()) % count == number - 1


def shard(text: str) -> Shard:
    """Read `2/5`; ArgumentTypeError if there is no such share."""
    found = re.fullmatch(r"(\d{1,4})/(\d{1,4})", text)
    number, count = map(int, found.groups()) if found else (0, 0)
    if not 1 <= number <= count:
        raise argparse.ArgumentTypeError(f"{text} is no share; one is 2/5")
    return number, count


def add_options(parser: argparse.ArgumentParser, processes: int) -> None:
    """Let a matrix be ended, gone on with and divided."""
    file = "of what is known: a run that was ended goes on from there"
    parser.add_argument("--progress", type=Path, help=file)
    share = "as 2/5: only the second of five shares, each time the same"
    parser.add_argument("--shard", type=shard, default=(1, 1), help=share)
    parser.add_argument("--jobs", type=int, default=processes)
