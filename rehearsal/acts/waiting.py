"""Waiting for what a person would wait for, in Slack or in the room."""

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial

from livekit.protocol.models import ParticipantInfo

from rehearsal import script as s
from rehearsal.acts.again import until
from rehearsal.acts.steps import changes, is_over, run_again
from rehearsal.part import Part
from rehearsal.seat import GLANCE, Seat
from rehearsal.seen import plain, told

CARD, SAYS = "card says ", "says "
WINDOW = 60.0
"""Simulated seconds in which peers converge after somebody has joined."""


async def wait(part: Part, act: s.Await) -> None:
    """Let nothing happen until it is there to be seen."""
    if act.what == "participant active":
        await _until_active(part)
        return
    if act.what == "room quiet":
        await _until_quiet(part)
        return
    if act.what.startswith("thrown out"):
        await _until_thrown_out(part, int(act.what.split()[2]))
        return
    looks = act.what.startswith("step")
    await watch(part, lambda: _is_there(part, act.what), act.what, looks=looks)
    if act.what in {"ranking", "proposal"}:
        part.say_seen(part.ranking())
    elif act.what.startswith("step"):
        part.say_seen(part.sight.step(int(act.what.split()[1])))
    elif act.what == "compared":
        part.narrator.say("The bot", part.sight.comparison(part.dropped) or "")


async def watch(
    part: Part, there: Callable[[], bool], what: str, *, looks: bool = False
) -> None:
    """Wait for it, and go on with an act that was cut off before it happened.

    `looks`: it comes of a step, so one that could not be told is looked at again.
    """
    seat = part.anybody()
    while True:
        came = partial(_came, part, there)
        await until(part, came, what, looks=looks)
        if there():
            return
        await _go_on(part, seat)


def _came(part: Part, there: Callable[[], bool]) -> bool:
    return there() or _cut_off(part)


def _is_there(part: Part, what: str) -> bool:
    if what in _SEEN:
        return _SEEN[what](part)
    if what.startswith(CARD):
        return what.removeprefix(CARD) in plain(told(part.sight.card() or {}))
    _, number, state = what.split(maxsplit=2)
    if state.startswith(SAYS):
        message = part.sight.step(int(number)) or {}
        return state.removeprefix(SAYS) in plain(told(message))
    return _step_is(part, int(number), state)


_SEEN: Mapping[str, Callable[[Part], bool]] = {
    "resolved": lambda part: part.resolved(),
    "checks": lambda part: any("Checks" in told(m) for m in part.sight.thread()),
    "ranking": lambda part: part.ranking() is not None,
    "proposal": lambda part: part.proposes(),
    "compared": lambda part: part.sight.comparison(part.dropped) is not None,
}


def _step_is(part: Part, number: int, state: str) -> bool:
    if state != "ready":
        return is_over(part, number)
    shown = {one.label for one in part.sight.step_buttons(number)}
    return bool(shown - {"Skip"}) and "Start" not in " ".join(shown)


async def _until_active(part: Part) -> None:
    def active() -> bool:
        session = part.session()
        if session is None or session.sid == part.left:
            return False
        return session.state == ParticipantInfo.ACTIVE

    await watch(part, active, f"{part.who()} to be active", looks=True)
    part.narrator.say("The room", f"{part.who()} is active with a new session.")


async def _until_quiet(part: Part) -> None:
    """Wait until nobody has joined for as long as peers need to converge."""
    deployment = part.house.deployment
    # Time itself is waited for; nobody tells of it.
    while (rest := _unrest(part)) > 0:  # noqa: ASYNC110
        await asyncio.sleep(rest)
    window = f"{deployment.pace.seconds(WINDOW):g} s"
    part.narrator.say("The room", f"nobody has joined it for {window}.")


def _unrest(part: Part) -> float:
    """Return the real seconds that the room has yet to be quiet."""
    deployment = part.house.deployment
    sessions = deployment.rooms.sessions(part.scene.room)
    last = max((one.joined_at_ms for one in sessions), default=0) / 1000
    # The bot sees whole seconds.
    return last + 1 + deployment.pace.seconds(WINDOW) - time.time()


async def _until_thrown_out(part: Part, times: int) -> None:
    """Wait until people have noticed it: this is before anybody opens Slack."""
    left = {"place": "webhook", "path": "participant_left"}
    who = {"room": part.scene.room, "identity": part.scene.identity}
    journal = part.house.deployment.journal
    await watch(
        part,
        lambda: len(journal.find(**left, **who)) >= times,
        f"{part.who()} to be thrown out",
    )
    part.narrator.say("The room", f"{part.who()} was thrown out {times} times.")


def _cut_off(part: Part) -> bool:
    """Say whether the step that was run asks to be run, or for the truth, again.

    Its message still shows the old button until it is drawn anew. A press that was
    refused, as when Slack does not say who may, changes nothing: then a while passes.
    """
    if part.ran is None:
        return False
    _, number, text = part.ran
    message = part.sight.step(number)
    waited = time.monotonic() - part.ran_at > GLANCE
    if message is None or (told(message) == text and not waited):
        return False
    labels = ("Run", "It happened")
    return any(part.sight.step_button(number, label) for label in labels)


async def _go_on(part: Part, seat: Seat) -> None:
    if part.ran is None:
        return
    who, number, _ = part.ran
    if not part.sight.step_button(number, "It happened"):
        await run_again(part, who, number)
        return
    happened = changes(part) > part.changed
    label = "It happened" if happened else "It did not happen"
    part.say(who, f"looks into the room and presses {label}")
    await seat.press(lambda: part.sight.step_button(number, label), label)
    part.ran = (who, number, told(part.sight.step(number) or {}))
    part.ran_at = time.monotonic()
