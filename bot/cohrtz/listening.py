"""What listening in a room came to, and how far it can be trusted.

Verdicts. *Bad*: what bot.cohrtz.packets counts as a fault was heard. *Unknown*: nothing
was heard, nothing that could be verified, or not all that was said. *Ok*: what was
heard is in order and nothing was missed while we listened. More is never said: who has
no key hears only what is sent to everybody, and can open none of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.cohrtz.packets import (
    FACTS as PACKET_FACTS,
)
from bot.cohrtz.packets import NOTHING_SEEN, Sighting, finding, observe_all
from bot.core.evidence import Finding, Value, Verdict

FACTS = {
    **PACKET_FACTS,
    "probe.state": "watched, or why the room could not be watched",
    "probe.seconds": "for how long it was watched",
    "probe.dropped": "packets that came and were not looked at",
    "probe.ended": "what ended it: time, emptied, put-out, lost, limit or fault",
}
UNSEEN = (
    "What is sent to one alone (most sync answers, key shares) and what is inside "
    "encrypted packets cannot be seen, and handshakes only when somebody joins or asks"
)
CUT_SHORT = {
    "put-out": "the server ended it",
    "lost": "the connection was lost",
    "limit": "more was said than is kept",
    "fault": "the rtc SDK broke",
}


@dataclass(frozen=True)
class Listened:
    """How it was listened: for how long, what was missed, what ended it."""

    seconds: float
    dropped: int
    ended: str
    """`time`, `emptied`, or one of CUT_SHORT."""

    @property
    def whole(self) -> bool:
        """Tell whether nothing that was said to all was missed."""
        return not self.dropped and self.ended not in CUT_SHORT


def conclude(sightings: Iterable[Sighting], listened: Listened) -> Finding:
    """Return the verdict by the module's rule, in words that say what is unseen."""
    found = finding(observe_all(NOTHING_SEEN, sightings).state)
    unsure = found.verdict is Verdict.OK and not listened.whole
    return Finding(
        verdict=Verdict.UNKNOWN if unsure else found.verdict,
        headline=_words(found, listened),
        facts={**found.facts, **_facts(listened)},
    )


def _words(found: Finding, listened: Listened) -> str:
    sentences = [f"In {listened.seconds:.0f} s: {found.headline}"]
    if listened.dropped:
        sentences.append(f"{listened.dropped} more were not looked at.")
    if listened.ended in CUT_SHORT:
        sentences.append(f"It was cut short: {CUT_SHORT[listened.ended]}.")
    if found.verdict is not Verdict.BAD:
        sentences.append(f"{UNSEEN}.")
    return " ".join(sentences)


def _facts(listened: Listened) -> dict[str, Value]:
    return {
        "probe.state": "watched",
        "probe.seconds": listened.seconds,
        "probe.dropped": listened.dropped,
        "probe.ended": listened.ended,
    }
