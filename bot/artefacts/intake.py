"""Reading files that people handed over: confined, reduced, redacted, then dropped.

Nothing of a file is kept but what stands in the artefacts that come out here: its name,
kind, hash and size, a verdict with a line, and facts.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog

from bot.artefacts.cleaning import UNCOMPARED, cleaned, failed, finding_of, name_of
from bot.artefacts.comparing import COMPARERS, Comparer
from bot.artefacts.confined import CHILD, Lost, confined
from bot.artefacts.copying import Held, NoScratch
from bot.artefacts.limits import LIMITS, Limits
from bot.artefacts.scratch import Scratch, inner
from bot.artefacts.shape import Asked
from bot.artefacts.wire import Answer, Copy, Order, Question, Said, Seen
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Evidence, Verdict, witnessed

log = structlog.get_logger(__name__)

AT_ONCE = 2
"""Files that are read at a time: each may take a core and a gigabyte."""

MAX_COMPARED = 6
"""Files that are compared with one another at most, the first ones."""


@dataclass(frozen=True)
class Comparison:
    """What comparing files showed; `of` is the comparer."""

    of: str
    names: tuple[str, ...]
    evidence: Evidence


@dataclass(frozen=True)
class Desk:
    """One batch: where its files lie, and what is asked of them."""

    folder: Path
    asked: Asked
    held: Held = field(default_factory=Held)


@dataclass(frozen=True)
class Copies:
    """A file as it was read: the artefacts it gave, and where they lie still."""

    artefacts: tuple[Artefact, ...]
    lying: Sequence[tuple[Artefact, Copy]] = ()


@dataclass(frozen=True)
class Intake:
    """Reads files, each in a confined process of its own."""

    now: Callable[[], datetime]
    reference: Callable[[], str]
    """Makes the id under which the log has a reader's own failure."""
    limits: Limits = LIMITS
    program: str = CHILD
    """The module that is run, confined."""
    comparers: Mapping[str, Comparer] = field(default_factory=lambda: COMPARERS)
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    scratch: Scratch = field(default_factory=Scratch)

    async def read(self, path: Path, name: str, desk: Desk) -> Copies:
        """Read one private copy; what happens is an artefact, or raises NoScratch."""
        at, shown = self.now(), name_of((name,))
        async with self.room:
            scratch = inner(desk.folder)
            order = Order(
                scratch=str(scratch),
                limits=self.limits,
                question=Question.of(desk.asked),
                read=str(path),
            )
            try:
                answer = await confined(order, self.program)
            except Lost as why:
                return self._lost(shown, path, str(why))
        _warn_of(answer.layers)
        return self._copies(answer, name, (path, scratch), (desk.asked, at))

    async def compare(
        self, copies: Sequence[Copies], desk: Desk
    ) -> tuple[Comparison, ...]:
        """Compare what can be compared: two or more files of a comparer's kinds."""
        lying = [pair for one in copies for pair in one.lying]
        told = [
            await self._compared(name, pairs, desk)
            for name, comparer in self.comparers.items()
            if len(pairs := _distinct(lying, comparer.kinds)) > 1
        ]
        return tuple(one for one in told if one is not None)

    async def probe(self) -> Mapping[str, bool]:
        """Start a process that reads nothing; return what confines it."""
        try:
            with self.scratch.folder() as folder:
                order = Order(scratch=str(folder), limits=self.limits)
                answer = await confined(order, self.program)
        except (Lost, NoScratch) as why:
            log.warning("artefacts.unreadable", why=str(why))
            return {}
        held = sorted(name for name, holds in answer.layers.items() if holds)
        log.info("artefacts.confined", by=held)
        _warn_of(answer.layers)
        return answer.layers

    def unread(self, name: str, why: str) -> Artefact:
        """Make the artefact of a file that could not even be fetched."""
        reference = self.reference()
        log.warning("artefact.unread", reference=reference, why=why)
        return failed(name_of((name,)), why, reference)

    async def _compared(
        self, of: str, pairs: Sequence[tuple[Artefact, Copy]], desk: Desk
    ) -> Comparison | None:
        at, names = self.now(), tuple(artefact.name for artefact, _ in pairs)
        try:
            order = Order(
                scratch=str(inner(desk.folder)),
                limits=self.limits,
                question=Question.of(desk.asked),
                compare=tuple(copy for _, copy in pairs),
                of=of,
            )
            said = (await confined(order, self.program)).compared
            reference = self._reference(said.failed) if said else None
        except (Lost, NoScratch) as why:
            said = Said(verdict=Verdict.UNKNOWN, headline=UNCOMPARED)
            reference = self._told_lost(str(why))
        if said is None:
            return None
        evidence = witnessed(
            finding_of(said, desk.asked.room),
            source=f"{of}:{' and '.join(names)}",
            at=at,
            lasting=True,
        )
        told = evidence.model_copy(update={"reference": reference})
        return Comparison(of, names, told)

    def _copies(
        self,
        answer: Answer,
        name: str,
        places: tuple[Path, Path],
        context: tuple[Asked, datetime],
    ) -> Copies:
        (path, scratch), (asked, at) = places, context
        lying: list[tuple[Artefact, Copy]] = []
        for seen in answer.seen:
            reference = self._reference(seen.failed)
            artefact = cleaned(seen, (name, *seen.names), asked.room, at)
            artefact = artefact.model_copy(update={"reference": reference})
            lying.append((artefact, _copy(seen, path, scratch)))
        if not lying:
            return self._lost(name_of((name,)), path, "Nothing came of reading it.")
        return Copies(tuple(artefact for artefact, _ in lying), lying)

    def _reference(self, trace: str | None) -> str | None:
        if trace is None:
            return None
        reference = self.reference()
        log.error("artefact.reader_failed", reference=reference, trace=trace)
        return reference

    def _told_lost(self, why: str) -> str:
        """Tell that the process was lost, which no reader of ours has to answer for."""
        reference = self.reference()
        log.warning("artefact.lost", reference=reference, why=why)
        return reference

    def _lost(self, shown: str, path: Path, why: str) -> Copies:
        reference = self._told_lost(why)
        size = path.stat().st_size if path.exists() else 0
        return Copies((failed(shown, why, reference, size),))


def _distinct(
    pairs: Sequence[tuple[Artefact, Copy]], kinds: frozenset[Kind]
) -> list[tuple[Artefact, Copy]]:
    """Keep one file of each content among those kinds: a file equals itself."""
    by_content = {
        artefact.sha256: (artefact, copy)
        for artefact, copy in pairs
        if artefact.kind in kinds
    }
    return list(by_content.values())[:MAX_COMPARED]


def _copy(seen: Seen, path: Path, scratch: Path) -> Copy:
    where = path if seen.member is None else scratch / f"{seen.member:04}"
    return Copy(path=str(where), digest=seen.digest)


def _warn_of(layers: Mapping[str, bool]) -> None:
    missing = sorted(name for name, holds in layers.items() if not holds)
    if missing:
        log.warning("artefacts.confinement_incomplete", missing=missing)
