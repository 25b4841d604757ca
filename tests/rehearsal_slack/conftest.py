"""A workspace on each transport in turn, and one that the plugin serves."""

import pytest

from rehearsal.slack import WorkspaceSettings
from rehearsal.slack.fixture import slack_server, slack_settings, slack_workspace

__all__ = ["both", "slack_server", "slack_settings", "slack_workspace"]


@pytest.fixture(params=["http", "socket"])
def both(request) -> WorkspaceSettings:
    return WorkspaceSettings(transport=request.param, clock_factor=0.0)
