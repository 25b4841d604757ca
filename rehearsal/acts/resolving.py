"""Resolving the incident."""

from rehearsal import script as s
from rehearsal.part import Part
from rehearsal.seat import Seat
from rehearsal.seen import Button

ANYWAY = "Resolve anyway"


async def resolve(part: Part, act: s.Resolve) -> None:
    """Type `/triage resolve`, and wait for the summary."""
    seat = part.seat(act.by)
    part.say(act.by, f"types /triage resolve {act.words}")
    await seat.type(f"resolve {act.words}", part.resolved)
    if act.anyway:
        await _anyway(part, seat, act.by)
    await seat.until(part.resolved, "the incident to be resolved")
    await seat.until(part.sight.summary, "the summary")
    told = "The incident is resolved; its summary is posted."
    part.narrator.say("The bot", told)


async def _anyway(part: Part, seat: Seat, who: str) -> None:
    """Press it if checks hold the incident: one knows why they are not ok."""

    def held() -> Button | None:
        return part.sight.button(ANYWAY)

    await seat.until(lambda: part.resolved() or held(), f"{ANYWAY} to be there")
    if not part.resolved():
        part.say(who, f"presses {ANYWAY}: it is known why a check is not ok")
        await seat.press(held, ANYWAY)
