"""`triage bundle FILE…`: what the files say, and which runbook they speak for."""

import argparse
import asyncio
import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot import logs
from bot.artefacts.bundle import Bundle, files_of, read_bundle
from bot.artefacts.intake import Intake
from bot.artefacts.shape import Asked
from bot.artefacts.wanted import Wanted, wanted
from bot.cli.shape import tell, tell_json
from bot.cohrtz.opposites import OPPOSITES
from bot.core.ranking import Ranking, Reason, rank
from bot.errors import UsageError
from bot.pages import load_library
from bot.settings import RUNBOOKS

_SIGN = {"ok": "ok     ", "bad": "BAD    ", "unknown": "unknown"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Take files and folders, and what the incident says."""
    parser.add_argument(
        "files", nargs="+", type=Path, metavar="FILE", help="a file, a zip or a folder"
    )
    parser.add_argument("--room", help="the room that it is about")
    parser.add_argument("--participant", help="the participant who has the problem")
    parser.add_argument("--since", help="when it began, as 2026-11-23T14:00:00Z")
    parser.add_argument("--json", action="store_true", help="print one JSON document")


def run(options: argparse.Namespace) -> int:
    """Print what was read; 0 also when files are bad, as telling that is the job."""
    logs.set_up("text", logging.WARNING)
    asked = Asked(options.room, options.participant, _moment(options.since))
    files, library = files_of(options.files), load_library(RUNBOOKS)
    bundle = asyncio.run(read_bundle(files, asked, Intake(_now, _reference)))
    ranking = rank(library, bundle.facts, _now(), OPPOSITES)
    if options.json:
        tell_json(document(bundle, ranking))
    else:
        for line in lines(bundle, ranking):
            tell(line)
    return 0


def document(bundle: Bundle, ranking: Ranking) -> dict[str, Any]:
    """Return the document that scripts read; see `triage schema bundle`."""
    return {
        "files": [
            {
                "name": one.name,
                "kind": one.kind.value,
                "sha256": one.sha256 or None,
                "verdict": one.verdict.value,
            }
            for one in bundle.artefacts
        ],
        "facts": [
            fact.model_dump(
                mode="json", include={"name", "value", "observed_at", "source"}
            )
            for fact in bundle.facts
        ],
        "ranking": [
            {
                "runbook": page.slug,
                "score": page.score,
                "for": _guards(page.for_),
                "against": _guards(page.against),
            }
            for page in ranking.ranked
        ],
        "proposed": ranking.proposed,
        "missing": [
            {"what": one.what, "from": one.source, "why": one.why}
            for one in wanted(ranking, bundle.artefacts)
        ],
    }


def lines(bundle: Bundle, ranking: Ranking) -> Iterator[str]:
    """Yield what a person reads."""
    yield "Files"
    for one in bundle.artefacts:
        yield f"  {_SIGN[one.verdict]}  {one.name} ({one.kind}) {one.sha256[:12]}"
        yield f"           {one.headline}"
    for compared in bundle.comparisons:
        said = compared.evidence
        yield f"  {_SIGN[said.verdict]}  {' and '.join(compared.names)} compared"
        yield f"           {said.headline}"
    yield from _facts(bundle)
    yield from _ranked(ranking)
    yield from _missing(wanted(ranking, bundle.artefacts))


def _facts(bundle: Bundle) -> Iterator[str]:
    if bundle.facts:
        yield "\nFacts"
        for fact in bundle.facts:
            yield f"  {fact.name} = {fact.value}  ({fact.source})"


def _ranked(ranking: Ranking) -> Iterator[str]:
    yield "\nRunbooks"
    for page in ranking.ranked:
        yield f"  {page.score:+d}  {page.slug}"
        yield from (f"        for      {guard}" for guard in _guards(page.for_))
        yield from (f"        against  {guard}" for guard in _guards(page.against))
    yield from (f"Contradiction: {one.told()}" for one in ranking.opposed)
    proposed = ranking.proposed or "none"
    yield f"Proposed: {proposed}. {ranking.because}"


def _missing(asks: Sequence[Wanted]) -> Iterator[str]:
    if asks:
        yield "\nStill missing"
        for one in asks:
            yield f"  {one.what}"
            yield f"      from {one.source}"
            yield f"      {one.why}"


def _guards(reasons: Sequence[Reason]) -> list[str]:
    return [reason.guard for reason in reasons]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"--since {text!r} is no time; write it as 2026-11-23T14:00:00Z."
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _now() -> datetime:
    return datetime.now(UTC)


def _reference() -> str:
    return f"ref-{_now():%H%M%S%f}"
