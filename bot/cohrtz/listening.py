"""What listening in a room came to, and how far it can be trusted.

Verdicts. *Bad*: what bot.cohrtz.packets counts as a fault was heard, or somebody was
mute when all were asked for their keys (bot.cohrtz.mute). *Unknown*: nothing
was heard, nothing that could be verified, or not all that was said. *Ok*: what was
heard is in order and nothing was missed while we listened. More is never said: who has
no key hears only what is sent to everybody, and can open none of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cohrtz import mute
from bot.cohrtz.mute import Limit, Listed
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
    **mute.FACTS,
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
    limit: Limit
    """When it ended, if that is known."""
    listed: Sequence[Listed] = ()
    """Whom the server listed afterwards; empty if it did not tell."""

    @property
    def whole(self) -> bool:
        """Tell whether nothing that was said to all was missed."""
        return not self.dropped and self.ended not in CUT_SHORT


def conclude(sightings: Sequence[Sighting], listened: Listened) -> Finding:
    """Return the verdict by the module's rule, in words that say what is unseen."""
    found = _with_answers(
        finding(observe_all(NOTHING_SEEN, sightings).state), sightings, listened
    )
    unsure = found.verdict is Verdict.OK and not listened.whole
    return Finding(
        verdict=Verdict.UNKNOWN if unsure else found.verdict,
        headline=_words(found, listened),
        facts={**found.facts, **_facts(listened)},
    )


def _with_answers(
    found: Finding, heard: Sequence[Sighting], listened: Listened
) -> Finding:
    """Add who did not answer; nobody is blamed where packets were missed."""
    told = (
        mute.answers(heard, listened.listed, listened.limit)
        if listened.whole and listened.listed
        else None
    )
    words = told.words if told else ""
    return Finding(
        verdict=Verdict.BAD if words else found.verdict,
        headline=f"{words} {found.headline}".strip(),
        facts={**found.facts, **mute.facts(heard, told)},
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
