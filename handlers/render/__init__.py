"""What people see: state to Block Kit, pure."""
