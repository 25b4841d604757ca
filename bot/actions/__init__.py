"""The actions that a runbook can call, by the names it calls them."""

from bot.actions import announce_handshakes, reconnect_participant
from bot.actions.shape import Actions

ACTIONS: Actions = {
    "announce-handshakes": announce_handshakes,
    "reconnect-participant": reconnect_participant,
}
