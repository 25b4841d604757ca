"""A pytest plugin: `pytest_plugins = ["rehearsal.slack.fixture"]`.

Override `slack_settings` for another workspace. `slack_workspace` is served while the
test runs; its `server` says where.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from rehearsal.slack.server import Server, serve
from rehearsal.slack.settings import WorkspaceSettings
from rehearsal.slack.workspace import Workspace


@dataclass(frozen=True)
class Served:
    """A workspace and where it is served."""

    workspace: Workspace
    server: Server


@pytest.fixture
def slack_settings() -> WorkspaceSettings:
    """Give the settings of the workspace; override it as needed."""
    return WorkspaceSettings(clock_factor=0.0)


@pytest_asyncio.fixture
async def slack_server(slack_settings: WorkspaceSettings) -> AsyncIterator[Served]:
    """Serve a workspace on a free port while the test runs."""
    workspace = Workspace(slack_settings)
    async with serve(workspace) as server:
        yield Served(workspace, server)


@pytest.fixture
def slack_workspace(slack_server: Served) -> Workspace:
    """Give the served workspace; `slack_server.server` says where it is."""
    return slack_server.workspace
