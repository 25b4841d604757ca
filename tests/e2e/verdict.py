"""What must be the same after any death or fault as after a life without one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.core.incident import approval_events as a
from bot.core.incident import events as e
from bot.core.incident.events import BOT, Event
from tests.e2e.played import LEFT_OUT, Played

GLASS = "glass:"
"""How the part of a loud message begins; the number of its event follows."""
REFUSALS = ("You asked for it yourself; somebody else must approve it.",)
"""What is told to one person alone, as often as it must be."""
NOT_KNOWN = "Slack does not tell me"
"""How another reason begins that the press may be refused for in trouble."""

ONCE = ("incident.opened", "runbook.started", "incident.resolved")
ALIKE = (
    *("incident.opened", "runbook.started", "incident.resolved"),
    *("step.settled", "step.attested"),
    *("artefact.offered", "artefact.read"),
    *("rollback.proposed", "recovery.asked", "recovery.opened"),
)
"""Kinds of events that people cause, or files, and no number of looks."""


@dataclass(frozen=True)
class Doubts:
    """How often it was not known whether an act happened, and what came of it."""

    settled: int
    """By the action's own probe."""
    asked: int
    """Of a person, because the probe could not tell."""


def doubts(played: Played) -> Doubts:
    told = [one for one in played.events if isinstance(one.body, e.ActionSettled)]
    asked = sum(one.body.happened is None for one in told)
    return Doubts(sum(one.by == BOT for one in told) - asked, asked)


def wrong(played: Played, clean: Played) -> Iterator[str]:
    """Say what is not as it is after a life without trouble."""
    if not played.resolved:
        yield "it is not resolved"
    if played.lost:
        yield f"lost are {played.lost}"
    yield from played.misdrawn
    yield from _untold_deeds(played, clean)
    incidents = ({"": len(one.timelines)} for one in (played, clean))
    yield from _unlike("incidents", *incidents)
    yield from _unlike("messages", _messages(played), _messages(clean))
    yield from _unlike("acts", played.acts, clean.acts)
    yield from _unlike("events", _alike(played), _alike(clean))
    yield from _not_loud(played)
    yield from _untold(played, clean)
    yield from _not_sent(played, clean)
    yield from _not_let(played, clean)
    for incident, events in played.timelines.items():
        yield from _disordered(played.shown.get(incident, ()), events)
    for events in played.timelines.values():
        yield from _wrong_timeline(events)
    yield from _wrong_acts(played)
    yield from _wrong_drawings(played)


def _unlike(what: str, there: dict[str, int], clean: dict[str, int]) -> Iterator[str]:
    for name in sorted({*there, *clean}):
        if there.get(name, 0) != clean.get(name, 0):
            yield f"{what}: {name} {there.get(name, 0)}, not {clean.get(name, 0)} times"


def _messages(played: Played) -> Counter[str]:
    """Count messages by their part, but those on the broken glass."""
    return Counter(one for one in played.parts if not one.startswith(GLASS))


def _untold_deeds(played: Played, clean: Played) -> Iterator[str]:
    """Whatever went wrong, the summary says what people did; they may do it twice."""
    if LEFT_OUT in played.accounts:
        return
    for deed in dict.fromkeys(clean.accounts):
        otherwise = deed.endswith(REFUSALS) and _is_refused_otherwise(played)
        if deed not in played.accounts and not otherwise:
            yield f"the summary does not say: {deed}"


def _not_loud(played: Played) -> Iterator[str]:
    """Each time the glass is broken it is said once; a doubt may break it anew."""
    bodies = ((one.seq, one.body) for one in played.events)
    broken = Counter(f"{GLASS}{n}" for n, b in bodies if isinstance(b, a.GlassBroken))
    said = Counter(one for one in played.parts if one.startswith(GLASS))
    yield from _unlike("messages", said, broken)


def _untold(played: Played, clean: Played) -> Iterator[str]:
    """A refusal must reach the person; it may reach them twice."""
    for text in REFUSALS:
        told = played.whispers[text] or _is_refused_otherwise(played)
        if clean.whispers[text] and not told:
            yield f"nobody is told: {text}"


def _is_refused_otherwise(played: Played) -> bool:
    """Tell whether somebody was refused because Slack did not say who they are."""
    return any(text.startswith(NOT_KNOWN) for text in played.whispers)


def _not_sent(played: Played, clean: Played) -> Iterator[str]:
    """A bundle reaches whoever asked, it may be twice, and nobody else."""
    for who in sorted(played.bundles.keys() ^ clean.bundles.keys()):
        yield f"bundles: {who} {played.bundles[who]}, not {clean.bundles[who]} times"


def _not_let(played: Played, clean: Played) -> Iterator[str]:
    """Nothing may be done without the approvals that it needs, or the broken glass."""
    free = {action for action, needed, _ in _let(clean.events) if not needed}
    for action, needed, let in _let(played.events):
        if not let or (not needed and action not in free):
            yield f"{action} is not approved as it must be"


def _let(events: Iterable[Event]) -> Iterator[tuple[str, int, bool]]:
    """Yield each act, how many had to approve it, and whether it was let run."""
    asked: dict[str, a.ApprovalAsked] = {}
    given: defaultdict[str, set[str]] = defaultdict(set)
    broken: set[str] = set()
    for event in events:
        match event.body:
            case a.ApprovalAsked() as body:
                asked[body.digest] = body
                given[body.digest] = set()
                broken -= {body.digest}
            case a.ApprovalGiven(digest=digest):
                given[digest] |= {event.by}
            case a.GlassBroken(digest=digest):
                broken |= {digest}
            case e.ActionIntended(action=action, approval=None):
                yield action, 0, True
            case e.ActionIntended(action=action, approval=str(digest)):
                ask = asked[digest]
                others = given[digest] - {ask.asked_by}
                enough = len(others) >= ask.needed or digest in broken
                yield action, ask.needed, enough


def _alike(played: Played) -> Counter[str]:
    bodies = [one.body for one in played.events]
    kinds = Counter(body.kind for body in bodies if body.kind in ALIKE)
    reached = {body.step for body in bodies if isinstance(body, e.StepReached)}
    return kinds + Counter(f"step.reached {one.run}:{one.step}" for one in reached)


def _disordered(parts: tuple[str, ...], events: Iterable[Event]) -> Iterator[str]:
    """The card comes first, then steps in the order of the page, the summary last."""
    steps = [part for part in parts if part.startswith("step:")]
    over = any(one.body.kind == "incident.resolved" for one in events)
    if parts[:1] != ("card",) or (over and not parts[-1].startswith("summary")):
        yield f"Slack shows {parts}"
    if steps != sorted(steps, key=lambda part: [int(n) for n in part.split(":")[1:]]):
        yield f"Slack shows the steps as {steps}"


def _wrong_timeline(events: tuple[Event, ...]) -> Iterator[str]:
    numbers = [event.seq for event in events]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the timeline has gaps: {numbers}"
    kinds = Counter(event.body.kind for event in events)
    yield from (f"{kind} {kinds[kind]} times" for kind in ONCE if kinds[kind] > 1)
    yield from _wrong_ends([event.body for event in events])


def _wrong_ends(bodies: list[e.Body]) -> Iterator[str]:
    """Every intent must have ended."""
    intents = [b for b in bodies if isinstance(b, e.ActionIntended)]
    ended = [b for b in bodies if isinstance(b, e.ActionFinished)]
    told = [
        b for b in bodies if isinstance(b, e.ActionSettled) and b.happened is not None
    ]
    if _attempts((*ended, *told)) != _attempts(intents):
        yield f"{len(intents)} intents, ended: {_attempts((*ended, *told))}"


def _wrong_acts(played: Played) -> Iterator[str]:
    """As many acts must be told to be done as the world says."""
    bodies = [event.body for event in played.events]
    ended = sum(b.ok for b in bodies if isinstance(b, e.ActionFinished))
    told = sum(bool(b.happened) for b in bodies if isinstance(b, e.ActionSettled))
    if ended + told != played.acts.total():
        yield f"{played.acts.total()} acts, told of {ended + told}"


def _attempts(
    bodies: Iterable[e.ActionIntended | e.ActionFinished | e.ActionSettled],
) -> set[tuple[e.StepRef, int]]:
    return {(body.step, body.attempt) for body in bodies}


def _wrong_drawings(played: Played) -> Iterator[str]:
    for drawing in played.drawings:
        if drawing.state != "drawn" or not drawing.ts:
            yield f"{drawing.part} is {drawing.state}"
    ours = [part for part in played.parts if not part.startswith("foreign")]
    if sorted(drawing.part for drawing in played.drawings) != sorted(ours):
        yield f"drawn are {[drawing.part for drawing in played.drawings]}"
