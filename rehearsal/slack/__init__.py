"""A simulated Slack workspace with manners, for any Bolt project.

workspace = Workspace(WorkspaceSettings(transport="socket"))
async with serve(workspace) as server:
    client = AsyncWebClient(token=..., base_url=server.api_url)
"""

from rehearsal.slack.acts.outcome import Delivery
from rehearsal.slack.errors import SimulationError, UserMistake
from rehearsal.slack.faults import (
    Delay,
    DropAfter,
    DropBefore,
    Duplicate,
    Fault,
    Hang,
    RateLimited,
    Reorder,
    SocketLoss,
    Status,
)
from rehearsal.slack.server import Server, serve
from rehearsal.slack.settings import (
    App,
    Channel,
    Limits,
    Person,
    UserGroup,
    WorkspaceSettings,
)
from rehearsal.slack.workspace import Workspace

__all__ = [
    "App",
    "Channel",
    "Delay",
    "Delivery",
    "DropAfter",
    "DropBefore",
    "Duplicate",
    "Fault",
    "Hang",
    "Limits",
    "Person",
    "RateLimited",
    "Reorder",
    "Server",
    "SimulationError",
    "SocketLoss",
    "Status",
    "UserGroup",
    "UserMistake",
    "Workspace",
    "WorkspaceSettings",
    "serve",
]
