"""What a dry run says beyond what is so: after a press of Run, and of the summary.

Each message is drawn by what draws it in life, from a timeline that nobody keeps. Of a
message that would only change, the lines are shown that it did not have before.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from bot.core.incident.approval_events import GlassBroken
from bot.core.incident.events import Event, Resolved, StepRef
from bot.core.incident.supposing import Case, Supposed
from bot.core.locks import Capped
from handlers.render.blocks import fit
from handlers.render.dry_run import BETWEEN, lines_of
from handlers.render.glass import glass
from handlers.render.step import step
from handlers.render.summary import resolution
from handlers.render.words import Catalogue, Drawn

TITLES: Final[Mapping[Case, str]] = {
    Case.PRESSED: "If Run is pressed, the bot looks once more, and this message says",
    Case.AWAITING: "If the last look finds the same, this message asks for approvals",
    Case.BROKEN: "If somebody breaks the glass, the whole channel reads",
    Case.RUNNING: "When nothing is in its way any more, this message says",
    Case.DONE: "If it is done",
    Case.EFFECT: "If its effect is seen",
    Case.NO_EFFECT: "If its effect is not seen",
    Case.NOTHING: "If it is certain that nothing was done",
    Case.DOUBT: "If no answer comes",
    Case.UNSURE: "If no look can tell whether it happened",
}
UNPLANNED: Final = (
    "Run cannot be pressed now, so what would be touched, asked and answered after it "
    "cannot be known."
)
NO_GLASS: Final = "The glass cannot be broken here: the policy lets nobody."
STAND_INS: Final = (
    "Who approves and who breaks the glass, what the server answers, and each time "
    "from here on stand in for what nobody knows yet."
)
SUMMARY: Final = (
    "If people did each step that waits for them, each act that can be run now were "
    "done and its effect seen, and the incident were resolved now, its summary would "
    "say"
)


def remarks(caps: Capped | None, cases: Sequence[Supposed]) -> Iterator[str]:
    """Yield what bounds the act, and what cannot be known of it, as mrkdwn."""
    if caps is not None:
        yield capped(caps)
    yield from _remarks(cases)


def capped(caps: Capped) -> str:
    """Say what bounds the act, and how much of it is taken, as mrkdwn."""
    touched = "it is not known how many" if caps.touches is None else caps.touches
    begun = "this is not known here" if caps.begun is None else caps.begun
    return (
        f"By its caps one act may disturb {caps.participants} participants (this one: "
        f"{touched}), and {caps.acts} acts of its reach may begin in a room within an "
        f"hour (so far: {begun})."
    )


def follows(
    ref: StepRef, shown: Sequence[str], cases: Sequence[Supposed], catalogue: Catalogue
) -> Iterator[tuple[Case, str, tuple[str, ...]]]:
    """Yield each case after a press, with its title and the lines that are new then.

    `shown` are the lines of the step's message as it is before the press. Of the small
    print each part is shown once, since in life it gathers below the message.
    """
    seen = {part for line in shown for part in line.split(BETWEEN)}
    for one in cases:
        lines = lines_of(fit(_drawn(one, ref, catalogue).blocks))
        new = tuple(filter(None, (_new(line, seen) for line in lines)))
        seen.update(part for line in new for part in _small_print(line))
        yield one.case, TITLES[one.case], new


def _new(line: str, seen: set[str]) -> str:
    return BETWEEN.join(part for part in line.split(BETWEEN) if part not in seen)


def _small_print(line: str) -> Sequence[str]:
    parts = line.split(BETWEEN)
    return parts if len(parts) > 1 else ()


def summary(incident: str, ending: Sequence[Event]) -> tuple[str, ...]:
    """Return the lines of the summary of a timeline that ends with its resolution."""
    number = sum(isinstance(event.body, Resolved) for event in ending)
    return tuple(lines_of(fit(resolution(incident, ending, number).blocks)))


def _remarks(cases: Sequence[Supposed]) -> Iterator[str]:
    told = {one.case for one in cases}
    yield STAND_INS if cases else UNPLANNED
    if Case.AWAITING in told and Case.BROKEN not in told:
        yield NO_GLASS


def _drawn(one: Supposed, ref: StepRef, catalogue: Catalogue) -> Drawn:
    last = one.events[-1]
    if isinstance(last.body, GlassBroken):
        return glass(one.state, last, last.body, catalogue)
    now = one.state.runs[ref.run - 1].steps[ref.step - 1]
    return step(one.state, now, one.events, catalogue)
