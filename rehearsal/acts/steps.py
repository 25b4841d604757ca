"""Pressing what stands below a step."""

from rehearsal import script as s
from rehearsal.part import Part
from rehearsal.seen import plain, told

LABELS = {
    "confirm": "Confirm",
    "run": "Run",
    "skip": "Skip",
    "check-again": "Run the check again",
    "fail": "It failed",
}
NEED_WORDS = ("skip", "fail")


async def do_step(part: Part, act: s.DoStep) -> None:
    """Press the button, and give the reason where one is asked for."""
    if act.do == "run":
        await run_step(part, act.by, act.step)
        return
    seat, label = part.seat(act.by), LABELS[act.do]
    what = f"{label} on step {act.step}"
    why = f": {act.words}" if act.words else ""
    part.say(act.by, f"presses {what}{why}")
    await seat.press(lambda: part.sight.step_button(act.step, label), what)
    if act.do in NEED_WORDS:
        await seat.submit("words", act.words)


async def run_step(part: Part, who: str, number: int) -> None:
    """Press Run, and be sure when asked."""
    seat, what = part.seat(who), f"Run on step {number}"
    await seat.until(lambda: part.sight.step_button(number, "Run"), what)
    before = told(part.sight.step(number) or {})
    part.say(who, f"presses {what}")
    asked = await seat.press(lambda: part.sight.step_button(number, "Run"), what)
    part.ran = (who, number, before)
    if asked:
        sure = f"{asked['title']['text']} {asked['text']['text']}"
        part.narrator.say("The bot", f"asks first: {plain(sure)}")
        part.say(who, "is sure")
