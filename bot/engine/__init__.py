"""Drives incidents: does what waits, to the next wait."""
