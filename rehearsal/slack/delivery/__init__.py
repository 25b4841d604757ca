"""How Slack brings something to the app: over signed HTTP or a socket."""
