"""The checks that a runbook can call, by the names it calls them."""

from collections.abc import Mapping

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
    room_packets,
    server_accepts_token,
    sync_diagnostics,
    token_binding,
    token_endpoint,
    treekem_state,
    uploaded_logs,
    vault_authority,
    vault_presence,
)
from bot.checks.shape import Checks
from bot.core.requests import OnRequest

CHECKS: Checks = {
    "token-endpoint": token_endpoint,
    "token-binding": token_binding,
    "server-accepts-token": server_accepts_token,
    "room-occupied": room_occupied,
    "room-packets": room_packets,
    "participant-connected": participant_connected,
    "participant-history": participant_history,
    "clock-skew": clock_skew,
    "sync-diagnostics": sync_diagnostics,
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

ON_REQUEST: Mapping[str, OnRequest] = {
    "room-packets": OnRequest(
        button="Listen to the room (8 s)",
        words="The bot joins hidden, listens for 8 s, sends nothing, and ranks again.",
    ),
}
"""The checks that the ranking offers to a person, when it lacks what they tell."""
