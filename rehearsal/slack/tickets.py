"""Short-lived permissions: trigger ids, response URLs, socket tickets."""

from dataclasses import dataclass, replace

from rehearsal.slack.clock import Clock, Ids
from rehearsal.slack.errors import SlackError

HOOK_USES = 5  # docs.slack.dev/interactivity/handling-user-interaction, read 2026
HOOK_LIFE = 30 * 60  # seconds, the same page


@dataclass(frozen=True)
class Trigger:
    """What a trigger id stands for: who acted, and in which view if in one."""

    user: str
    view_id: str | None
    expires: float
    used: bool = False


class Triggers:
    """Grants trigger ids; each opens one view within `life` seconds."""

    def __init__(self, ids: Ids, clock: Clock, life: float) -> None:
        """Grant by these ids and this clock."""
        self._ids = ids
        self._clock = clock
        self._life = life
        self._granted: dict[str, Trigger] = {}

    def grant(self, user: str, view_id: str | None = None) -> str:
        """Give a new trigger id."""
        trigger_id = self._ids.trigger()
        expires = self._clock.now() + self._life
        self._granted[trigger_id] = Trigger(user, view_id, expires)
        return trigger_id

    def check(self, trigger_id: str) -> Trigger:
        """Give a trigger that still may be used, or raise Slack's error."""
        found = self._granted.get(trigger_id)
        if found is None:
            raise SlackError("invalid_trigger_id")
        if found.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock.now() > found.expires:
            raise SlackError("expired_trigger_id")
        return found

    def spend(self, trigger_id: str) -> None:
        """Note that a trigger was used."""
        self._granted[trigger_id] = replace(self._granted[trigger_id], used=True)


@dataclass(frozen=True)
class Hook:
    """What a response URL answers to: a person, a place, and a message if any."""

    user: str
    channel: str
    expires: float
    ts: str | None = None
    thread_ts: str | None = None
    ephemeral: bool = False
    uses: int = 0


class Hooks:
    """Grants response URLs' secrets; each serves five times in half an hour."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        """Grant by these ids and this clock."""
        self._ids = ids
        self._clock = clock
        self._granted: dict[str, Hook] = {}

    def grant(self, hook: Hook) -> str:
        """Give the secret part of a new response URL."""
        secret = self._ids.secret()
        self._granted[secret] = replace(hook, expires=self._clock.now() + HOOK_LIFE)
        return secret

    def use(self, secret: str) -> Hook:
        """Count one use: `invalid_url`, `expired_url` or `used_url` else."""
        found = self._granted.get(secret)
        if found is None:
            raise SlackError("invalid_url")
        if self._clock.now() > found.expires:
            raise SlackError("expired_url")
        if found.uses >= HOOK_USES:
            raise SlackError("used_url")
        self._granted[secret] = replace(found, uses=found.uses + 1)
        return found

    def point(self, secret: str, ts: str) -> None:
        """Note the message that a response URL may replace from now on."""
        self._granted[secret] = replace(self._granted[secret], ts=ts)
