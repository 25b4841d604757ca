"""The app's runtime logs: what its lines look like, what they mean, how to read many.

The 287 call sites that print a line are data (`templates.tsv`), and so is what the
lines add up to (`signals.toml`). Nothing here reads a file: the texts come in as they
are, the log comes in as blocks of bytes.
"""
