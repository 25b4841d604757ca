"""The confined process with readers that do what a hostile file would make them do.

Each takes the files that begin with its word. Run as `-m tests.fakes.hostile_child`.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.artefacts.child import main
from bot.artefacts.comparing import Comparer
from bot.artefacts.shape import Asked
from bot.core.artefact import Kind, Reading
from bot.core.evidence import bad, ok

FACTS = {"log.lines": "lines", "log.note": "a word", "counts.differ": "whether"}


@dataclass(frozen=True)
class Does:
    """A reader of files that begin with a word."""

    word: bytes
    do: Callable[[Path], object]
    KIND: Kind = Kind.LOG

    @property
    def FACTS(self) -> Mapping[str, str]:  # noqa: N802  a reader's own
        return FACTS

    def recognises(self, head: bytes, _: Path) -> bool:
        return head.startswith(self.word)

    def read(self, path: Path, _: Asked) -> Reading:
        said = self.do(path)
        return said if isinstance(said, Reading) else told(repr(said))


def told(words: str, **facts: object) -> Reading:
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return Reading(finding=bad(words, named), digest={"lines": 1})


def spin(_: Path) -> None:
    while True:
        pass


def eat(_: Path) -> int:
    return len(bytearray(8 * 1024**3))


def connect(_: Path) -> object:
    return attempt(lambda: socket.create_connection(("127.0.0.1", 9), 1))


def run(_: Path) -> object:
    return attempt(lambda: subprocess.run([sys.executable, "-V"], check=True))


def fork(_: Path) -> object:
    return attempt(os.fork)


def write(path: Path) -> object:
    return attempt(lambda: (path.parent / "planted").write_text("x"))


def remove(path: Path) -> object:
    return attempt(path.unlink)


def attempt(do: Callable[[], object]) -> Reading:
    try:
        do()
    except Exception as error:  # noqa: BLE001  which one it was is what is tested
        return Reading(finding=ok(f"refused by {type(error).__name__}"))
    return told("it was let")


def surroundings(_: Path) -> Reading:
    return told(" ".join(sorted(os.environ)), log__lines=len(list(Path().iterdir())))


def echo(path: Path) -> Reading:
    content = path.read_text(errors="replace")
    return told(content, log__note=content, log__lines=7, log__secret="x", other=1)


def crash(path: Path) -> None:
    raise ValueError(path.read_text())


def endless() -> Reading:
    return Reading(finding=ok("x"), digest={str(n): "y" * 2_000 for n in range(4_000)})


def kill(_: Path) -> None:
    os.abort()


DOES = tuple(
    Does(word, do)
    for word, do in {
        b"SPIN": spin,
        b"EAT": eat,
        b"SLEEP": lambda _: time.sleep(3600),
        b"CONNECT": connect,
        b"RUN": run,
        b"FORK": fork,
        b"WRITE": write,
        b"REMOVE": remove,
        b"AROUND": surroundings,
        b"ECHO": echo,
        b"CRASH": crash,
        b"ABORT": kill,
        b"ODD": lambda _: told("Odd.", log__note="y" * 9_000),
        b"LONG": lambda _: endless(),
        b"COUNT": lambda path: told("Counted.", log__lines=len(path.read_bytes())),
    }.items()
)


def compare(copies, asked):
    sizes = {one.path.stat().st_size for one in copies}
    known = all(one.digest["lines"] == 1 for one in copies)
    return bad(f"{len(copies)} compared.", {"counts.differ": known and len(sizes) > 1})


def silent(copies, asked):
    return None


def failing(copies, asked):
    raise ValueError(copies[0].path.read_text())


COMPARERS = {
    "counts": Comparer(frozenset({Kind.LOG}), FACTS, compare),
    "silent": Comparer(frozenset({Kind.LOG}), FACTS, silent),
    "failing": Comparer(frozenset({Kind.LOG}), FACTS, failing),
    "none": Comparer(frozenset({Kind.PACKETS}), FACTS, failing),
}

if __name__ == "__main__":
    sys.exit(main(DOES, COMPARERS))
