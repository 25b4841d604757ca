"""The bot's own pages for a release and a rollback, and rules that know them."""

from dataclasses import replace

from bot.core.report import Report, Subject
from bot.pages import load_library
from bot.settings import RUNBOOKS

PAGES = {
    slug: page
    for slug, page in load_library(RUNBOOKS).items()
    if page.about is not Subject.ROOM
}
RELEASE = Report(about=Subject.RELEASE, version="1.4.0")
ROLLBACK = Report(about=Subject.ROLLBACK, version="1.4.0")
LINK = "https://ci.example/1"


def knowing(rules):
    """Return the rules with these pages in their library."""
    return replace(rules, library={**rules.library, **PAGES})


def answers(step, *, drift=0):
    """Return an answer to each of a step's asks."""
    return {ask.name: str(drift) if ask.kind == "number" else LINK for ask in step.asks}
