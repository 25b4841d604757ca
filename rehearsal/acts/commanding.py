"""Typing any command, turning to another incident, pressing what stands there."""

from rehearsal import script as s
from rehearsal.part import Part
from rehearsal.seen import Json


async def type_line(part: Part, act: s.TypeLine) -> None:
    """Type it until it is taken, and look at the incident that it brings."""
    seat = part.seat(act.by)
    part.say(act.by, f"types /triage {act.words}")
    if act.about is None:
        await seat.type(act.words, lambda: False)
        return
    part.about = act.about
    await seat.type(act.words, part.sight.card)
    await seat.until(part.sight.card, f"the card of {act.about}")


async def look(part: Part, act: s.Look) -> None:
    """Turn to an incident that is there already."""
    part.about = act.about
    await part.anybody().until(part.sight.card, f"the card of {act.about}")


async def press_button(part: Part, act: s.PressButton) -> None:
    """Press it, until the card says something else."""
    seat, before = part.seat(act.by), _text(part.sight.card())
    part.say(act.by, f"presses {act.label}")
    await seat.press(lambda: part.sight.button(act.label), act.label)
    await seat.until(lambda: _text(part.sight.card()) != before, f"{act.label} to show")


def _text(card: Json | None) -> str:
    return str((card or {}).get("text", ""))
