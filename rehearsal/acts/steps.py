"""Pressing what stands below a step."""

import asyncio
import contextlib
import time
from functools import partial
from itertools import takewhile

from rehearsal import script as s
from rehearsal.acts.again import until
from rehearsal.cohrtz.recorder import ANSWER_LOST
from rehearsal.part import Part
from rehearsal.seat import GLANCE, NO_FORM, NotPlayed, Seat
from rehearsal.seen import Button, plain, told

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
TRY_AGAIN = "try again"
"""What the bot says when the same press may be taken later, and it writes that below
the step, too."""
A_WORD = 1.0
"""Seconds that a whisper may come later than what the step itself says."""
OF_OTHERS = ("approve", "decline", "break-glass")
"""What is there only as long as somebody asks for it."""
UNDER_WAY = (":hourglass", "In doubt")
"""What a step's first line has while the bot has yet to do or to look something up."""
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
    began = time.monotonic()
    # Nobody tells when the bot will take it: that is what trying is for.
    while refused := await _why_not(part, act, seat, what):
        waited = time.monotonic() - began
        if refused == NO_FORM and waited > seat.patience:
            raise NotPlayed(f"{what} failed: {refused}.")
        if refused != NO_FORM and waited > INSISTS:
            return
        await asyncio.sleep(GLANCE / 10)


async def _why_not(part: Part, act: s.DoStep, seat: Seat, what: str) -> str | None:
    """Press; say whether a whisper asks for another try, or nothing else happened."""
    await _until_asked(part, act, seat, what)
    if _needless(part, act):
        return None
    before, heard = told(part.sight.step(act.step) or {}), len(seat.told())

    def moved() -> bool:
        return told(part.sight.step(act.step) or {}) != before

    def answered() -> bool:
        return _button(part, act) is None or len(seat.told()) > heard

    await seat.press(partial(_button, part, act), what)
    if act.do in NEED_WORDS:
        if not await seat.form_opens():
            return NO_FORM
        await seat.submit("words", act.words)
    for enough, seconds in (
        (lambda: moved() or answered(), GLANCE),
        (answered, A_WORD),
    ):
        with contextlib.suppress(TimeoutError):  # the step need not say something else
            await part.house.workspace.wait_for(enough, seconds)
    new = seat.told()[heard:] if _button(part, act) else ()
    asked = any(TRY_AGAIN in one for one in new) or (bool(new) and not moved())
    return "it was not taken" if asked else None


async def _until_asked(part: Part, act: s.DoStep, seat: Seat, what: str) -> None:
    """Wait for the button; what others are asked for is asked anew once it is void."""

    def void() -> bool:
        again = part.sight.step_button(act.step, "Run") is not None
        return act.do in OF_OTHERS and again and _button(part, act) is None

    def there() -> bool:
        return bool(_button(part, act)) or void() or _needless(part, act)

    await seat.until(there, f"{what} to be there")
    if part.ran is None or not void():
        return
    await run_again(part, part.ran[0], act.step, before=act)


async def run_again(
    part: Part, who: str, number: int, *, before: s.DoStep | None = None
) -> None:
    """Run it once more; who let it run is asked again, or those `before` this act."""
    await run_step(part, who, number)
    for act in takewhile(lambda one: one is not before, part.let_run):
        await press_step(part, act)


def _needless(part: Part, act: s.DoStep) -> bool:
    """Say whether the bot has looked again by itself, as when facts grow old."""
    return act.do == "check-again" and is_over(part, act.step)


def is_over(part: Part, number: int) -> bool:
    """Say whether nothing is left to do in the step, and what comes next is there."""
    message = part.sight.step(number)
    if message is None or part.sight.step_buttons(number):
        return False
    is_last = f"of {number}:" in str(message["text"])
    busy = any(sign in str(message["text"]) for sign in UNDER_WAY)
    return not busy and (is_last or part.sight.step(number + 1) is not None)


def _button(part: Part, act: s.DoStep) -> Button | None:
    return part.sight.step_button(act.step, LABELS[act.do])


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
