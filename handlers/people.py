"""Who somebody is, as Slack says: what the policy is asked with.

Guests, people of other workspaces, bots and deactivated people are refused. Slack is
asked again once its answer is a minute old. If it does not answer, what disturbs the
world is refused; what only looks or notes goes by the older answer, so that Slack's
troubles do not keep a responder from opening an incident.
"""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from bot.core.policy import Standing
from handlers.asking import SOON, Asking, Told
from handlers.groups import PATIENCE, Groups
from handlers.slack import SlackClient, SlackRejected, SlackTrouble

log = structlog.get_logger(__name__)

PAGE = 200
MANY = 5_000

STRANGER = "People of another workspace cannot do that."


@dataclass(frozen=True)
class Person(Told):
    """What Slack says of somebody."""

    id: str
    refused: str | None
    """Why they may not act; None: they may."""


class People:
    """Remembers who people are; asks Slack once for each at a time."""

    def __init__(self, slack: SlackClient, team: str = "") -> None:
        """Know the workspace whose members may act, or learn of it by `work_for`."""
        self._slack = slack
        self._team = team
        self._groups = Groups(slack)
        self._known: dict[str, Person] = {}
        self._asking = Asking("people", self._ask)

    def work_for(self, team: str) -> None:
        """Learn whose members may act: Slack says so at start, by auth.test."""
        self._team = team

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

    async def standing(
        self, user: str, usergroups: frozenset[str], *, fresh: bool
    ) -> Standing:
        """Tell what is known of a person, and in which of the groups they are.

        With `fresh`, what Slack said more than a minute ago counts as not known.
        """
        person = self._known.get(user)
        asking = self._groups.of(user, usergroups, fresh=fresh)
        if person is None or not person.fresh:
            older = None if fresh else person
            patience = SOON if older else PATIENCE
            asked, groups = await asyncio.gather(
                self._ask_in_time(user, patience), asking
            )
            person = asked or older
        else:  # as with nearly every request: no task is made for what is known
            if person.ages:
                self._asking.begin(user)
            groups = await asking
        return Standing(
            user=user,
            refused=person.refused if person else None,
            member=person is not None and person.refused is None,
            usergroups=groups,
        )

    def glance(self, user: str, team: str) -> str | None:
        """Say, without asking anybody, why the person may do nothing; None: they may.

        `team` is the workspace that the payload says they act from.
        """
        if team and self._team and team != self._team:
            return STRANGER
        person = self._known.get(user)
        return person.refused if person and person.fresh else None

    async def _ask_in_time(self, user: str, patience: float) -> Person | None:
        """Return what Slack says of the person; None if it does not say in time."""
        try:
            async with asyncio.timeout(patience):
                return await self._asking.about(user)
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
            return self._learn({"id": user, "is_nobody": True})
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
    ("is_nobody", "Slack does not know you."),
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


_NO_PEOPLE = "unknown_method"
"""What a double of Slack answers that keeps no people; Slack itself never does."""

_NOBODY = frozenset({"user_not_found", "user_not_visible"})
"""Slack's answers that say something of the person; others speak of us or of Slack."""
