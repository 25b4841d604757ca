"""One incident: events, state, and what may follow from what."""
