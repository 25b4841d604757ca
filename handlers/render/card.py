"""The incident card: the one message in the channel, kept current."""

from collections.abc import Iterator, Sequence

from bot.core.evidence import Verdict
from bot.core.incident.events import Event
from bot.core.incident.recovering import unrecovered
from bot.core.incident.state import ACTING, Incident, Look, Status
from bot.core.report import Subject
from handlers import refs
from handlers.render import blocks as b
from handlers.render.anchor import head
from handlers.render.blocks import Block
from handlers.render.histories import histories
from handlers.render.release import released
from handlers.render.summary import short
from handlers.render.timeline import Timeline
from handlers.render.words import (
    STATUS_SIGN,
    STATUS_WORDS,
    VERDICT_SIGN,
    WAITING_SIGN,
    Catalogue,
    Drawn,
    finding,
    literal,
    name,
    plural,
    prose,
    who,
)


def card(line: Timeline, catalogue: Catalogue) -> Drawn:
    """Draw where the incident stands, what was seen, and what can be pressed."""
    state = line.state
    shown = [
        b.header(b.one_line(_headline(state), 140)),
        b.section(_status(state, catalogue)),
        b.fields(_fields(state)),
        *_words(state),
        *released(state),
        *_seen(state, catalogue),
        *histories(state.transitions, state.report.participant, state.counted),
        b.section(f"*Summary so far*\n{short(line.sections())}"),
        *_buttons(state, catalogue),
        _footer(state, line.last),
    ]
    return Drawn(_fallback(state), shown)


def _headline(state: Incident) -> str:
    report = state.report
    if report.about is Subject.ROOM:
        return f"{report.severity} · {report.title}"
    return report.title[:1].upper() + report.title[1:]


def _fallback(state: Incident) -> str:
    what = f"{state.report.severity} in {name(state.report.title, 80)}"
    if state.report.about is not Subject.ROOM:
        what = name(_headline(state), 80)
    return f"{what}: {STATUS_WORDS[state.status].lower()}"


def _status(state: Incident, catalogue: Catalogue) -> str:
    stands = f"{STATUS_SIGN[state.status]} *{STATUS_WORDS[state.status]}*"
    return f"{stands}{_since(state)}{_not_ok(state, catalogue)}"


def _since(state: Incident) -> str:
    if state.settled_by is None:
        return ""
    why = f": {prose(state.words)}" if state.words else "."
    by = who(state.settled_by)
    if state.status in (Status.RESOLVING, Status.HELD):
        return f"\n{by} asked to resolve it{why}"
    done = "resolved" if state.status is Status.RESOLVED else "reopened"
    at = f" {b.date(state.settled_at)}" if state.settled_at else ""
    return f"\n{by} {done} it{at}{why}"


def _not_ok(state: Incident, catalogue: Catalogue) -> str:
    failing = [name(title, 80) for title in _failing(state, catalogue)]
    if failing:
        told = "At that time not ok" if state.status is Status.RESOLVED else "Not ok"
        return f"\n{told}: {', '.join(failing)}."
    held = state.status is Status.HELD
    return "\nBy now all checks are ok: press Resolve." if held else ""


def _failing(state: Incident, catalogue: Catalogue) -> list[str]:
    """Return what was not ok when it was resolved; of a held one, what is not now."""
    held = state.status is Status.HELD
    return [catalogue.title(c) for c in (state.not_ok() if held else state.failing)]


def _fields(state: Incident) -> Iterator[tuple[str, str]]:
    report = state.report
    yield "Opened", f"{who(state.opened_by)} {b.date(state.opened_at)}"
    if report.about is not Subject.ROOM:
        yield "Checklist", _runbook(state)
        return
    yield "Participant", literal(report.participant) if report.participant else "—"
    if report.packet_type:
        yield "Packet type", literal(report.packet_type)
    if report.request_id:
        yield "Request id", literal(report.request_id)
    yield "Reproduces after a retry", str(report.reproduces)
    yield "Runbook", _runbook(state)


def _runbook(state: Incident) -> str:
    run = state.run
    if run is None:
        return "none started"
    current, total = run.current(), len(run.steps)
    at = f"step {current.number} of {total}" if current else "all steps ended"
    return f"{name(run.title)}, {at}"


def _words(state: Incident) -> Iterator[Block]:
    if state.report.words:
        yield b.section(f"&gt; {name(state.report.words, 400)}")


def _seen(state: Incident, catalogue: Catalogue) -> Iterator[Block]:
    if state.report.about is Subject.ROOM:
        yield b.section(_worst(state, catalogue))


def _worst(state: Incident, catalogue: Catalogue) -> str:
    waits = _unfinished(state)
    seen = state.latest()
    for verdict in (Verdict.BAD, Verdict.UNKNOWN):
        worst = _newest_with(verdict, list(seen.values()))
        if worst and worst.evidence:
            return f"{finding(worst.call.check, worst.evidence, catalogue)}{waits}"
    if not seen:
        return waits.strip() or "No check has looked yet."
    fine = f"{VERDICT_SIGN[Verdict.OK]} {plural(len(seen), 'check')} ok, none bad."
    return f"{fine}{waits}"


def _unfinished(state: Incident) -> str:
    count = sum(1 for _ in state.unreported())
    if not count:
        return ""
    ended = state.status is Status.RESOLVED
    how = "did not finish before it was resolved" if ended else "running"
    return f"\n{WAITING_SIGN} {plural(count, 'check')} {how}."


def _newest_with(verdict: Verdict, looks: Sequence[Look]) -> Look | None:
    alike = [one for one in looks if one.evidence and one.evidence.verdict is verdict]
    return alike[-1] if alike else None


def _buttons(state: Incident, catalogue: Catalogue) -> Iterator[Block]:
    value = refs.IncidentButton(incident=state.id).encoded()
    if state.status is Status.RESOLVED:
        yield b.actions(b.button("Reopen", action=refs.REOPEN, value=value))
        return
    step = state.run.current() if state.run else None
    if step and step.status in ACTING:
        why = f"Step {step.number} is acting or in doubt: it is settled first."
        yield b.context(f"It cannot be resolved now. {why}")
    elif state.status is Status.RESOLVING:
        yield b.context("The checks that were not ok are being run again.")
    else:
        yield b.actions(*_resolving(state, value, catalogue))


def _resolving(state: Incident, value: str, catalogue: Catalogue) -> Iterator[Block]:
    yield b.button("Resolve", action=refs.RESOLVE, value=value)
    missing = [f"room {room} has no incident" for room in unrecovered(state)]
    if missing or state.status is Status.HELD:
        yield b.button(
            "Resolve anyway",
            action=refs.RESOLVE_ANYWAY,
            value=value,
            style="danger",
            confirm=_sure([*_failing(state, catalogue), *missing]),
        )


def _sure(failing: Sequence[str]) -> Block:
    listed = b.one_line(", ".join(failing), 200) or "nothing that is known of"
    text = f"Not ok: {listed}. It stays on the record."
    return b.confirm("Resolve whatever the checks say?", text, "Resolve", "Not now")


def _footer(state: Incident, last: Event) -> Block:
    told = (name(state.id), f"event {last.seq}", b.date(last.at), head(last))
    return b.context(" · ".join(part for part in told if part))
