"""Talks: all that comes in or goes out over a wire that people see."""
