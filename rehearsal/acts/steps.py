"""Pressing what stands below a step."""

import asyncio
import contextlib
import time

from rehearsal import script as s
from rehearsal.acts.again import until
from rehearsal.cohrtz.recorder import ANSWER_LOST
from rehearsal.part import Part
from rehearsal.seat import GLANCE, Seat
from rehearsal.seen import plain, told

LABELS = {
    "confirm": "Confirm",
    "run": "Run",
    "approve": "Approve",
    "skip": "Skip",
    "override": "Override the stop",
    "check-again": "Run the check again",
    "fail": "It failed",
    "decline": "Decline",
    "break-glass": "Break the glass",
}
CHANGES = ("RemoveParticipant", "SendData")
"""The methods of the server that change the world."""
LET_RUN = ("approve", "break-glass")
INSISTS = 3 * GLANCE
"""Seconds for which a person presses again what a whisper says is not taken now."""
NEED_WORDS = ("skip", "override", "fail", "decline", "break-glass")


async def do_step(part: Part, act: s.DoStep) -> None:
    """Press the button, and give the reason where one is asked for."""
    if act.do == "run":
        part.let_run = ()
        await run_step(part, act.by, act.step)
        return
    if act.do in LET_RUN:
        part.let_run = (*part.let_run, act)
    await press_step(part, act)


async def press_step(part: Part, act: s.DoStep) -> None:
    """Press another button than Run; again for a while when the bot says: not now."""
    seat, what = part.seat(act.by), f"{LABELS[act.do]} on step {act.step}"
    why = f": {act.words}" if act.words else ""
    part.say(act.by, f"presses {what}{why}")
    end = time.monotonic() + INSISTS
    # Nobody tells when the bot will take it: that is what trying is for.
    while await _is_refused(part, act, seat, what) and time.monotonic() < end:  # noqa: ASYNC110
        await asyncio.sleep(GLANCE / 10)


async def _is_refused(part: Part, act: s.DoStep, seat: Seat, what: str) -> bool:
    """Press; say whether a whisper came and the step and its button are as before."""
    before, heard = told(part.sight.step(act.step) or {}), seat.whispers()

    def moved() -> bool:
        return told(part.sight.step(act.step) or {}) != before

    await _press(part, act, seat, what)
    with contextlib.suppress(TimeoutError):  # the step need not say something else
        await part.house.workspace.wait_for(
            lambda: moved() or seat.whispers() > heard, GLANCE
        )
    there = part.sight.step_button(act.step, LABELS[act.do])
    return seat.whispers() > heard and not moved() and there is not None


async def _press(part: Part, act: s.DoStep, seat: Seat, what: str) -> None:
    press = seat.press_for_form if act.do in NEED_WORDS else seat.press
    await press(lambda: part.sight.step_button(act.step, LABELS[act.do]), what)
    if act.do in NEED_WORDS:
        await seat.submit("words", act.words)


def changes(part: Part) -> int:
    """Count how often the room's world was really changed, as people there notice."""
    entries = part.house.deployment.journal.find(place="livekit")
    done = [one for one in entries if one.outcome in ("200", ANSWER_LOST)]
    return sum(one.path.rpartition("/")[2] in CHANGES for one in done)


async def run_step(part: Part, who: str, number: int) -> None:
    """Press Run, and be sure when asked."""
    seat, what = part.seat(who), f"Run on step {number}"
    await until(part, lambda: part.sight.step_button(number, "Run"), what)
    session = part.session()
    part.left = part.left or (session.sid if session else None)
    before = told(part.sight.step(number) or {})
    part.say(who, f"presses {what}")
    asked = await seat.press(lambda: part.sight.step_button(number, "Run"), what)
    part.ran, part.ran_at = (who, number, before), time.monotonic()
    part.changed = changes(part)
    if asked:
        sure = f"{asked['title']['text']} {asked['text']['text']}"
        part.narrator.say("The bot", f"asks first: {plain(sure)}")
        part.say(who, "is sure")
