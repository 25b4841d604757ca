"""From what the confined process said to what is kept: the choke point applied."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from bot.artefacts.wire import Said, Seen
from bot.cohrtz.redaction import file_name, headline, may_leave
from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Finding, Value, Verdict, witnessed

log = structlog.get_logger(__name__)

UNCOMPARED = "The files could not be compared."


def cleaned(
    seen: Seen, names: Sequence[str], room: str | None, at: datetime
) -> Artefact:
    """Return one file as it is kept; facts that hold words of others are left out."""
    name = name_of(names)
    evidence = witnessed(
        finding_of(seen, room), source=f"{seen.kind}:{name}", at=at, lasting=True
    )
    return Artefact(
        name=name,
        kind=seen.kind,
        sha256=seen.sha256,
        size=seen.size,
        verdict=evidence.verdict,
        headline=evidence.headline,
        facts=evidence.facts,
    )


def finding_of(said: Said, room: str | None) -> Finding:
    """Return what was said, redacted; the log names the facts that are left out."""
    return Finding(
        verdict=said.verdict,
        headline=headline(said.headline, room) or "It says nothing.",
        facts=_plain(said.facts, room),
    )


def name_of(names: Sequence[str]) -> str:
    """Return how a file is called: within a zip, after the zip."""
    return "/".join(file_name(name) for name in names)


def failed(name: str, why: str, reference: str, size: int = 0) -> Artefact:
    """Return a file that could not be read, with the reason."""
    return Artefact(
        name=name,
        kind=Kind.UNRECOGNISED,
        sha256="",
        size=size,
        verdict=Verdict.UNKNOWN,
        headline=why,
        reference=reference,
    )


def _plain(facts: Mapping[str, Value], room: str | None) -> dict[str, Value]:
    plain = {k: v for k, v in facts.items() if may_leave(k, v, room)}
    if len(plain) < len(facts):
        log.warning("facts.withheld", names=sorted(set(facts) - set(plain)))
    return plain
