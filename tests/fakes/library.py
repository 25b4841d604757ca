"""The pages that ship, as the bot reads them."""

from functools import lru_cache
from pathlib import Path

from bot.core.report import Subject
from bot.core.runbook.read import read
from bot.pages import catalogue, page_files


@lru_cache(maxsize=1)
def library():
    known = catalogue()
    found = [
        read(text, file=file, catalogue=known)
        for file, text in page_files(Path("runbooks")).items()
    ]
    assert [str(problem) for one in found for problem in one.problems] == []
    return {book.slug: book for one in found for book in one.runbooks}


def of_rooms():
    """Return the five that an incident of a room is ranked by."""
    return {s: book for s, book in library().items() if book.about is Subject.ROOM}
