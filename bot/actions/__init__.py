"""The actions that a runbook can call, by the names it calls them."""

from bot.actions import reconnect_participant
from bot.actions.shape import Actions

ACTIONS: Actions = {"reconnect-participant": reconnect_participant}
