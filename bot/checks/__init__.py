"""The checks that a runbook can call, by the names it calls them."""

from bot.checks import (
    clock_skew,
    participant_connected,
    participant_history,
    room_occupied,
    room_packets,
    server_accepts_token,
    token_binding,
    token_endpoint,
)
from bot.checks.shape import Checks

CHECKS: Checks = {
    "token-endpoint": token_endpoint,
    "token-binding": token_binding,
    "server-accepts-token": server_accepts_token,
    "room-occupied": room_occupied,
    "room-packets": room_packets,
    "participant-connected": participant_connected,
    "participant-history": participant_history,
    "clock-skew": clock_skew,
}
