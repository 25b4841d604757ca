"""Who somebody is, as Slack says, and whether they may act.

Guests, people of other workspaces, bots and deactivated people are refused. What
disturbs the world needs an answer of Slack that is at most a minute old; what only
looks or notes is let through on older knowledge, so that Slack's troubles do not keep
a responder from opening an incident.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.errors import UsageError
from handlers.slack import SlackClient, SlackRejected, SlackTrouble

log = structlog.get_logger(__name__)

FRESH = 60.0
"""Seconds that Slack's answer is good for when something is to be disturbed."""

PATIENCE = 1.5
"""Seconds to wait for Slack's answer: the press itself must be answered in three."""

PAGE = 200
MANY = 5_000

WHO_COULD = "A full member of this workspace can."
STRANGER = "People of another workspace cannot do that."


class NotAllowed(UsageError):  # noqa: N818  named for what is the case
    """The person has no business here; the text says why and who could."""


@dataclass(frozen=True)
class Person:
    """What Slack says of somebody, and when it said so (monotonic seconds)."""

    id: str
    refused: str | None
    """Why they may not act; None: they may."""
    told_at: float

    @property
    def fresh(self) -> bool:
        """Say whether Slack said so a short while ago."""
        return time.monotonic() - self.told_at <= FRESH


class People:
    """Remembers who people are; asks Slack once for each at a time."""

    def __init__(self, slack: SlackClient, team: str) -> None:
        """Know the workspace whose members may act."""
        self._slack = slack
        self._team = team
        self._known: dict[str, Person] = {}
        self._asking: dict[str, asyncio.Task[Person]] = {}

    async def prefetch(self) -> None:
        """Learn who is there, so that the first command need not wait for Slack."""
        cursor: str | None = None
        try:
            while True:
                told = await self._slack.call("users.list", limit=PAGE, cursor=cursor)
                for user in told.get("members") or ():
                    self._learn(user)
                cursor = (told.get("response_metadata") or {}).get("next_cursor")
                if not cursor or len(self._known) >= MANY:
                    return
        except SlackTrouble as error:
            log.warning("people.not_prefetched", why=str(error))

    async def admit(self, user: str, team: str | None, *, disturbs: bool) -> None:
        """Raise NotAllowed unless the person may act.

        `team` is the workspace that the payload says they act from; `disturbs` is
        whether the world would be changed.
        """
        self.glance(user, team)
        person = self._known.get(user)
        old = person is None or not person.fresh
        if person is None or (old and (disturbs or person.refused)):
            person = await self._ask_in_time(user)
        if person is not None:
            _must_be_welcome(person)
        elif disturbs:
            raise NotAllowed(
                "Slack does not tell me who you are right now; try again in a moment."
            )

    def glance(self, user: str, team: str | None) -> None:
        """Raise NotAllowed if it is known, without asking, that they may not act."""
        if team and self._team and team != self._team:
            raise NotAllowed(f"{STRANGER} {WHO_COULD}")
        person = self._known.get(user)
        if person and person.fresh:
            _must_be_welcome(person)

    async def _ask_in_time(self, user: str) -> Person | None:
        """Return what Slack says of the person; None if it does not say in time."""
        task = self._asking.get(user)
        if task is None:
            task = asyncio.create_task(self._ask(user), name=f"people/{user}")
            self._asking[user] = task
            task.add_done_callback(lambda _: self._asking.pop(user, None))
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.shield(task)
        except (SlackTrouble, TimeoutError) as error:
            log.warning("person.unknown", user=user, kind=type(error).__name__)
            return None

    async def _ask(self, user: str) -> Person:
        try:
            told = await self._slack.call("users.info", user=user)
        except SlackRejected as error:
            if error.code == _NO_PEOPLE:
                return self._learn({"id": user})
            if error.code not in _NOBODY:
                raise
            raise NotAllowed(f"Slack does not know you. {WHO_COULD}") from None
        return self._learn(told.get("user") or {"id": user})

    def _learn(self, user: Mapping[str, Any]) -> Person:
        person = Person(
            id=str(user.get("id", "")),
            refused=_refused(user, self._team),
            told_at=time.monotonic(),
        )
        self._known.pop(person.id, None)
        if len(self._known) >= MANY:
            self._known.pop(next(iter(self._known)))
        self._known[person.id] = person
        return person


_RULES = (
    ("deleted", "Your account is deactivated."),
    ("is_bot", "Bots cannot do that."),
    ("is_stranger", STRANGER),
    ("is_ultra_restricted", "Guests cannot do that."),
    ("is_restricted", "Guests cannot do that."),
)


def _refused(user: Mapping[str, Any], team: str) -> str | None:
    for flag, words in _RULES:
        if user.get(flag):
            return words
    home = user.get("team_id")
    if home and team and home != team:
        return STRANGER
    return None


def _must_be_welcome(person: Person) -> None:
    if person.refused:
        raise NotAllowed(f"{person.refused} {WHO_COULD}")


_NO_PEOPLE = "unknown_method"
"""What a double of Slack answers that keeps no people; Slack itself never does."""

_NOBODY = frozenset({"user_not_found", "user_not_visible"})
"""Slack's answers that say something of the person; others speak of us or of Slack."""
