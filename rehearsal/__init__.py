"""Pretends: the same bot, on a simulated Slack workspace and simulated rooms."""
