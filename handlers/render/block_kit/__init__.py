"""What `limits.py` and `blocks.py` stand on: Slack's numbers, rules and text cuts."""
