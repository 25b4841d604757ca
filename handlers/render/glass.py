"""What the whole channel reads when somebody breaks the glass."""

from bot.core.incident.approval_events import GlassBroken
from bot.core.incident.events import Event
from bot.core.incident.state import Incident
from handlers.render import blocks as b
from handlers.render.words import Catalogue, Drawn, name, plural, prose, who


def glass(
    state: Incident, event: Event, body: GlassBroken, catalogue: Catalogue
) -> Drawn:
    """Draw it loudly, and mention nobody: who is on duty reads the channel."""
    step = state.step(body.step)
    call = step.step.call if step else None
    what = name(catalogue.title(call.name if call else "an action"))
    told = f"{who(event.by)} broke the glass {b.date(event.at)}"
    where = f"step {body.step.step} of runbook {body.step.run}"
    lacking = plural(body.lacking, "approval")
    shown = [
        b.header("The glass is broken"),
        b.section(f":rotating_light: *{told}*: {what} runs without {lacking}."),
        b.section(f"*Why:* {prose(body.words)}"),
        b.context(f"{name(state.report.title)}, {name(state.id)}, {where}."),
    ]
    return Drawn(f"The glass is broken: {told}: {what} without {lacking}.", shown)
