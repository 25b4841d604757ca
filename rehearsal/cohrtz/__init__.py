"""A simulated Cohrtz deployment: token endpoint, LiveKit server, webhooks and people.

It plays the outside world for rehearsals and tests, over the true wire protocols, and
knows nothing of the bot.
"""

from rehearsal.cohrtz.deployment import Deployment
from rehearsal.cohrtz.faults import Fault, FaultKind, Faults
from rehearsal.cohrtz.peer import Peer
from rehearsal.cohrtz.peer_faults import PeerFault
from rehearsal.cohrtz.reporting import Reported, Reporter, ReportRefused
from rehearsal.cohrtz.server import Server, serve
from rehearsal.cohrtz.settings import (
    DeploymentSettings,
    HeldToken,
    PeerSettings,
    Remedy,
    Start,
)
from rehearsal.cohrtz.staging import mend, stage

__all__ = [
    "Deployment",
    "DeploymentSettings",
    "Fault",
    "FaultKind",
    "Faults",
    "HeldToken",
    "Peer",
    "PeerFault",
    "PeerSettings",
    "Remedy",
    "ReportRefused",
    "Reported",
    "Reporter",
    "Server",
    "Start",
    "mend",
    "serve",
    "stage",
]
