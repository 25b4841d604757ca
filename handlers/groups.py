"""Who is in which user group, as Slack says: asked once for each at a time."""

import asyncio
import time
from dataclasses import dataclass

import structlog

from handlers.asking import Asking, Told
from handlers.slack import SlackClient, SlackRejected, SlackTrouble

log = structlog.get_logger(__name__)

PATIENCE = 1.5
"""Seconds to wait for Slack's answer: the press itself must be answered in three."""

NO_SUCH = "no_such_subteam"
"""Slack's answer for a user group that is not there; it has nobody in it."""


@dataclass(frozen=True)
class Members(Told):
    """The members of a user group."""

    users: frozenset[str]


class Groups:
    """Remembers who is in which user group."""

    def __init__(self, slack: SlackClient) -> None:
        """Ask this Slack."""
        self._slack = slack
        self._known: dict[str, Members] = {}
        self._asking = Asking("groups", self._ask)

    async def of(
        self, user: str, groups: frozenset[str], *, fresh: bool
    ) -> frozenset[str] | None:
        """Return in which of the groups the person is; None: it cannot be told.

        One group that has them is enough to know. With `fresh`, what Slack said more
        than a minute ago counts as not known.
        """
        if not groups:
            return frozenset()
        names = sorted(groups)
        told = await asyncio.gather(*(self._members(one, fresh) for one in names))
        inside = frozenset(
            name for name, one in zip(names, told, strict=True) if one and user in one
        )
        return inside if inside or None not in told else None

    async def _members(self, group: str, fresh: bool) -> frozenset[str] | None:  # noqa: FBT001  private
        known = self._known.get(group)
        if known is None or not known.fresh:
            asked = await self._ask_in_time(group)
            known = asked or (None if fresh else known)
        elif known.ages:
            self._asking.begin(group)
        return known.users if known else None

    async def _ask_in_time(self, group: str) -> Members | None:
        """Return what Slack says of the group; None if it does not say in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._asking.about(group)
        except (SlackTrouble, TimeoutError) as error:
            log.warning("group.unknown", group=group, why=str(error) or "no answer")
            return None

    async def _ask(self, group: str) -> Members:
        try:
            told = await self._slack.call("usergroups.users.list", usergroup=group)
        except SlackRejected as error:
            if error.code != NO_SUCH:
                raise
            log.warning("group.missing", group=group)
            told = {}
        users = frozenset(str(one) for one in told.get("users") or ())
        self._known[group] = Members(users, told_at=time.monotonic())
        return self._known[group]
