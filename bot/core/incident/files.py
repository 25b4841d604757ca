"""Files that people hand over: offered, read once, compared; commands to events."""

from collections.abc import Iterable, Iterator

from bot.core.artefact import Artefact
from bot.core.incident import commands as c
from bot.core.incident.commands import Context
from bot.core.incident.events import Body
from bot.core.incident.file_events import (
    ArtefactOffered,
    ArtefactRead,
    ArtefactRepeated,
    ArtefactsCompared,
    Offered,
)
from bot.core.incident.refusal import NotNow
from bot.core.incident.state import Incident, Status

MAX_OFFERED = 40
"""Files that an incident takes, over its life; a zip counts as one."""

MAX_ARTEFACTS = 200
"""Files that an incident keeps the facts of, those in zips among them."""


def offer(state: Incident, command: c.Offer, _: Context) -> tuple[Body, ...]:
    """Take files that were handed over; one that is known by its id is passed over."""
    if state.status is Status.RESOLVED:
        reason = "The incident is resolved; reopen it first, then hand over the files."
        raise NotNow(reason, by=state.settled_by, at=state.settled_at)
    fresh = tuple(_unknown(state, command.files))
    if len(state.offered) + len(fresh) > MAX_OFFERED:
        raise NotNow(
            f"An incident takes at most {MAX_OFFERED} files, and this one has "
            f"{len(state.offered)}. Put the others into one zip."
        )
    return (ArtefactOffered(files=fresh),) if fresh else ()


def receive(state: Incident, command: c.Receive, _: Context) -> tuple[Body, ...]:
    """Take what was read in a file; what was read before is taken once."""
    waiting = state.waiting.get(command.file)
    if waiting is None:
        raise NotNow("This file was read already, or nobody handed it over.")
    room = max(MAX_ARTEFACTS - len(state.artefacts), 1)
    fresh = tuple(_unread(state, command.artefacts))[:room]
    if fresh:
        return tuple(ArtefactRead(file=command.file, artefact=one) for one in fresh)
    known = command.artefacts[0].sha256 if command.artefacts else ""
    return (ArtefactRepeated(file=command.file, name=waiting.name, sha256=known),)


def compared(_: Incident, command: c.Compare, __: Context) -> tuple[Body, ...]:
    """Take what comparing files of one kind showed."""
    return (
        ArtefactsCompared(
            of=command.of, names=command.names, evidence=command.evidence
        ),
    )


def _unknown(state: Incident, files: Iterable[Offered]) -> Iterator[Offered]:
    known = set(state.offered)
    for one in files:
        if one.id not in known:
            known.add(one.id)
            yield one


def _unread(state: Incident, artefacts: Iterable[Artefact]) -> Iterator[Artefact]:
    """Yield what is new, and what could not be read the last time."""
    known = {one.sha256 for one in state.artefacts if one.reference is None}
    for one in artefacts:
        if not one.sha256 or one.sha256 not in known:
            known.add(one.sha256)
            yield one
