"""One message for all checks: what each saw last, and what is still being looked at."""

from collections.abc import Iterator
from typing import Final

from bot.core.evidence import Evidence, Verdict
from bot.core.incident.state import Incident, Look, Status
from handlers.render import blocks as b
from handlers.render.blocks import Block
from handlers.render.words import (
    WAITING_SIGN,
    Catalogue,
    Drawn,
    finding,
    literal,
    name,
    plural,
    told_fact,
)

FACTS: Final = 6
"""How many facts of a check are shown."""
_ROOMY: Final = 12
"""From more checks than this, those that are ok are shown without their facts."""
_WORST_FIRST: Final = (Verdict.BAD, Verdict.UNKNOWN, Verdict.OK)


def checks(state: Incident, catalogue: Catalogue) -> Drawn:
    """Draw the last look of each check, the worst first, and those under way."""
    seen = sorted(state.latest().values(), key=_badness)
    running = list(dict.fromkeys(one.call.check for one in state.unreported()))
    crowded = len(seen) > _ROOMY
    shown = [
        b.section(f"*Checks*: {_tally(seen, running)}"),
        *_under_way(state, running, catalogue),
        *(block for one in seen for block in _seen(one, catalogue, crowded=crowded)),
    ]
    return Drawn(f"Checks: {_tally(seen, running)}", shown)


def evidence_line(evidence: Evidence) -> str | None:
    """Return the key facts and their time as mrkdwn, and the reference of a crash."""
    told = [told_fact(fact) for fact in evidence.facts[:FACTS]]
    left = len(evidence.facts) - len(told)
    parts = [*told, *([f"…and {left} more"] if left else [])]
    times = [fact.observed_at for fact in evidence.facts]
    seen = [f"seen {b.date(min(times))}"] if times else []
    crash = [f"reference {literal(evidence.reference)}"] if evidence.reference else []
    return " · ".join([*parts, *seen, *crash]) or None


def _badness(look: Look) -> tuple[int, int]:
    verdict = look.evidence.verdict if look.evidence else Verdict.UNKNOWN
    return (_WORST_FIRST.index(verdict), look.call.number)


def _tally(seen: list[Look], running: list[str]) -> str:
    verdicts = [one.evidence.verdict for one in seen if one.evidence]
    counts = [(verdicts.count(one), one.value) for one in _WORST_FIRST]
    told = [f"{count} {verdict}" for count, verdict in counts if count]
    return ", ".join([*told, *([f"{len(running)} not finished"] if running else [])])


def _under_way(
    state: Incident, running: list[str], catalogue: Catalogue
) -> Iterator[Block]:
    if running:
        titles = ", ".join(name(catalogue.title(check), 80) for check in running)
        ended = state.status is Status.RESOLVED
        how = "not finished when it was resolved" if ended else "still running"
        what = plural(len(running), "check")
        yield b.section(f"{WAITING_SIGN} {what} {how}: {titles}")


def _seen(look: Look, catalogue: Catalogue, *, crowded: bool) -> Iterator[Block]:
    evidence = look.evidence
    if evidence is None:
        return
    yield b.section(finding(look.call.check, evidence, catalogue))
    line = evidence_line(evidence)
    if line and not (crowded and evidence.verdict is Verdict.OK):
        yield b.context(line)
