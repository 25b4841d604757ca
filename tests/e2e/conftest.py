"""How the bots of whole rehearsals are started."""

import pytest

from rehearsal.bot_process import BotProcess
from tests.e2e.forked import Forked, ForkServer

BY_ITS_COMMAND_LINE = ("test_process", "test_canaries")
"""What looks at how a process begins and ends is started as people start it."""


@pytest.fixture(scope="session")
def fork_server():
    server = ForkServer()
    yield server
    server.end()


@pytest.fixture(scope="module", autouse=True)
def forked_bots(request):
    """Fork the bots: to load their modules again for each would take most of a test."""
    if request.module.__name__.rpartition(".")[2] in BY_ITS_COMMAND_LINE:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:

        async def launched(bot: BotProcess) -> Forked:
            server = request.getfixturevalue("fork_server")
            return Forked(server, bot.environment, str(bot._log))

        patch.setattr(BotProcess, "_launched", launched)
        yield
