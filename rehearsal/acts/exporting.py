"""Asking for an incident's bundle, which comes as a file in a direct message."""

import contextlib

from rehearsal import script as s
from rehearsal.part import Part
from rehearsal.seat import GLANCE
from rehearsal.slack import Workspace


async def export(part: Part, act: s.Export) -> None:
    """Type it; once more whenever nothing has come for a while."""
    seat, workspace = part.seat(act.by), part.house.workspace
    had = len(sent_to(workspace, seat.user))
    part.say(act.by, "types /triage export")

    def came() -> bool:
        return len(sent_to(workspace, seat.user)) > had

    async def attempt() -> str | None:
        await seat.type("export", came)
        with contextlib.suppress(TimeoutError):
            await workspace.wait_for(came, min(GLANCE, seat.patience))
        return None if came() else "no file came"

    await seat.insist(attempt, "/triage export")
    part.narrator.say("The bot", "sends the incident's bundle")


def sent_to(workspace: Workspace, user: str) -> list[bytes]:
    """Return the contents of the files that the bot has sent to this person alone."""
    state = workspace.state
    messages = workspace.messages(state.directory.direct(user).id)
    files = [one["id"] for told in messages for one in told.get("files", ())]
    return [state.files.get(one).content for one in files]
