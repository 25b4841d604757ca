"""What must hold of every deed: it was taken once or not at all, and was answered."""

from collections.abc import Iterable, Iterator

from rehearsal.slack import Workspace
from tests.simulation.clock import FINE, Clock
from tests.simulation.deeds import Deed
from tests.simulation.kept import Told

ERASED = "[erased by "
"""How the words of a report begin that somebody has erased."""


def wrong_openings(deeds: Iterable[Deed], incidents: Iterable[Told]) -> Iterator[str]:
    """Say which incidents are missing, were opened twice, or by nobody."""
    opening = {deed.opens: deed for deed in deeds if deed.opens}
    found = dict.fromkeys(opening, 0)
    nameless = 0
    for told in incidents:
        words = str(told.state.report.words or "")
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
    workspace: Workspace, deeds: Iterable[Deed], incidents: Iterable[Told], clock: Clock
) -> Iterator[str]:
    """Say who did something that was taken, and then saw nothing come of it."""
    wrote = [
        (event.by, event.at.timestamp()) for told in incidents for event in told.events
    ]
    for deed in deeds:
        if not deed.ok or deed.told or deed.saw:
            continue
        span = deed.began - FINE, deed.ended + FINE
        if any(by == deed.user and clock.may_have_said(at, *span) for by, at in wrote):
            continue
        if not was_told(workspace, deed.user, deed.began):
            yield f"{deed.user} was not answered: {deed.what!r} at {deed.began:.3f}"


def was_told(workspace: Workspace, user: str, since: float) -> bool:
    """Say whether something was said to the person alone since then."""
    said = [m["ts"] for m in workspace.ephemerals(user)]
    for channel, place in workspace.channels.items():
        if place.is_im and user in place.members:
            said += [m["ts"] for m in workspace.messages(channel)]
    return any(float(ts) >= since - FINE for ts in said)
