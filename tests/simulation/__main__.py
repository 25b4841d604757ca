"""`python -m tests.simulation`: run one seed and tell it, or many over all cores."""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import fields
from multiprocessing import get_context
from pathlib import Path

from tests.simulation.many import CHUNK, Chunk, how_to_replay, run_chunk
from tests.simulation.run import Ran, run

BIRTH = "fork" if sys.platform == "linux" else "spawn"
"""How processes are started: a fork has all loaded already, but only Linux bears it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what is asked for; 1 if any seed fails."""
    options = _parser().parse_args(arguments)
    if options.seed is not None:
        return _one(options.seed, options.lines)
    return _many(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seed", type=int, help="run this seed alone, and tell it")
    parser.add_argument("--lines", type=Path, help="write down all that was said in it")
    parser.add_argument("--count", type=int, default=500, help="how many seeds to run")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument(
        "--progress",
        type=Path,
        help="a file of what is done: a run that was ended goes on from there",
    )
    return parser


def _one(seed: int, lines: Path | None) -> int:
    ran = run(seed)
    if lines is not None:
        lines.write_text("\n".join(ran.lines) + "\n", encoding="utf-8")
    for field in fields(ran.story):
        _say(f"{field.name:>10}: {getattr(ran.story, field.name)}")
    _say(_summary(ran))
    if ran.wrong:
        _say(how_to_replay(seed, ran.wrong))
    return bool(ran.wrong)


def _summary(ran: Ran) -> str:
    return (
        f"{ran.deeds} deeds, {ran.killed} deaths, {ran.passed:.0f} s of virtual time, "
        f"digest {ran.digest}"
    )


def _many(options: argparse.Namespace) -> int:
    done = set(_known(options.progress))
    wanted = range(options.first, options.first + options.count, CHUNK)
    end = options.first + options.count
    chunks = [(at, min(CHUNK, end - at)) for at in wanted if at not in done]
    began, failed, seeds, passed, killed = time.perf_counter(), 0, 0, 0.0, 0
    with ProcessPoolExecutor(options.jobs, get_context(BIRTH)) as pool:
        for chunk in pool.map(run_chunk, *zip(*chunks, strict=True)) if chunks else ():
            seeds, failed = seeds + chunk.count, failed + len(chunk.wrong)
            passed, killed = passed + chunk.passed, killed + chunk.killed
            for seed, wrong in chunk.wrong:
                _say(how_to_replay(seed, wrong))
            _keep(options.progress, chunk)
    took = time.perf_counter() - began
    _say(
        f"{seeds} seeds in {took:.0f} s ({seeds / max(took, 0.001):.1f} a second), "
        f"{passed / 86400:.1f} days of virtual time, {killed} deaths, {failed} failed"
    )
    return bool(failed)


def _known(progress: Path | None) -> Iterator[int]:
    """Yield the first seed of each chunk that was run without a failure before."""
    if progress is not None and progress.exists():
        for line in progress.read_text(encoding="utf-8").splitlines():
            first, count, failed = map(int, line.split())
            if count == CHUNK and not failed:
                yield first


def _keep(progress: Path | None, chunk: Chunk) -> None:
    if progress is not None:
        with progress.open("a", encoding="utf-8") as kept:
            kept.write(f"{chunk.first} {chunk.count} {len(chunk.wrong)}\n")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
