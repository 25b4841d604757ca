"""Finding our own message after a post whose answer was lost, by its metadata.

A post may have arrived although nobody heard of it (a crash, a lost answer, a 5xx).
Before it is repeated the channel is searched for a message that says by its metadata
that it is this part of this incident; such a one is adopted. All is searched that was
said since the intent: when the call itself was made nobody knows, for the machine may
have slept in between. Where that cannot be seen to its end, nothing is posted.
"""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from handlers.slack import SlackClient, SlackTrouble

log = structlog.get_logger(__name__)

EVENT_TYPE = "cohrtz_triage_part"
PAGE = 200
PAGES = 500
"""A hundred thousand messages. Slack lets look at 50 pages a minute."""

MARGIN = timedelta(minutes=2)
"""Our clock and Slack's may differ."""


class NotAllSeen(SlackTrouble):
    """There is more to search than is looked at in one go: nobody knows yet."""


def metadata(incident: str, part: str) -> dict[str, object]:
    """Return the metadata that every message of ours carries: ids only."""
    return {
        "event_type": EVENT_TYPE,
        "event_payload": {"incident": incident, "part": part},
    }


async def find(
    slack: SlackClient,
    place: tuple[str, str | None],
    mine: tuple[str, str],
    since: datetime,
) -> str | None:
    """Return the `ts` of our message in the channel or thread; None if there is none.

    `place` is (channel, thread ts or None), `mine` is (incident, part); it is sought
    from `since` on, and the newest is taken (an older one may be past updating).
    Raises SlackTrouble when Slack cannot be asked or not all could be seen: then nobody
    knows, and nothing may be posted.
    """
    found: str | None = None
    async for message in _messages(slack, place, since):
        payload = _payload(message)
        if (payload.get("incident"), payload.get("part")) == mine:
            found = max(found or "", str(message["ts"]))
            if not place[1]:  # a channel comes newest first, a thread oldest first
                break
    return found


async def _messages(
    slack: SlackClient, place: tuple[str, str | None], since: datetime
) -> AsyncIterator[Mapping[str, Any]]:
    channel, thread = place
    method = "conversations.replies" if thread else "conversations.history"
    cursor: str | None = None
    for _ in range(PAGES):
        answer = await slack.call(
            method,
            channel=channel,
            ts=thread,
            oldest=f"{(since - MARGIN).timestamp():.6f}",
            include_all_metadata=True,
            limit=PAGE,
            cursor=cursor,
        )
        for message in answer.get("messages", []):
            yield message
        cursor = answer.get("response_metadata", {}).get("next_cursor")
        if not cursor:
            return
    log.error("adopt.not_all_seen", channel=channel, seen=PAGES * PAGE)
    raise NotAllSeen("More was said since then than is searched in one go.")


def _payload(message: Mapping[str, Any]) -> Mapping[str, Any]:
    told = message.get("metadata") or {}
    if told.get("event_type") != EVENT_TYPE:
        return {}
    payload = told.get("event_payload")
    return payload if isinstance(payload, dict) else {}
