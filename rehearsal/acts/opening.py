"""Opening an incident, and starting the runbook that is proposed."""

from rehearsal import script as s
from rehearsal.part import Part
from rehearsal.seen import Button, told


async def open_incident(part: Part, act: s.OpenIncident) -> None:
    """Type `/triage` with all that it needs, or fill in the form."""
    seat, scene = part.seat(act.by), part.scene
    if act.form:
        await _by_form(part, act)
        return
    text = f'"{scene.room}" {scene.identity}'
    part.say(act.by, f"types /triage {text}")
    await seat.type(text, part.sight.card)


async def listen(part: Part, act: s.Listen) -> None:
    """Press what the ranking offers, and wait until the pages are ranked again."""
    seat, label = part.seat(act.by), "Listen to the room"
    part.say(act.by, f"presses {label}")
    before = told(part.ranking() or {})

    def anew() -> bool:
        ranked = part.ranking()
        return ranked is not None and told(ranked) != before

    await seat.press(lambda: part.sight.button(label), label)
    await seat.until(anew, "what was heard")
    part.say_seen(part.ranking())


async def start_runbook(part: Part, act: s.StartRunbook) -> None:
    """Start the page that the evidence speaks for."""
    seat = part.seat(act.by)
    part.say(act.by, "starts the proposed runbook")
    await seat.until(lambda: part.sight.button("Start"), "Start to be there")
    proposed = part.sight.button("Start")

    def same() -> Button | None:
        """Find it again; once it was taken, others offer to start other pages."""
        there = part.sight.button("Start")
        return there if there and proposed and there.value == proposed.value else None

    await seat.press(same, "Start")


async def _by_form(part: Part, act: s.OpenIncident) -> None:
    by = act.by
    seat, scene, workspace = part.seat(by), part.scene, part.house.workspace
    part.say(by, "types /triage")
    await seat.type("", lambda: workspace.views(seat.user), wordless=True)
    await seat.until(lambda: workspace.views(seat.user), "the form to open")
    await seat.choose("room", scene.room)
    await seat.choose("participant", scene.identity)
    part.say(by, f"fills in the form: room {scene.room}, {part.who()}")
    words = act.words or f"{part.who()} cannot get back in."
    await seat.submit("words", words)
