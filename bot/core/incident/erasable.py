"""What of each kind of event can be erased for privacy, and what must stay.

What people typed and what was told in prose goes, and so do names of files, and facts
and answers whose value is text; who, when, what kind and whatever the state rests on
stay, so that the events still add up. An answer or a fact that went is not known any
more, and a guard that asks for it does not hold.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from bot.core.evidence import Evidence, Fact, Value
from bot.core.incident import approval_events as a
from bot.core.incident import events as e
from bot.core.incident import file_events as f
from bot.core.incident.events import Body
from bot.core.ranking import Ranked, Ranking, Reason


def left_of(body: Body, mark: str) -> Body:
    """Return what is left of a body, with the mark in the place of its words."""
    return ERASABLE[body.kind](body, mark)


def _plain(facts: Sequence[Fact]) -> tuple[Fact, ...]:
    """Keep what is no text; of a file that it was read from, only the kind."""
    return tuple(
        fact.model_copy(update={"source": fact.source.partition(":")[0]})
        for fact in facts
        if not isinstance(fact.value, str)
    )


def _words(*names: str) -> Callable[[Any, str], Body]:
    """Erase these fields where they say something."""

    def left(body: Any, mark: str) -> Body:  # noqa: ANN401  of the kind in the table
        changes = {name: mark for name in names if getattr(body, name)}
        erased: Body = body.model_copy(update=changes)
        return erased

    return left


def _nothing(body: Body, _: str) -> Body:
    return body


def _opened(body: e.Opened, mark: str) -> Body:
    """Keep what it is about and the participant; what was typed besides goes."""
    report = body.report
    changes = {
        "words": report.words and mark,
        "transitions": report.transitions and mark,
        "packet_type": None,
        "request_id": None,
    }
    return body.model_copy(update={"report": report.model_copy(update=changes)})


def _answered(body: e.StepSettled | e.StepAttested, mark: str) -> Body:
    """Keep numbers; a text that was replaced would pass for an answer."""
    changes = {"words": body.words and mark, "answers": _numbers(body.answers)}
    return body.model_copy(update=changes)


def _numbers(answers: Mapping[str, Value]) -> dict[str, Value]:
    return {name: x for name, x in answers.items() if not isinstance(x, str)}


def _reported(body: e.CheckReported, mark: str) -> Body:
    return body.model_copy(update={"evidence": _evidence(body.evidence, mark)})


def _evidence(seen: Evidence, mark: str) -> Evidence:
    return Evidence(
        verdict=seen.verdict,
        headline=mark,
        facts=_plain(seen.facts),
        reference=seen.reference,
    )


def _ranked(body: e.RunbooksRanked, mark: str) -> Body:
    ranking = body.ranking
    left = Ranking(
        ranked=tuple(_page(page) for page in ranking.ranked),
        proposed=ranking.proposed,
        because=mark,
        missing=ranking.missing,
        opposed=tuple(
            one.model_copy(update={"facts": _plain(one.facts)})
            for one in ranking.opposed
        ),
    )
    return body.model_copy(update={"ranking": left})


def _page(page: Ranked) -> Ranked:
    lists = ("for_", "against", "open")
    return page.model_copy(
        update={name: tuple(map(_reason, getattr(page, name))) for name in lists}
    )


def _reason(reason: Reason) -> Reason:
    return reason.model_copy(update={"facts": _plain(reason.facts)})


def _offered(body: f.ArtefactOffered, mark: str) -> Body:
    files = tuple(one.model_copy(update={"name": mark}) for one in body.files)
    return body.model_copy(update={"files": files})


def _read(body: f.ArtefactRead, mark: str) -> Body:
    """Keep the hash, by which a file that comes again is known."""
    kept = body.artefact
    changes = {"name": mark, "headline": mark, "facts": _plain(kept.facts)}
    return body.model_copy(update={"artefact": kept.model_copy(update=changes)})


def _compared(body: f.ArtefactsCompared, mark: str) -> Body:
    changes = {
        "names": tuple(mark for _ in body.names),
        "evidence": _evidence(body.evidence, mark),
    }
    return body.model_copy(update=changes)


def _unfactual(body: a.ApprovalAsked, _: str) -> Body:
    """Keep the digest, by which what was approved is still told from anything else."""
    return body.model_copy(update={"facts": _numbers(body.facts)})


ERASABLE: Final[Mapping[str, Callable[[Any, str], Body]]] = {
    "incident.opened": _opened,
    "transitions.seen": _nothing,
    "checks.requested": _nothing,
    "check.reported": _reported,
    "runbooks.ranked": _ranked,
    "runbook.started": _nothing,
    "step.reached": _words("barred"),
    "step.settled": _answered,
    "step.attested": _answered,
    "action.prepared": _nothing,
    "action.unready": _words("why"),
    "action.blocked": _nothing,
    "action.asked": _nothing,
    "action.intended": _nothing,
    "action.finished": _words("detail"),
    "action.doubted": _words("why"),
    "action.settled": _words("detail"),
    "resolve.asked": _words("words"),
    "resolve.held": _nothing,
    "incident.resolved": _words("words"),
    "incident.reopened": _words("words"),
    "rollback.proposed": _nothing,
    "recovery.asked": _nothing,
    "recovery.opened": _nothing,
    "artefact.offered": _offered,
    "artefact.read": _read,
    "artefact.repeated": _words("name"),
    "artefacts.compared": _compared,
    "body.erased": _words("why"),
    "approval.asked": _unfactual,
    "approval.given": _nothing,
    "approval.declined": _words("words"),
    "approval.voided": _words("why"),
    "glass.broken": _words("words"),
    "press.refused": _nothing,
    "action.refused": _nothing,
}
"""What erasing does to each kind. A plan stays: a doubt is settled by what it binds."""
