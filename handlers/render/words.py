"""The words and signs that all messages share: people, times, verdicts, statuses.

Everything that somebody else wrote goes through `safe`, `clean` or `one_line` of
handlers.render.blocks before it is shown; nothing here is mrkdwn unless it says so.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NamedTuple

from bot.core.actions import Effect
from bot.core.evidence import Evidence, Fact, Value, Verdict
from bot.core.incident.events import BOT
from bot.core.incident.state import Status
from bot.core.requests import OnRequest
from bot.core.runbook.pages import Library
from bot.core.step_sentences import Part, Person
from handlers.render.blocks import Block, clean, date, one_line, safe

MAX_VALUE: Final = 60
"""How much of a fact's value is shown, in characters."""

_SLACK_ID: Final = re.compile(r"[UW][A-Z0-9]{2,}")
_BREAKS: Final = re.compile(r"\s*\n\s*")
_FENCE: Final = re.compile("`{3,}")

VERDICT_SIGN: Final[Mapping[Verdict, str]] = {
    Verdict.OK: ":white_check_mark:",
    Verdict.BAD: ":x:",
    Verdict.UNKNOWN: ":grey_question:",
}
WAITING_SIGN: Final = ":hourglass_flowing_sand:"

STATUS_SIGN: Final[Mapping[Status, str]] = {
    Status.OPEN: ":red_circle:",
    Status.RESOLVING: WAITING_SIGN,
    Status.HELD: ":warning:",
    Status.RESOLVED: ":white_check_mark:",
}
STATUS_WORDS: Final[Mapping[Status, str]] = {
    Status.OPEN: "Open",
    Status.RESOLVING: "Checking before it is resolved",
    Status.HELD: "Not resolved: checks are not ok",
    Status.RESOLVED: "Resolved",
}


class Drawn(NamedTuple):
    """A message's content: the fallback for notifications, and the blocks."""

    text: str
    blocks: list[Block]


@dataclass(frozen=True)
class Catalogue:
    """What messages must know beyond an incident: names, pages, reach, sources."""

    titles: Mapping[str, str]
    """The titles of checks and actions, by name."""
    library: Library
    effects: Mapping[str, Effect] = field(default_factory=dict)
    """How far each action reaches; one that is not listed is drawn as dangerous."""
    yields: Mapping[str, str] | None = None
    """The check that yields each fact, as in `Rules`.

    None: not known; then every barred step offers to look again.
    """
    on_request: Mapping[str, OnRequest] = field(default_factory=dict)
    """The checks that the ranking offers when it lacks what they tell."""

    def title(self, name: str) -> str:
        """Return the raw title of a check or an action; its name if it has none."""
        return self.titles.get(name, name)

    def far(self, action: str) -> bool:
        """Say whether an action does more than look."""
        return self.effects.get(action, Effect.IRREVERSIBLE) is not Effect.LOOKS


def who(person: str) -> str:
    """Return a person as mrkdwn: a mention of a Slack id, else the escaped text."""
    if person == BOT:
        return "the bot"
    if _SLACK_ID.fullmatch(person):
        return f"<@{person}>"
    return safe(_unfenced(one_line(person, 80))) or "somebody"


def who_plain(person: str) -> str:
    """Return a person for plain text, where a mention would not be drawn."""
    return "the bot" if person == BOT else one_line(person, 80) or "somebody"


def utc(moment: datetime) -> str:
    """Return a time in UTC, for files and terminals."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def name(text: str, limit: int = 120) -> str:
    """Return an outside name as one escaped line of mrkdwn; a dash if it is empty."""
    return safe(_unfenced(one_line(text, limit))) or "—"


def prose(text: str, limit: int = 600) -> str:
    """Return outside prose as escaped mrkdwn, its line breaks kept."""
    return safe(_unfenced(clean(text, limit))).strip() or "—"


def flat(text: str, limit: int = 2_000) -> str:
    """Return a part of a sentence as escaped mrkdwn; a line break becomes ` / `.

    Spaces at its ends stay: they join it to the part next to it.
    """
    shown = clean(text, limit)
    line = _BREAKS.sub(" / ", shown) if "\n" in shown else shown
    return safe(_unfenced(line))


def flow(parts: Iterable[Part]) -> str:
    """Return parts of a sentence as mrkdwn: people, times and escaped words."""
    return "".join(map(_said, parts))


def _said(part: Part) -> str:
    if isinstance(part, Person):
        return who(part.id)
    return date(part) if isinstance(part, datetime) else flat(part)


def _unfenced(text: str) -> str:
    """Keep outside text from opening a fence over what stands behind it."""
    if "```" not in text:
        return text
    return _FENCE.sub(lambda run: "\u02cb" * len(run[0]), text)


def literal(text: str, limit: int = 200) -> str:
    """Return outside text as inline code that it cannot leave."""
    shown = one_line(text, limit).replace("`", "\u02cb").strip()
    return f"`{safe(shown)}`" if shown else "—"


def source(fact: str, catalogue: Catalogue) -> str:
    """Return a missing fact as escaped mrkdwn, with the check that would tell it."""
    check = (catalogue.yields or {}).get(fact)
    if check is None:
        return name(fact)
    return f"{name(fact)} (from {name(catalogue.title(check))})"


def finding(check: str, evidence: Evidence, catalogue: Catalogue) -> str:
    """Return what a check saw as mrkdwn: its sign, its title and its headline."""
    title = name(catalogue.title(check), 80)
    return f"{VERDICT_SIGN[evidence.verdict]} *{title}*: {name(evidence.headline, 300)}"


def told_value(value: Value) -> str:
    """Return a fact's value as raw words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return one_line(str(value), MAX_VALUE) or "empty"


def told_fact(fact: Fact) -> str:
    """Return a fact as escaped mrkdwn: its name, and its value as code."""
    return f"{name(fact.name)} {literal(told_value(fact.value), MAX_VALUE)}"


def plural(count: int, noun: str) -> str:
    """Return `1 check`, `2 checks`."""
    return f"{count} {noun}{'s' * (count != 1)}"
