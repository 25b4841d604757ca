"""The bot: it thinks, and does not know that Slack exists."""
