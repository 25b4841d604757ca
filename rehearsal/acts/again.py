"""Waiting as a person does who looks again at what could not be told at first."""

import asyncio
import contextlib
from collections.abc import Callable

from rehearsal.part import Part
from rehearsal.seat import GLANCE, NotPlayed, Seat
from rehearsal.seen import Button

AGAIN = ("Look again", "Run the check again")
"""What a step offers that a check could not judge, or whose plan could not be made."""


async def until(
    part: Part, there: Callable[[], object], what: str, *, looks: bool = True
) -> None:
    """Wait until it is there; raise NotPlayed when patience is at its end.

    When nothing comes for a while it is asked for anew, and with `looks` a look that a
    step offers is taken again.
    """
    seat = part.anybody()
    try:
        async with asyncio.timeout(seat.patience):
            while not await _came(seat, there):
                # What comes with time alone is told by nobody; who looks again just
                # before they press Run is told each time that the step is prepared.
                if looks and not there():
                    await _look_again(part, seat)
    except TimeoutError:
        told = f"Waited {seat.patience:g} s in vain for {what}."
        raise NotPlayed(told) from None


async def _came(seat: Seat, there: Callable[[], object]) -> bool:
    with contextlib.suppress(TimeoutError):
        await seat.workspace.wait_for(there, min(GLANCE, seat.patience))
        return True
    return False


async def _look_again(part: Part, seat: Seat) -> None:
    def offered() -> Button | None:
        buttons = reversed(part.sight.buttons())
        return next((one for one in buttons if one.label in AGAIN), None)

    button = offered()
    if button is not None:
        await seat.press(offered, button.label)
