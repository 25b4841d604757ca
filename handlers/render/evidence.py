"""One message for the files that were handed over: what each turned out to be."""

from collections.abc import Iterator
from typing import Final

from bot.core.artefact import Artefact
from bot.core.evidence import Evidence, Fact, Verdict
from bot.core.incident.file_events import ArtefactsCompared
from bot.core.incident.state import Incident, Status
from bot.core.summary import SHORT
from handlers.render import blocks as b
from handlers.render.blocks import Block
from handlers.render.checks import evidence_line
from handlers.render.words import (
    VERDICT_SIGN,
    WAITING_SIGN,
    Drawn,
    literal,
    name,
    plural,
)

FILES: Final = 12
"""How many files are shown, the worst first and of these the newest."""
_WORST_FIRST: Final = (Verdict.BAD, Verdict.UNKNOWN, Verdict.OK)


def evidence(state: Incident) -> Drawn:
    """Draw each file's verdict, what comparing showed, and what is still read."""
    newest = list(reversed(state.artefacts))
    worst = sorted(newest, key=lambda one: _WORST_FIRST.index(one.verdict))
    left = len(worst) - FILES
    shown = [
        b.section(f"*Files*: {_tally(state)}"),
        *_waiting(state),
        *(block for one in state.compared.values() for block in _compared(one)),
        *(block for one in worst[:FILES] for block in _read(one)),
        *([b.context(f"…and {plural(left, 'more file')}")] if left > 0 else []),
    ]
    return Drawn(f"Files: {_tally(state)}", shown)


def _tally(state: Incident) -> str:
    verdicts = [one.verdict for one in state.artefacts]
    counts = [(verdicts.count(one), one.value) for one in _WORST_FIRST]
    told = [f"{count} {verdict}" for count, verdict in counts if count]
    waits = len(state.waiting)
    return ", ".join([*told, *([f"{waits} not read yet"] if waits else [])]) or (
        "nothing new in them"
    )


def _waiting(state: Incident) -> Iterator[Block]:
    if state.waiting:
        names = ", ".join(literal(one.name, 80) for one in state.waiting.values())
        ended = state.status is Status.RESOLVED
        how = "not read when it was resolved" if ended else "being read, confined"
        what = plural(len(state.waiting), "file")
        yield b.section(f"{WAITING_SIGN} {what} {how}: {names}")


def _read(one: Artefact) -> Iterator[Block]:
    told = f"{VERDICT_SIGN[one.verdict]} {literal(one.name, 120)} ({name(one.kind)})"
    yield b.section(f"{told}: {name(one.headline, 300)}")
    seen = Evidence(
        verdict=one.verdict,
        headline=one.headline,
        facts=tuple(sorted(one.facts, key=_says_little)),
        reference=one.reference,
    )
    content = [f"SHA-256 {literal(one.sha256[:SHORT])}"] if one.sha256 else []
    line = evidence_line(seen)
    parts = [*content, *([line] if line else [])]
    if parts:
        yield b.context(" · ".join(parts))


def _says_little(fact: Fact) -> bool:
    """Say whether a fact can wait: a reader tells all its counts, mostly of nothing."""
    return not fact.value


def _compared(one: ArtefactsCompared) -> Iterator[Block]:
    names = " and ".join(literal(each, 80) for each in one.names)
    sign = VERDICT_SIGN[one.evidence.verdict]
    yield b.section(f"{sign} {names} compared: {name(one.evidence.headline, 300)}")
    line = evidence_line(one.evidence)
    if line:
        yield b.context(line)
