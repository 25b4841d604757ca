"""Runbook pages: how they are read, checked and filled in."""
