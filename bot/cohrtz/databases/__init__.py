"""Pure knowledge of the app's databases: names, rows, hashes, keys, rights, backups."""
