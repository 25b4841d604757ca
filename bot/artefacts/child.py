"""The confined process: reads one file, or compares several, and says what it saw.

It is started as `python -m bot.artefacts.child` with one JSON document on standard
input (`wire.Order`) and answers with one on standard output (`wire.Answer`). It shuts
itself in before it opens the file.
"""

import hashlib
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

import bot.artefacts.log_stream  # noqa: F401  loaded before it shuts itself in
from bot.artefacts.archive import Member, Walk, is_zip
from bot.artefacts.comparing import COMPARERS, Compared, Comparer
from bot.artefacts.limits import CHUNK, MAX_FACTS
from bot.artefacts.readers import READERS
from bot.artefacts.recognising import head_of, recognise, unrecognised
from bot.artefacts.sealing import seal
from bot.artefacts.shape import Asked, Reader
from bot.artefacts.wire import Answer, Order, Said, Seen
from bot.core.artefact import Kind, Reading
from bot.core.evidence import Finding, Verdict, unknown, worst


@dataclass(frozen=True)
class Bench:
    """What the process works with: those who read and compare, and what is asked."""

    readers: Sequence[Reader]
    comparers: Mapping[str, Comparer]
    asked: Asked


def main(
    readers: Sequence[Reader] = READERS,
    comparers: Mapping[str, Comparer] = COMPARERS,
) -> int:
    """Take the order, shut in, do it, answer."""
    order = Order.model_validate_json(sys.stdin.buffer.read())
    layers = seal(order.limits, Path(order.scratch))
    bench = Bench(readers, comparers, order.question.asked())
    answer = done(order, bench).model_copy(update={"layers": layers})
    sys.stdout.write(answer.model_dump_json())
    return 0


def done(order: Order, bench: Bench) -> Answer:
    """Do what was ordered."""
    if order.of is not None:
        return Answer(compared=compared(order, order.of, bench))
    if order.read is None:
        return Answer()
    path = Path(order.read)
    if is_zip(path):
        return Answer(seen=tuple(opened(path, Path(order.scratch), bench)))
    return Answer(seen=(read(path, bench),))


def read(path: Path, bench: Bench, member: Member | None = None) -> Seen:
    """Recognise one file and read it; a reader's failure is an unknown verdict."""
    if member is not None and member.refused:
        return _seen(path, Kind.UNRECOGNISED, _told(member.refused), member)
    reader = recognise(path, bench.readers)
    if reader is None:
        said = _told(unrecognised(head_of(path)))
        return _seen(path, Kind.UNRECOGNISED, said, member)
    reading, failed = _attempt(lambda: _reading(reader, path, bench.asked))
    return _seen(path, reader.KIND, reading, member, failed)


def opened(path: Path, scratch: Path, bench: Bench) -> Iterator[Seen]:
    """Read a zip's members, and say of the zip what came of it, first."""
    walk = Walk(scratch)
    members = [read(one.path, bench, one) for one in walk.members(path)]
    yield _seen(path, Kind.ARCHIVE, Reading(finding=_summed(members, walk.stopped)))
    yield from members


def compared(order: Order, which: str, bench: Bench) -> Said | None:
    """Compare the files as that comparer does; None if they say too little."""
    comparer = bench.comparers[which]
    copies = [Compared(Path(one.path), dict(one.digest)) for one in order.compare]
    silent = Reading(finding=unknown(""))

    def compare() -> Reading:
        finding = comparer.compare(copies, bench.asked)
        return silent if finding is None else Reading(finding=finding)

    reading, failed = _attempt(compare)
    if reading is silent:
        return None
    finding = reading.finding
    return Said(
        verdict=finding.verdict,
        headline=finding.headline[:2_000],
        facts=dict(finding.facts),
        failed=failed,
    )


def _reading(reader: Reader, path: Path, asked: Asked) -> Reading:
    reading = reader.read(path, asked)
    named = {k: v for k, v in reading.finding.facts.items() if k in reader.FACTS}
    finding = reading.finding.model_copy(update={"facts": named})
    return reading.model_copy(update={"finding": finding})


def _attempt(do: Callable[[], Reading]) -> tuple[Reading, str | None]:
    """Do it; a failure of our own is told by its place, never by its words."""
    try:
        return do(), None
    except MemoryError:
        return _told("Reading it needs more memory than a file may take."), None
    except Exception as error:  # noqa: BLE001  whatever it was, it is unknown
        frames = "".join(traceback.format_tb(error.__traceback__))
        return _told("Reading it failed."), f"{type(error).__name__}\n{frames}"[-1900:]


def _told(words: str) -> Reading:
    return Reading(finding=unknown(words))


def _seen(
    path: Path,
    kind: Kind,
    reading: Reading,
    member: Member | None = None,
    failed: str | None = None,
) -> Seen:
    whole = member is None or not member.refused
    sha256, size = _hashed(path) if whole else ("", 0)
    bare = Seen(
        member=member.number if member else None,
        names=member.names if member else (),
        kind=kind,
        sha256=sha256,
        size=size,
        verdict=Verdict.UNKNOWN,
        headline="What was read in it cannot be told.",
        failed=failed,
    )
    try:
        return Seen(**(bare.model_dump() | _said(reading)))
    except ValidationError as error:
        return bare.model_copy(update={"failed": _misfit(error)})


def _said(reading: Reading) -> dict[str, Any]:
    finding = reading.finding
    return {
        "verdict": finding.verdict,
        "headline": finding.headline[:2_000],
        "facts": dict(list(finding.facts.items())[:MAX_FACTS]),
        "digest": dict(reading.digest),
    }


def _misfit(error: ValidationError) -> str:
    """Say which fields do not fit, without their values."""
    wrong = [f"{one['loc'][0]}: {one['type']}" for one in error.errors() if one["loc"]]
    return f"The reading does not fit: {', '.join(wrong)}"[:1_900]


def _hashed(path: Path) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return digest.hexdigest(), size


def _summed(members: list[Seen], stopped: str) -> Finding:
    """Say what a zip's members add up to; unknown if it was not read to its end."""
    known = [one for one in members if one.kind is not Kind.UNRECOGNISED]
    count = f"A zip: {len(known)} of {len(members)} files in it are known."
    if stopped:
        return unknown(f"{stopped} {count}")
    if not members:
        return unknown("A zip with no file in it.")
    verdict = worst(one.verdict for one in known) if known else Verdict.UNKNOWN
    return Finding(verdict=verdict, headline=count)


if __name__ == "__main__":
    sys.exit(main())
