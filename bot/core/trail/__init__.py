"""The trail: each event chained to the one before it and signed; checked offline."""
