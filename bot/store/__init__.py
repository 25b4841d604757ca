"""The database of the bot: guarded batches on SQLite, in plain rows."""
