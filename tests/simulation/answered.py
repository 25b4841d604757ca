"""What must hold of every deed: it was taken once or not at all, and was answered."""

from collections.abc import Iterable, Iterator, Sequence

from rehearsal.slack import Workspace
from tests.simulation.clock import FINE, Clock
from tests.simulation.deeds import Deed
from tests.simulation.kept import Told

LATE = 900.0
"""Seconds after which an answer is none: a bot is down for at most 400."""

ERASED = "[erased by "
"""How the words of a report begin that somebody has erased."""


def wrong_openings(deeds: Iterable[Deed], incidents: Iterable[Told]) -> Iterator[str]:
    """Say which incidents are missing, were opened twice, or by nobody."""
    opening = {deed.opens: deed for deed in deeds if deed.opens}
    found = dict.fromkeys(opening, 0)
    nameless = 0
    for told in incidents:
        report = told.state.report
        words = str(report.words or report.version or "")
        for name in opening:
            found[name] += name in words
        nameless += words.startswith(ERASED)
        if not (words.startswith(ERASED) or any(name in words for name in opening)):
            yield f"incident {told.head.incident} was opened by nobody: {words!r}"
    for name, deed in opening.items():
        taken = deed.ok and not deed.told
        if taken and not found[name] and nameless:
            nameless -= 1  # its words are those that somebody erased
        elif found[name] > 1 or (taken and found[name] != 1):
            yield f"{deed.what!r} ({deed.outcome}) opened {found[name]} incidents"


def unanswered(
    workspace: Workspace, deeds: Sequence[Deed], incidents: Iterable[Told], clock: Clock
) -> Iterator[str]:
    """Say who did something that was taken, and then saw nothing come of it.

    An event answers one deed only. A reply to another deed answers nothing else.
    """
    events = (event for told in incidents for event in told.events)
    wrote = sorted((event.at.timestamp(), event.by) for event in events)
    replies = frozenset(deed.reply for deed in deeds if deed.reply)
    for deed in sorted(deeds, key=lambda deed: deed.ended):
        if not deed.ok or deed.told or deed.saw:
            continue
        span = deed.began - FINE, deed.ended + FINE
        came = [one for one in wrote if _is_of(one, deed, span, clock)]
        if came:
            wrote.remove(came[0])
        elif not was_told(workspace, deed.user, (deed.began, deed.ended), replies):
            yield f"{deed.user} was not answered: {deed.what!r} at {deed.began:.3f}"


def _is_of(
    event: tuple[float, str], deed: Deed, span: tuple[float, float], clock: Clock
) -> bool:
    at, by = event
    return by == deed.user and clock.may_have_said(at, *span)


def was_told(
    workspace: Workspace,
    user: str,
    span: tuple[float, float],
    replies: frozenset[str] = frozenset(),
) -> bool:
    """Say whether something but these replies was said to the person alone in time.

    `span` is when they did what is to be answered, in seconds since the epoch.
    """
    said = [m["ts"] for m in workspace.ephemerals(user)]
    for channel, place in workspace.channels.items():
        if place.is_im and user in place.members:
            said += [m["ts"] for m in workspace.messages(channel)]
    since, until = span[0] - FINE, span[1] + LATE
    return any(since <= float(ts) <= until for ts in said if ts not in replies)
