"""What several of the labelled incidents are made of."""

from rehearsal.artefacts.kinds import DatabaseFile, DiagnosticsFile, Tasks
from rehearsal.cohrtz.app_log import AppLog
from rehearsal.cohrtz.reporting import Reported
from rehearsal.cohrtz.speaker import Speaker, keys_of
from tests.diagnosis.given import PEOPLE

TOKEN = "token-invalid-or-expired"
GSK = "missing-group-key"
VAULT = "vault-key-unavailable"
DATABASE = "database-corruption-on-native"
SYNC = "sync-divergence"
LOG, COPY = "log", "crdt-database"


def log(*names, times=1, **extra):
    """A release log of normal noise and these lines, each so many times."""
    said = AppLog(**extra).add("merged", "diag", "unicast-fault", "unknown-sender")
    return said.add(*names, times=times)


def debug(*names, times=1):
    return log(*names, times=times, debug=True)


def tasks(by, *numbers):
    return Tasks(by=by, numbers=numbers)


def copy(of, **how):
    """A copy of somebody's database, made while the app was closed."""
    return DatabaseFile(kind="database", of=of, **how)


def keyed(who):
    """Somebody who speaks with their own keys, whoever the server says it is."""
    return Speaker(PEOPLE[who], keys_of(who))


LAST = tasks("carol", 4, 5)
"""Carol's newest: whoever lacks them gets them by the next sync."""
COPIES_LAG = {"copy-of-alice.db": copy("alice", lacks=[LAST]), "bob.db": copy("bob")}
"""Two copies that differ, and that a sync would make equal."""
PEERS_LAG = {"carol.db": copy("carol"), "bob.db": copy("bob", lacks=[LAST])}
ASKED_IN_VAIN = DiagnosticsFile(
    kind="diagnostics",
    events=tuple(
        Reported(by="alice", ago=ago, way="outbound", packet="SYNC_REQ")
        for ago in (600, 400, 200)
    ),
)
"""Requests that nobody answered."""
