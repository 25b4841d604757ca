"""What a counted log says: the kind of build, the facts, and the verdict.

The rule. Bad: a line that only a fault prints is there. Otherwise unknown, with the
reason, if too few lines are known, if most are not understood, or if the build is not
a debug build, for a release build prints no debug and info lines, so that much goes
wrong in silence. Ok: a debug build's log without any fault.

A signal that was not seen is told as 0 only if this kind of build would have printed
it; otherwise nothing is said about it.
"""

from collections.abc import Iterable, Mapping, Sequence

from bot.cohrtz.logs.signals import Signal, Signals, Term
from bot.cohrtz.logs.tally import Tally
from bot.cohrtz.logs.template import Template
from bot.core.evidence import Finding, Value, bad, ok, unknown

ENOUGH = 20
"""Known lines from which on the lack of debug lines tells a release build."""

MOST_UNKNOWN = 0.5
"""Share of lines that are not understood, beyond which a log is not called healthy."""

SHOWN = 3
"""Signals that the headline names."""

DEBUG, RELEASE, UNKNOWN = "debug", "release", "unknown"


def build_of(tally: Tally, templates: Iterable[Template]) -> str:
    """Return the kind of build that wrote the log: debug, release or unknown."""
    hidden = {one.id for one in templates if not one.level.in_release}
    if any(name in hidden for name in tally.templates):
        return DEBUG
    return RELEASE if tally.classified >= ENOUGH else UNKNOWN


def signals_of(
    tally: Tally, templates: Sequence[Template], signals: Signals
) -> dict[str, int]:
    """Return the count of each signal that this log can tell."""
    build = build_of(tally, templates)
    printed = {one.id for one in templates if build == DEBUG or one.level.in_release}
    if not tally.classified:
        printed = set()
    counted: dict[str, int] = {}
    for signal in signals.signals:
        count = _count(signal, tally, counted)
        visible = _visible(signal, signals, printed)
        if count or (visible and printed):
            counted[signal.name] = count
    for largest in signals.largest:
        if largest.name in tally.largest:
            counted[largest.name] = tally.largest[largest.name]
        elif printed.issuperset(largest.templates):
            counted[largest.name] = 0
    return counted


def _count(signal: Signal, tally: Tally, counted: Mapping[str, int]) -> int:
    own = sum(_lines(term, tally) for term in signal.counts)
    return own + sum(counted.get(name, 0) for name in signal.sum)


def _lines(term: Term, tally: Tally) -> int:
    if term.causes:
        found = _errors(term.templates, term.causes, tally)
    else:
        seen = (tally.templates.get(name) for name in term.templates)
        found = sum(one.count for one in seen if one)
    return max(0, found - _errors(term.templates, term.without, tally))


def _errors(templates: Sequence[str], causes: Sequence[str], tally: Tally) -> int:
    return sum(
        count
        for (template, cause), count in tally.causes.items()
        if cause in causes and (not templates or template in templates)
    )


def _visible(signal: Signal, signals: Signals, printed: set[str]) -> bool:
    """Say whether everything that it counts would have been printed."""
    by_name = {one.name: one for one in signals.signals}
    parts = [signal, *(by_name[name] for name in signal.sum)]
    return all(
        printed.issuperset(term.templates) for part in parts for term in part.counts
    )


def faults_of(counted: Mapping[str, int], signals: Signals) -> dict[str, int]:
    """Return the signals that only a fault gives, most frequent first."""
    faults = {one.name for one in signals.signals if one.fault}
    seen = [(name, n) for name, n in counted.items() if n and name in faults]
    return dict(sorted(seen, key=lambda one: (-one[1], one[0])))


def judge(
    tally: Tally,
    templates: Sequence[Template],
    signals: Signals,
    extra: Mapping[str, Value] | None = None,
) -> Finding:
    """Return the verdict and every fact that the log tells; `extra` are added."""
    build = build_of(tally, templates)
    counted = signals_of(tally, templates, signals)
    facts: dict[str, Value] = {
        "log.build": build,
        "log.lines": tally.lines,
        "log.unknown_share": round(tally.unknown_share, 4),
        **counted,
        **_seen(tally),
        **(extra or {}),
    }
    faults = faults_of(counted, signals)
    if faults:
        return bad(_told(faults, signals), facts)
    reason = _doubt(tally, build)
    return unknown(reason, facts) if reason else ok(_healthy(tally), facts)


def _seen(tally: Tally) -> dict[str, Value]:
    """Return how many rooms and peers were named, if any were: zero proves nothing."""
    counts = {"log.rooms": len(tally.rooms), "log.peers": len(tally.peers)}
    return {name: count for name, count in counts.items() if count}


def _told(faults: Mapping[str, int], signals: Signals) -> str:
    means = {one.name: one.means for one in signals.signals}
    shown = [f"{means[name]} ({n})" for name, n in faults.items()][:SHOWN]
    more = len(faults) - len(shown)
    rest = f"; and {more} more kinds of fault" if more > 0 else ""
    return f"The log has faults: {'; '.join(shown)}{rest}."


def _doubt(tally: Tally, build: str) -> str:
    if tally.classified < ENOUGH:
        return f"Only {tally.classified} lines are the app's; too few to tell anything."
    if build != DEBUG:
        return (
            "No fault is in the log, but a release build prints only warnings and "
            "errors, and many faults print none."
        )
    if tally.unknown_share > MOST_UNKNOWN:
        share = f"{tally.unknown_share:.0%}"
        return f"No fault is in what is understood, but {share} of the lines are not."
    return ""


def _healthy(tally: Tally) -> str:
    return f"A debug build's log, {tally.classified} lines of the app, without a fault."
