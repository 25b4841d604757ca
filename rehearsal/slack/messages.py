"""The messages of every conversation, threads counted, and the ephemeral ones.

Messages are dictionaries as the Web API shows them. They are replaced, never
changed in place, so that whoever holds one holds what it was.
"""

from collections.abc import Callable
from typing import Any

from rehearsal.slack.clock import Ids
from rehearsal.slack.hub import Delta, Hub

Json = dict[str, Any]
Audience = Callable[[str], frozenset[str]]


class Messages:
    """Stores messages and tells the hub of each change."""

    def __init__(self, ids: Ids, hub: Hub, audience: Audience) -> None:
        """Begin empty; `audience` gives the members of a channel."""
        self._ids = ids
        self._hub = hub
        self._audience = audience
        self._kept: dict[str, dict[str, Json]] = {}
        self._threads: dict[tuple[str, str], list[str]] = {}
        self._ephemeral: dict[str, dict[str, Json]] = {}

    def add(self, channel: str, message: Json) -> Json:
        """Store a new message under a new ts, and count it in its thread."""
        made = {"type": "message", **message, "ts": self._ids.ts()}
        self._kept.setdefault(channel, {})[made["ts"]] = made
        thread = made.get("thread_ts")
        if thread is not None and thread != made["ts"]:
            self._threads.setdefault((channel, thread), []).append(made["ts"])
            self._recount(channel, thread)
        self._tell(channel, made)
        return made

    def get(self, channel: str, ts: str) -> Json | None:
        """Give one message, or None."""
        return self._kept.get(channel, {}).get(ts)

    def find(self, ts: str) -> tuple[str, Json] | None:
        """Give a message and its channel by the ts alone."""
        for channel, kept in self._kept.items():
            if ts in kept:
                return channel, kept[ts]
        return None

    def replace(self, channel: str, message: Json) -> None:
        """Put a message in the place of the one with the same ts."""
        self._kept[channel][message["ts"]] = message
        self._tell(channel, message)

    def remove(self, channel: str, ts: str) -> None:
        """Delete a message; a thread's parent stays as a tombstone."""
        gone = self._kept[channel][ts]
        if self._threads.get((channel, ts)):
            self.replace(channel, _tombstone(gone))
            return
        del self._kept[channel][ts]
        thread = gone.get("thread_ts")
        if thread in self._kept[channel]:
            self._threads[(channel, thread)].remove(ts)
            self._recount(channel, thread)
        body = {"type": "message_deleted", "channel": channel, "ts": ts}
        self._hub.publish(Delta(body, self._audience(channel)))

    def all(self, channel: str) -> list[Json]:
        """Give every message of a channel, replies too, oldest first."""
        return list(self._kept.get(channel, {}).values())

    def top(self, channel: str) -> list[Json]:
        """Give what the channel itself shows: no replies but broadcast ones."""
        return [m for m in self.all(channel) if is_top(m)]

    def thread(self, channel: str, ts: str) -> list[Json]:
        """Give a thread: its parent, then the replies, oldest first."""
        kept = self._kept.get(channel, {})
        stamps = [ts, *self._threads.get((channel, ts), ())]
        return [kept[each] for each in stamps if each in kept]

    def whisper(self, user: str, message: Json) -> Json:
        """Show one person a message that nobody stores."""
        made = {"type": "message", **message, "ts": self._ids.ts()}
        made |= {"ephemeral": True, "is_ephemeral": True}
        return self.rewhisper(user, made)

    def rewhisper(self, user: str, message: Json) -> Json:
        """Change an ephemeral message that a person sees, or show it."""
        self._ephemeral.setdefault(user, {})[message["ts"]] = message
        body = {
            "type": "ephemeral",
            "channel": message["channel"],
            "message": message,
        }
        self._hub.publish(Delta(body, frozenset({user})))
        return message

    def dismiss(self, user: str, ts: str) -> None:
        """Take an ephemeral message away."""
        gone = self._ephemeral.get(user, {}).pop(ts, None)
        if gone is not None:
            body = {"type": "message_deleted", "channel": gone["channel"], "ts": ts}
            self._hub.publish(Delta(body, frozenset({user})))

    def ephemerals(self, user: str) -> list[Json]:
        """Give the ephemeral messages that a person sees."""
        return list(self._ephemeral.get(user, {}).values())

    def ephemeral(self, user: str, ts: str) -> Json | None:
        """Give one ephemeral message, or None."""
        return self._ephemeral.get(user, {}).get(ts)

    def _recount(self, channel: str, thread: str) -> None:
        parent = self._kept[channel].get(thread)
        if parent is None:
            return
        replies = [self._kept[channel][ts] for ts in self._threads[(channel, thread)]]
        self.replace(channel, _with_replies(parent, replies))

    def _tell(self, channel: str, message: Json) -> None:
        body = {"type": "message", "channel": channel, "message": message}
        self._hub.publish(Delta(body, self._audience(channel)))


COUNTS = (
    "thread_ts",
    "reply_count",
    "reply_users",
    "reply_users_count",
    "latest_reply",
)


def _with_replies(parent: Json, replies: list[Json]) -> Json:
    bare = {key: value for key, value in parent.items() if key not in COUNTS}
    if not replies:
        return bare
    users = list(dict.fromkeys(r.get("user") or r.get("bot_id", "") for r in replies))
    return {
        **bare,
        "thread_ts": parent["ts"],
        "reply_count": len(replies),
        "reply_users": users,
        "reply_users_count": len(users),
        "latest_reply": replies[-1]["ts"],
    }


def _tombstone(gone: Json) -> Json:
    kept = {key: gone[key] for key in ("type", "ts", *COUNTS) if key in gone}
    said = {"user": "USLACKBOT", "hidden": True, "text": "This message was deleted."}
    return {**kept, **said, "subtype": "tombstone"}


def is_top(message: Json) -> bool:
    """Tell whether the channel itself shows a message (not only its thread)."""
    in_thread = message.get("thread_ts") not in (None, message["ts"])
    return not in_thread or message.get("subtype") == "thread_broadcast"
