"""What happens outside of Slack: the world is mended, devices report."""

from rehearsal import script as s
from rehearsal.cohrtz.reporting import ReportRefused
from rehearsal.cohrtz.staging import mend
from rehearsal.part import Part
from rehearsal.seat import NotPlayed


async def mend_world(part: Part, act: s.Mend) -> None:
    """Let somebody mend what is broken."""
    part.narrator.say("Outside", act.say)
    await mend(part.house.deployment, part.scene.remedy(act.name))


async def report(part: Part, act: s.Report) -> None:
    """Let devices report what they synchronised."""
    part.narrator.say("The devices", act.say)
    try:
        await part.house.reporter.post(part.scene.diagnostics[act.name])
    except ReportRefused as refused:
        raise NotPlayed(f"The bot did not take a report: {refused}") from refused
