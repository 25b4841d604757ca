"""How the bot's own probe is told from people in a room.

A prefix alone would not do: whoever asks the token endpoint for such an identity would
be out of the bot's sight. Only who is hidden as well is taken for the probe: that grant
the endpoint does not give.
"""

PREFIX = "zz-triage-probe-"
"""Sorts behind every `user:…`, so that no app takes it for the vault's authority."""


def is_ours(identity: str, *, hidden: bool) -> bool:
    """Tell whether a participant is a probe of this bot (or of another instance)."""
    return hidden and identity.startswith(PREFIX)
