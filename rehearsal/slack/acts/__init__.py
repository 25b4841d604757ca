"""What people do in the workspace, each act as Slack's own client lets them."""
