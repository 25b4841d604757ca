"""The patterns of a participant's comings and goings: what each is worth, in words."""

from enum import StrEnum

from bot.core.evidence import Verdict


class Pattern(StrEnum):
    """What the transitions look like; see bot.cohrtz.history for the rule."""

    STEADY = "steady"
    CAME_ONCE = "came-once"
    CAME_BACK = "came-back"
    MOVED = "moved"
    RECONNECT_LOOP = "reconnect-loop"
    FLAPPING = "flapping"
    STUCK = "stuck"
    HALF_OPEN = "half-open"
    DUPLICATE_IDENTITY = "duplicate-identity"
    ABORTING = "aborting"
    LEFT = "left"
    ABSENT = "absent"
    MIXED = "mixed"


MEANINGS: dict[Pattern, tuple[Verdict, str]] = {
    Pattern.STEADY: (
        Verdict.OK,
        "No coming or going in 10 minutes; a session is there.",
    ),
    Pattern.CAME_ONCE: (Verdict.OK, "The participant came once and stayed."),
    Pattern.CAME_BACK: (
        Verdict.OK,
        "The participant was removed once and came back.",
    ),
    Pattern.MOVED: (
        Verdict.UNKNOWN,
        (
            "A newer session of the same identity took over once: a second device, or "
            "the app started again. Look again in a minute."
        ),
    ),
    Pattern.RECONNECT_LOOP: (
        Verdict.BAD,
        (
            "The participant connects and loses the connection again and again: look "
            "at their network, then at the server."
        ),
    ),
    Pattern.FLAPPING: (
        Verdict.BAD,
        (
            "The participant loses the connection again and again, and it holds in "
            "between: look at their network (sleep, Wi-Fi, proxy)."
        ),
    ),
    Pattern.STUCK: (Verdict.BAD, "The session is stuck before it became active."),
    Pattern.HALF_OPEN: (
        Verdict.BAD,
        "The session is listed as active and is not really there.",
    ),
    Pattern.DUPLICATE_IDENTITY: (
        Verdict.BAD,
        (
            "Tokens are fine: two devices use this identity and throw each other out. "
            "Find the second device and close the app there."
        ),
    ),
    Pattern.ABORTING: (
        Verdict.BAD,
        (
            "Sessions begin but never become active: the token is accepted, the "
            "network path is not there (firewall, NAT, TURN)."
        ),
    ),
    Pattern.LEFT: (Verdict.UNKNOWN, "The participant left and has not come back."),
    Pattern.ABSENT: (
        Verdict.UNKNOWN,
        (
            "Nothing of the participant in 10 minutes: the app is closed, or its token "
            "is refused before a session begins."
        ),
    ),
    Pattern.MIXED: (Verdict.UNKNOWN, "The transitions fit no known pattern."),
}
