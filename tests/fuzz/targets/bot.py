"""The whole bot: all it answers and says to Slack, whatever is asked of it."""

import tempfile
from contextlib import suppress
from pathlib import Path

from structlog.testing import capture_logs

from handlers.slack import SlackRejected
from tests.fuzz import asks, said, turns
from tests.fuzz.harness import Target
from tests.fuzz.scene import drawn, routes, staged
from tests.fuzz.soundness import must
from tests.handlers.desk_house import HERE, ROBIN, house

REQUESTS = 24
"""What is asked in a case, of one bot."""


def case(_, rng):
    with (
        tempfile.TemporaryDirectory(prefix="triage-fuzz-") as folder,
        capture_logs() as logs,
        turns.errors_logged() as errors,
    ):
        turns.run(_asked(Path(folder), rng))
    must(not errors, f"the log: {errors}")
    for line in logs:
        said.logged(line)
    return f"{REQUESTS} requests"


async def _asked(folder, rng):
    async with house(folder, web=routes) as at:
        scene = await staged(at, rng)
        for _ in range(REQUESTS):
            await rng.choice(asks.KINDS)(scene, rng)
        await _all_shown(at, scene)


async def _all_shown(at, scene):
    """Whatever has become of the incidents is drawn, and told to who asks."""
    await at.follow()
    for head in await at.incidents():
        with suppress(SlackRejected):  # it may have been opened where there is nothing
            await drawn(at, head.incident)
    for line in ("status", "list", "summary"):
        payload = {"command": "/triage", "text": line, "team_id": "T0TEAM"}
        whence = {"user_id": ROBIN, "channel_id": HERE, "trigger_id": f"1.2.{line}"}
        said.answer(await scene.send(payload | whence))
    for one in at.workspace.journal.calls():
        said.call(one)


TARGET = Target("bot", "24 requests of the whole bot", 21, lambda: None, case)
