"""Answering what a step asks, and attesting it."""

from rehearsal import script as s
from rehearsal.part import Part
from rehearsal.seen import Button, told

LABELS = ("Answer", "Attest")


async def answer(part: Part, act: s.Answer) -> None:
    """Press the step's button, fill in its form, and wait until the answer shows."""
    seat, what = part.seat(act.by), f"Answer on step {act.step}"
    said = ", ".join(f"{name} {value}" for name, value in act.values.items())
    part.say(act.by, f"answers step {act.step}: {said}")
    before = told(part.sight.step(act.step) or {})
    await seat.press_for_form(lambda: _button(part, act.step), what)
    await seat.fill_in(act.values)
    await seat.until(
        lambda: told(part.sight.step(act.step) or {}) != before, f"{what} to show"
    )


def _button(part: Part, step: int) -> Button | None:
    found = (part.sight.step_button(step, label) for label in LABELS)
    return next((one for one in found if one), None)
