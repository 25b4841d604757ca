"""What a participant's session on the server says about whether they are in.

LiveKit calls a session JOINING and JOINED while only signalling is up, ACTIVE when
data can flow. One that stays in the first two cannot get its media path up (NAT,
firewall, TURN) or was abandoned half way.
"""

from dataclasses import dataclass
from datetime import datetime

from bot.core.evidence import Verdict

STUCK_AFTER = 10.0
"""Seconds in JOINING or JOINED after which a session counts as stuck."""
UNDER_WAY = frozenset({"joining", "joined"})


@dataclass(frozen=True)
class Session:
    """A session as the server lists it; `state` in lower case."""

    sid: str
    state: str
    joined_at: datetime | None


@dataclass(frozen=True)
class Judgement:
    """What a session amounts to.

    `fresh` is None when nobody asked whether it is another session than before;
    `age_s` is None when the server did not say when it began.
    """

    verdict: Verdict
    words: str
    age_s: int | None = None
    fresh: bool | None = None


def judge(
    session: Session | None,
    *,
    now: datetime,
    not_sid: str | None = None,
    after: datetime | None = None,
) -> Judgement:
    """Say whether the participant is in, and in another session than the one before.

    ok: active and, if asked, fresh. bad: absent, disconnected, stuck, or still the old
    session. unknown: on its way for less than STUCK_AFTER, or a state we cannot read.
    """
    asked = not_sid is not None or after is not None
    if session is None:
        return _absent(asked=asked)
    age = None if session.joined_at is None else _age(session.joined_at, now)
    fresh = is_fresh(session, not_sid=not_sid, after=after)
    verdict, words = _state(session, age)
    if fresh is False and session.state != "disconnected":
        verdict = Verdict.BAD
        words = f"It is still the session from before ({session.state}): not renewed."
    if fresh is None and asked and verdict is Verdict.OK:
        verdict = Verdict.UNKNOWN
        words = "The participant is active; whether in a new session is not told."
    return Judgement(verdict, words, age, fresh)


def is_fresh(
    session: Session, *, not_sid: str | None, after: datetime | None
) -> bool | None:
    """Say whether it is another session than `not_sid`, or one begun after `after`.

    A new session has a new sid; its time, told in whole seconds, may equal the old
    one's, so the time must be strictly later only when no sid was given. None: nobody
    asked, or the server did not say when the session began.
    """
    if not_sid is not None and session.sid == not_sid:
        return False
    if after is None:
        return None if not_sid is None else True
    if session.joined_at is None:
        return None if not_sid is None else True
    if not_sid is None:
        return session.joined_at > after
    return session.joined_at >= after


def _absent(*, asked: bool) -> Judgement:
    words = "The participant is not in the room."
    if asked:
        words = f"{words[:-1]}; the app may take 30 s to come back."
    return Judgement(Verdict.BAD, words, fresh=False if asked else None)


def _age(joined_at: datetime, now: datetime) -> int:
    return max(0, int((now - joined_at).total_seconds()))


def _state(session: Session, age: int | None) -> tuple[Verdict, str]:
    since = "" if age is None else f" for {age} s"
    if session.state == "active":
        return Verdict.OK, f"The participant is connected and active{since}."
    if session.state in UNDER_WAY:
        return _under_way(session.state, age)
    if session.state == "disconnected":
        return Verdict.BAD, "The participant's session has ended; no new one is there."
    return (
        Verdict.UNKNOWN,
        "The server tells a state of the session that we do not know.",
    )


def _under_way(state: str, age: int | None) -> tuple[Verdict, str]:
    if age is None:
        return Verdict.UNKNOWN, f"The session is {state}; since when is not told."
    if age <= STUCK_AFTER:
        return Verdict.UNKNOWN, f"The session is {state} for {age} s: look again soon."
    return Verdict.BAD, (
        f"The session is stuck in {state} for {age} s: signalling is up but no data "
        "can flow. Look at the network path (firewall, TURN), or end the session."
    )
