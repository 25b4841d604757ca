"""The checks that a runbook can call, by the names it calls them."""

from bot.checks import (
    clock_skew,
    convergence_window,
    copies_compared,
    database_recreated,
    files_captured,
    packet_flow,
    participant_connected,
    participant_history,
    peers_online,
    rbac_audit,
    room_occupied,
    server_accepts_token,
    token_binding,
    token_endpoint,
    treekem_state,
    uploaded_logs,
    vault_authority,
    vault_presence,
)
from bot.checks.shape import Checks

CHECKS: Checks = {
    "token-endpoint": token_endpoint,
    "token-binding": token_binding,
    "server-accepts-token": server_accepts_token,
    "room-occupied": room_occupied,
    "participant-connected": participant_connected,
    "participant-history": participant_history,
    "clock-skew": clock_skew,
    "uploaded-logs": uploaded_logs,
    "files-captured": files_captured,
    "database-recreated": database_recreated,
    "copies-compared": copies_compared,
    "vault-presence": vault_presence,
    "vault-authority": vault_authority,
    "peers-online": peers_online,
    "convergence-window": convergence_window,
    "treekem-state": treekem_state,
    "packet-flow": packet_flow,
    "rbac-audit": rbac_audit,
}
