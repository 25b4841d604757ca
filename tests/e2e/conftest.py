"""How the bots of whole rehearsals are started."""

from pathlib import Path

import pytest

from rehearsal.bot_process import BotProcess
from tests.e2e.forked import Forked, ForkServer, Run

BY_ITS_COMMAND_LINE = "test_canaries"
"""Here its bots are started as people start them: how Python dies is looked at."""


@pytest.fixture(scope="session")
def fork_server():
    server = ForkServer()
    yield server
    server.end()


@pytest.fixture(scope="module", autouse=True)
def forked_bots(request):
    """Fork the bots: to load their modules again for each would take most of a test."""
    if request.module.__name__.endswith(BY_ITS_COMMAND_LINE):
        yield
        return
    with pytest.MonkeyPatch.context() as patch:

        async def launched(bot: BotProcess) -> Forked:
            server, log = request.getfixturevalue("fork_server"), str(bot._log)
            run = Run(("serve",), bot.environment, str(Path.cwd()), log, log)
            return Forked(server, run)

        patch.setattr(BotProcess, "_launched", launched)
        yield
