"""Files as they are after they were read."""

from datetime import UTC, datetime

from bot.core.artefact import Artefact, Kind
from bot.core.evidence import Fact, Verdict, bad, witnessed
from bot.core.incident import commands as c
from bot.core.incident.file_events import Offered

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def offer(*ids):
    return c.Offer(tuple(Offered(id=one, name=f"{one}.log") for one in ids))


def fact(name, value, *, at=AT, source="log:one.log"):
    return Fact(name=name, value=value, observed_at=at, source=source, lasting=True)


def artefact(sha="aa", *, facts=(), kind=Kind.LOG, reference=None, name="one.log"):
    return Artefact(
        name=name,
        kind=kind,
        sha256=sha * 32 if sha else "",
        size=7,
        verdict=Verdict.BAD,
        headline="A token was refused.",
        facts=tuple(facts),
        reference=reference,
    )


def receive(file, *artefacts):
    return c.Receive(file, artefacts)


def compare(**facts):
    told = {name.replace("__", "."): value for name, value in facts.items()}
    said = witnessed(bad("They differ.", told), source="copies", at=AT, lasting=True)
    return c.Compare("copies", ("a.db", "b.db"), said)
