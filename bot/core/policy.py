"""Who may do what, how many must approve, and what is capped. Pure.

A policy names groups of people and says which group may do which deed. Without a file
the quiet default holds: what looks or notes is for every full member of the workspace,
what disturbs somebody is for nobody. *Unknown is never yes*: who cannot be told to be
in a group is not in it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import BaseModel, Field

from bot.core.actions import Effect

MEMBERS = "members"
"""In place of a group: every full member of the workspace."""

MAX_COUNT = 1_000
"""The largest number that a cap may be."""


class Deed(StrEnum):
    """What a person does, as far as a policy tells one thing from another."""

    OPEN = "open"
    """Open an incident."""
    CONFIRM = "confirm"
    """Work on one: start a runbook, hand over files, confirm, skip, answer a step."""
    LOOKS = "looks"
    """Ask for a look, read the incident, run an action that only looks."""
    ONE_PARTICIPANT = "one-participant"
    ROOM = "room"
    IRREVERSIBLE = "irreversible"
    APPROVE = "approve"
    RESOLVE = "resolve"
    """Resolve or reopen an incident."""
    EXPORT = "export"
    POLICY_BOUND = "policy-bound"
    """Register a release, roll one back, recover rooms, erase words."""
    BREAK_GLASS = "break-glass"


DEED_OF: Mapping[Effect, Deed] = {
    Effect.LOOKS: Deed.LOOKS,
    Effect.ONE_PARTICIPANT: Deed.ONE_PARTICIPANT,
    Effect.ROOM: Deed.ROOM,
    Effect.IRREVERSIBLE: Deed.IRREVERSIBLE,
}

QUIET = frozenset({Deed.OPEN, Deed.CONFIRM, Deed.LOOKS, Deed.RESOLVE})
"""What only looks or notes: older knowledge of a person is good enough for it."""

SAYS: Mapping[Deed, str] = {
    Deed.OPEN: "open incidents",
    Deed.CONFIRM: "start runbooks, hand over files, confirm or skip steps",
    Deed.LOOKS: "look at incidents, and run what only looks",
    Deed.ONE_PARTICIPANT: "run what disturbs one participant",
    Deed.ROOM: "run what disturbs a room",
    Deed.IRREVERSIBLE: "run what cannot be undone",
    Deed.APPROVE: "approve actions",
    Deed.RESOLVE: "resolve and reopen incidents",
    Deed.EXPORT: "export incidents",
    Deed.POLICY_BOUND: "change what the policy binds: releases, rollbacks, erasing",
    Deed.BREAK_GLASS: "break the glass",
}
"""Each deed as the end of «may …»."""


class Caps(BaseModel, frozen=True, extra="forbid", populate_by_name=True, strict=True):
    """How much may be disturbed, counted over all incidents; whole numbers only."""

    participants: int = Field(default=25, ge=0, le=MAX_COUNT)
    """How many participants one act may disturb."""
    one_participant_per_room_and_hour: int = Field(
        default=6, ge=0, le=MAX_COUNT, alias="one-participant-per-room-and-hour"
    )
    room_per_room_and_hour: int = Field(
        default=2, ge=0, le=MAX_COUNT, alias="room-per-room-and-hour"
    )


@dataclass(frozen=True)
class Standing:
    """What is known of a person when they want to do something."""

    user: str
    refused: str | None = None
    """Why they may do nothing at all, as a sentence: a guest, a bot, a stranger."""
    member: bool = True
    """Whether they are known to be a full member of the workspace."""
    usergroups: frozenset[str] | None = frozenset()
    """The ids of the user groups that they are in; None: it is not known now."""


@dataclass(frozen=True)
class Ruling:
    """Whether a person may do a deed; if not, why, and the groups who could."""

    deed: Deed
    why: str | None = None
    """None: they may."""
    could: tuple[str, ...] = ()

    @property
    def allows(self) -> bool:
        """Say whether they may."""
        return self.why is None

    @property
    def told(self) -> str:
        """Say to the person why not, and who could."""
        return f"{self.why} {who_could(self.could)}"


@dataclass(frozen=True)
class Demand:
    """What must be the case before an act of some reach is done."""

    effect: Effect
    runners: tuple[str, ...]
    """Names of the groups who may run it, or MEMBERS; nobody if it is empty."""
    needed: int
    """How many distinct people must approve, besides whoever asks."""
    approvers: tuple[str, ...]
    """Who may approve; as `runners`."""


def who_could(groups: tuple[str, ...]) -> str:
    """Say which groups could do it."""
    if MEMBERS in groups:
        return "A full member of this workspace can."
    if not groups:
        return "Whoever runs this bot can change its policy."
    return f"Who could: {', '.join(groups)} (groups of this bot's policy)."


def _quiet() -> Mapping[Deed, frozenset[str]]:
    everyone, nobody = frozenset({MEMBERS}), frozenset[str]()
    return {deed: everyone if deed in QUIET else nobody for deed in Deed}


def _approvals() -> Mapping[Effect, int]:
    return {
        Effect.LOOKS: 0,
        Effect.ONE_PARTICIPANT: 0,
        Effect.ROOM: 1,
        Effect.IRREVERSIBLE: 2,
    }


@dataclass(frozen=True)
class Policy:
    """Who may do what. Every deed and every effect has its entry."""

    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """User groups (S…) and users (U…, W…), by the name that the policy gives them."""
    may: Mapping[Deed, frozenset[str]] = field(default_factory=_quiet)
    """Names of `groups`, or MEMBERS; nobody if it is empty."""
    approvals: Mapping[Effect, int] = field(default_factory=_approvals)
    """How many distinct people must approve, besides whoever asks."""
    approval_minutes: int = 15
    """How long a request waits, and what it has gathered is good."""
    caps: Caps = field(default_factory=Caps)
    given: bool = False
    """Whether a file says so; False: the quiet default."""

    def demand(self, effect: Effect) -> Demand:
        """Return what must be the case before an act that reaches so far."""
        runners, approvers = self.may[DEED_OF[effect]], self.may[Deed.APPROVE]
        needed = self.approvals[effect]
        return Demand(effect, tuple(sorted(runners)), needed, tuple(sorted(approvers)))

    def usergroups(self, deed: Deed) -> frozenset[str]:
        """Name the workspace's user groups on which the deed depends."""
        ids = self._ids(self.may[deed])
        return frozenset(one for one in ids if one.startswith("S"))

    def people(self, deed: Deed) -> frozenset[str] | None:
        """Return who may do the deed; None: not all of them are named."""
        granted = self.may[deed]
        if MEMBERS in granted or self.usergroups(deed):
            return None
        return frozenset(self._ids(granted))

    def rule(self, deed: Deed, who: Standing) -> Ruling:
        """Say whether the person may do it, from what is known of them."""
        return self.ruling(deed, who.refused or self._why_not(deed, who))

    def ruling(self, deed: Deed, why: str | None) -> Ruling:
        """Return the ruling that says so; None: they may."""
        return Ruling(deed, why, tuple(sorted(self.may[deed])) if why else ())

    def _why_not(self, deed: Deed, who: Standing) -> str | None:
        granted = self.may[deed]
        if not granted:
            return f"The policy lets nobody {SAYS[deed]}."
        if not who.member and deed not in QUIET:
            return _WHO
        if MEMBERS in granted or self._is_in(granted, who):
            return None
        if who.usergroups is None and self.usergroups(deed):
            return _WHICH
        return f"The policy does not let you {SAYS[deed]}."

    def _is_in(self, granted: frozenset[str], who: Standing) -> bool:
        return (
            not (who.usergroups or frozenset())
            .union({who.user})
            .isdisjoint(self._ids(granted))
        )

    def _ids(self, granted: frozenset[str]) -> Iterator[str]:
        for name in granted - {MEMBERS}:
            yield from self.groups[name]


_WHO = "Slack does not tell me who you are right now; try again in a moment."
_WHICH = "Slack does not tell me your user groups right now; try again in a moment."
