"""Evidence of an incident: what checks see, and what readers tell of its files."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from bot.core.evidence import newest
from rehearsal.cohrtz.app_log import AppLog
from tests.diagnosis.given import NOW, bundled, text
from tests.diagnosis.looked import Situation

TELLS = {
    "cached-token-invalid": "token_invalid token_refreshed token_rejected",
    "token-invalid": "token_invalid token_refreshed token_rejected",
    "identity-null": "token_identity_missing",
    "token-refused": "connect_failed server_refused_token token_rejected",
    "fetch-refused": "connect_gave_up token_fetch_failed token_rejected",
    "gave-up-refused": "connect_gave_up server_refused_token token_rejected",
    "gave-up-network": "connect_gave_up",
    "gave-up-database": "connect_gave_up database_open_repeats sqlite_not_a_database",
    "no-network": "connectivity_failed",
    "ice": "ice_retry",
    "connect-timed-out": "connect_failed",
    "overlapping": "connect_overlapping",
    "reconnecting": "janitor_reconnects",
    "gsk-missing": "gsk_missing",
    "gsk-requested": "gsk_requested",
    "gsk-received": "gsk_received",
    "gsk-wait-expired": "gsk_wait_expired",
    "gsk-buffered": "gsk_buffered",
    "queue-grew": "",
    "root-secret-unknown": "treekem_secret_failed",
    "treekem-without-service": "treekem_without_service",
    "treekem-load-failed": "treekem_load_failed",
    "welcome-failed": "treekem_welcome_failed",
    "no-encryption-key": "no_encryption_key",
    "unicast-undecryptable": "unicast_decrypt_failed",
    "unicast-fault": "",
    "vault-wait-expired": "vault_wait_expired",
    "vault-was-initialised": "vault_previously_initialized",
    "vault-wrong-key": "vault_decrypt_failed",
    "vault-unavailable": "vault_unavailable",
    "recreated": "database_recreated sqlite_not_a_database",
    "malformed": "sqlite_malformed",
    "cannot-open": "sqlite_io",
    "packet-store-broken": "packet_store_failed sqlite_not_a_database",
    "secure-store-broken": "secure_store_failed",
    "clock-drift": "merge_failed merge_clock_drift",
    "duplicate-node": "merge_failed merge_duplicate_node",
    "no-such-table": "merge_failed merge_schema",
    "bad-hlc": "merge_failed merge_bad_hlc",
    "signature-failed": "signature_failed",
    "unsigned": "unsigned_dropped",
    "unknown-sender": "unknown_sender",
    "answer-failed": "sync_response_failed",
    "diag": "",
    "merged": "merge_markers",
    "uncaught": "unhandled_exceptions",
    "roles-late": "roles_timed_out",
}
"""The facts, under `log`, that a line of each name counts for."""
DEBUG_ONLY = {
    "janitor_reconnects",
    "gsk_missing",
    "gsk_requested",
    "gsk_received",
    "gsk_buffered",
}
"""What a release never prints: there its absence is not told."""
QUEUE = 12


@dataclass(frozen=True, eq=False)
class Case:
    """One incident: its evidence, the truth, and the sign that misleads."""

    name: str
    truth: str | None
    """The page, or None: not enough evidence, or none of the pages."""
    misleads: str
    """What a tired person would fall for."""
    live: Situation | None = None
    """How the deployment stands; None: files alone, as in a terminal."""
    log: AppLog | None = None
    files: dict = field(default_factory=dict)
    """How further files are made, by their names."""
    tells: dict = field(default_factory=dict)
    """What the files must tell, else they are not those of this incident."""
    asks: str | None = None
    """The kind of file that is to be asked for, where evidence is too little."""

    @cached_property
    def facts(self):
        """Return all facts: of the opening checks, and of files as they were read."""
        seen = [] if self.live is None else self.live.facts()
        return [*seen, *self.bundle.facts]

    @cached_property
    def bundle(self):
        """Return what the bot reads in the files."""
        logs = {} if self.log is None else {"app.log": text(self.log)}
        return bundled({**logs, **self.files})

    @property
    def known(self):
        """Return the value of each fact, by name."""
        return {name: fact.value for name, fact in newest(self.facts).items()}

    @property
    def at(self):
        """Return when the last of it was seen."""
        return max((fact.observed_at for fact in self.facts), default=NOW)


def counted(log):
    """Return the facts that a log's lines add up to."""
    sums = Counter()
    for line, times in log.counts().items():
        for fact in TELLS[line].split():
            sums[fact] += times
    names = {fact for line in TELLS.values() for fact in line.split()}
    shown = names if log.debug else names - DEBUG_ONLY
    facts = {name: sums[name] for name in sorted(shown)}
    if log.debug:
        facts["queue_max"] = QUEUE if log.counts()["queue-grew"] else 0
    return facts
