"""Commands to events: `decide(state, command, context)`, pure.

Every impossible command is refused with a reason that a person can read (NotNow).
What the state allows a person to do with a step stands in one table, `MOVES`.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from bot.core.incident import commands as c
from bot.core.incident import events as e
from bot.core.incident import must
from bot.core.incident import release_events as r
from bot.core.incident.approving import TOUCHES, bind, not_yet, void, withhold
from bot.core.incident.blocking import block, unblock
from bot.core.incident.commands import Command, Context
from bot.core.incident.events import Body
from bot.core.incident.file_events import ArtefactOffered
from bot.core.incident.files import compared, offer, receive
from bot.core.incident.guards import gate
from bot.core.incident.looks import (
    RANKED,
    Inputs,
    again,
    ask,
    first_looks,
    last_number,
    opening,
)
from bot.core.incident.press import press
from bot.core.incident.refusal import NotNow, NotYours
from bot.core.incident.refusing import refuse
from bot.core.incident.request import request
from bot.core.incident.state import (
    Incident,
    Status,
    StepState,
    StepStatus,
)
from bot.core.incident.telling import may_tell, told
from bot.core.incident.verifying import first_verify
from bot.core.locks import target_of
from bot.core.policy import Deed, Ruling
from bot.core.report import MAX_WORDS, Subject, visible
from bot.core.runbook.pages import Runbook


def open_incident(command: c.Open, context: Context) -> tuple[Body, ...]:
    """Return the first events of a new incident; raise NotNow if there is no page.

    A release or a rollback begins with its page: there is nothing to rank. What every
    other one looks at first is asked for by `advance`.
    """
    first = e.Opened(report=command.report, channel=command.channel)
    if command.report.about is not Subject.ROOM:
        return first, _started(_page_about(command.report.about, context))
    given = (ArtefactOffered(files=command.files),) if command.files else ()
    return (first, *given)


def _page_about(about: Subject, context: Context) -> Runbook:
    pages = (one for one in context.rules.library.values() if one.about is about)
    found = next(pages, None)
    if found is None:
        raise NotNow(f"No runbook page is about a {about}: write one with `about`.")
    return found


def _started(book: Runbook) -> Body:
    return e.RunbookStarted(
        slug=book.slug, title=book.title, page_hash=book.sha256, steps=book.steps
    )


def decide(state: Incident, command: Command, context: Context) -> tuple[Body, ...]:
    """Return what the command makes happen; raise NotNow if it may not happen."""
    if isinstance(command, c.Press | c.Resolve | c.Reopen):
        command = replace(command, words=_readable(command.words))
    return _DECIDE[type(command)](state, command, context)


def _readable(words: str | None) -> str | None:
    told = str(visible(words or ""))
    if len(told) > MAX_WORDS:
        raise NotNow(f"Say it in at most {MAX_WORDS} characters.")
    return told or None


def _see(state: Incident, command: c.See, context: Context) -> tuple[Body, ...]:
    if not may_tell(state, context.now):
        return ()
    seen = told(state, command.transitions, cut=command.cut)
    return (seen,) if seen else ()


def _report(state: Incident, command: c.ReportCheck, _: Context) -> tuple[Body, ...]:
    look = state.looks.get(command.number)
    if look is None:
        raise NotNow("Nobody asked for this look.")
    if look.evidence is not None:
        raise NotNow("This look has reported already.")
    return (
        e.CheckReported(
            number=command.number, evidence=command.evidence, took=command.took
        ),
    )


def _start(state: Incident, command: c.Start, _: Context) -> tuple[Body, ...]:
    must.be_open(state)
    run, book = state.run, command.runbook
    if book.about is not state.report.about:
        raise NotNow(f"{book.title!r} is about a {book.about}, this is about another.")
    if run and run.slug == book.slug and run.current():
        raise NotNow(f"{book.title!r} is under way already.", by=run.by, at=run.at)
    must.not_act(state)
    return (_started(book),)


def _press(state: Incident, command: c.Press, context: Context) -> tuple[Body, ...]:
    must.be_open(state)
    return press(state, command, context)


def _prepared(state: Incident, command: c.Prepared, _: Context) -> tuple[Body, ...]:
    step = must.be_at(state, command.step, StepStatus.PREPARING, StepStatus.ASKED)
    if command.plan is None:
        unready = e.ActionUnready(step=step.ref, why=command.why)
        return (*void(step, "changed", command.why), unready)
    changed = step.status is StepStatus.ASKED
    prepared = e.ActionPrepared(step=step.ref, plan=command.plan, changed=changed)
    return (*void(step, "changed", TOUCHES), prepared)


def _intend(state: Incident, command: c.Intend, context: Context) -> tuple[Body, ...]:
    must.be_open(state)
    step = must.be_at(state, command.step, StepStatus.ASKED)
    seen = gate(state, step, context.now)
    if not seen.holds:
        raise NotNow(seen.why)
    if step.plan is None or command.plan.binding != step.plan.binding:
        raise NotNow("What it would touch has changed since Run was pressed.")
    bound = bind(state, step, command, context)
    waits = not_yet(step, bound, context)
    if waits:
        return waits
    given = step.approval
    effect = context.rules.effect(bound.action)
    intent = e.ActionIntended(
        step=step.ref,
        attempt=step.attempt + 1,
        action=bound.action,
        params=command.params,
        plan=command.plan,
        page_hash=state.runs[step.ref.run - 1].page_hash,
        rests_on=seen.rests_on,
        asked_by=bound.asked_by,
        approved_by=given.given_by if given else (),
        glass_broken_by=given.glass_by if given else None,
        approval=given.digest if given else None,
        holds=target_of(command.plan, effect, state.report.room),
    )
    return (intent,)


def _finish(state: Incident, command: c.Finish, context: Context) -> tuple[Body, ...]:
    step = _attempt(state, command.step, command.attempt)
    done = e.ActionFinished(
        step=step.ref, attempt=command.attempt, ok=command.ok, detail=command.detail
    )
    return (done, *first_verify(state, step, context)) if command.ok else (done,)


def _doubt(state: Incident, command: c.Doubt, _: Context) -> tuple[Body, ...]:
    step = _attempt(state, command.step, command.attempt)
    return (e.ActionDoubted(step=step.ref, attempt=command.attempt, why=command.why),)


def _clear(state: Incident, command: c.Clear, context: Context) -> tuple[Body, ...]:
    step = _attempt(state, command.step, command.attempt)
    settled = e.ActionSettled(
        step=step.ref,
        attempt=command.attempt,
        happened=command.happened,
        detail=command.detail,
    )
    if command.happened:
        return (settled, *first_verify(state, step, context))
    return (settled,)


def _resolve(state: Incident, command: c.Resolve, context: Context) -> tuple[Body, ...]:
    if state.status is Status.RESOLVED:
        raise NotNow(
            "It is resolved already.", by=state.settled_by, at=state.settled_at
        )
    if state.status is Status.RESOLVING and not command.anyway:
        raise NotNow("The failing checks are being run again.", by=state.settled_by)
    must.not_act(state)
    if not command.anyway:
        must.have_recovered(state)
    failing, first = state.not_ok(), first_looks(state, context)
    awaited = (*_awaited(state), *(want.check for want in first))
    if command.anyway or not (failing or awaited):
        return (e.Resolved(words=command.words, failing=(*failing, *awaited)),)
    wants = (*first, *again(state, failing, context))
    looks = (ask(wants, last_number(state)),) if wants else ()
    return (e.ResolveAsked(words=command.words), *looks)


def _awaited(state: Incident) -> tuple[str, ...]:
    """Name the checks that have not said anything yet: that is not ok."""
    asked = dict.fromkeys(look.call.check for look in state.unreported(*RANKED))
    return tuple(name for name in asked if name not in state.latest())


def _propose(state: Incident, command: c.Propose, _: Context) -> tuple[Body, ...]:
    if state.report.about is not Subject.RELEASE:
        raise NotNow("Only a release can be proposed to be rolled back.")
    must.be_open(state)
    known = any(one.trigger == command.trigger for one in state.proposals)
    if known:
        return ()
    proposed = r.RollbackProposed(
        trigger=command.trigger,
        needed=command.needed,
        incidents=command.incidents,
        rooms=command.rooms,
    )
    return (proposed,)


def _recover(state: Incident, command: c.Recover, _: Context) -> tuple[Body, ...]:
    if state.report.about is not Subject.ROLLBACK:
        raise NotNow("Only a rollback recovers rooms: `/triage rollback VERSION`.")
    must.be_open(state)
    new = tuple(
        one for one in dict.fromkeys(command.rooms) if one not in state.impacted
    )
    total = len(state.impacted) + len(new)
    if total > command.most:
        words = f"That would be {total} rooms; a rollback recovers {command.most}."
        why = f"{words} Raise `most` in its thresholds if that is meant."
        raise NotYours(Ruling(Deed.POLICY_BOUND, why))
    if not new:
        raise NotNow("These rooms are being recovered already.")
    return (r.RecoveryAsked(rooms=new),)


def _spread(state: Incident, command: c.Spread, _: Context) -> tuple[Body, ...]:
    if any(one.room == command.room for one in state.recoveries):
        return ()
    opened = r.RecoveryOpened(
        room=command.room, incident=command.incident, slug=command.slug
    )
    return (opened,)


def _reopen(state: Incident, command: c.Reopen, context: Context) -> tuple[Body, ...]:
    if state.status is not Status.RESOLVED:
        raise NotNow("It is open already.")
    wants = opening(Inputs(state.report, state.id), context)
    looks = (ask(wants, last_number(state)),) if wants else ()
    return (e.Reopened(words=command.words), *looks)


def _attempt(state: Incident, ref: e.StepRef, attempt: int) -> StepState:
    step = must.be_at(
        state, ref, StepStatus.RUNNING, StepStatus.DOUBT, StepStatus.UNSURE
    )
    if step.attempt != attempt:
        raise NotNow(f"Step {ref.step} is at attempt {step.attempt} by now.")
    return step


_DECIDE: Mapping[type, Callable[[Incident, Any, Context], tuple[Body, ...]]] = {
    c.See: _see,
    c.ReportCheck: _report,
    c.Request: request,
    c.Start: _start,
    c.Press: _press,
    c.Prepared: _prepared,
    c.Block: block,
    c.Unblock: unblock,
    c.Intend: _intend,
    c.Finish: _finish,
    c.Doubt: _doubt,
    c.Clear: _clear,
    c.Refuse: refuse,
    c.Withhold: withhold,
    c.Resolve: _resolve,
    c.Reopen: _reopen,
    c.Propose: _propose,
    c.Recover: _recover,
    c.Spread: _spread,
    c.Offer: offer,
    c.Receive: receive,
    c.Compare: compared,
}
