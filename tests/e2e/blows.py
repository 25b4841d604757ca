"""Where the bot dies: in which incidents, at which of their points.

Another incident is another line of INCIDENTS.
"""

import random
from collections.abc import Iterator, Mapping, Sequence

from tests.e2e.life import Blow, Side

SIDES: tuple[Side, Side] = ("before", "after")

INCIDENTS: Mapping[str, int] = {
    "expired-token": 1,
    "endpoint-html": 1,
    "rotated-secret": 1,
    "same-identity-two-devices": 1,
    "sync-divergence": 1,
    "database-corruption": 1,
    "missing-group-key": 1,
    "vault-key-unavailable": 1,
    "approvals": 1,
    "timers": 1,
    "signed-release": 1,
    "rollback": 1,
    "export": 1,
    "release": 10,
    "lost-group-key": 20,
    "lost-vault-key": 20,
}
"""Stories, and of how many points of one kind the bot dies at one.

The whole release has three points of every other; the last two listen to the room,
which takes a process and half a minute each time. `--every-point` spares none.
"""

SEED = 4
SURE: Mapping[str, int] = {
    "write commit": 30,
    "write keep_drawing": 35,
    "slack chat.postMessage": 7,
    "slack chat.update": 20,
    "livekit ListParticipants": 4,
    "slack views.open": 1,
    "token": 2,
}
"""Kinds of points, and how often every story comes to each, however slow it is."""
REMOVE, SEND, FILE = "livekit RemoveParticipant", "livekit SendData", "slack file"


def some(slug: str, count: int) -> Iterator[Blow]:
    """Draw blows of different kinds that the story comes to; always the same ones."""
    dice = random.Random(f"{SEED}/{slug}")  # noqa: S311  no secret
    for kind in dice.sample(list(SURE), count):
        yield Blow(kind, dice.randint(1, SURE[kind]), dice.choice(SIDES))


SAMPLE: Mapping[str, Sequence[Blow]] = {
    "expired-token": (
        *some("expired-token", 2),
        *(Blow(REMOVE, 1, side) for side in SIDES),
    ),
    "approvals": (*some("approvals", 1), Blow(SEND, 1, "after")),
    "sync-divergence": (Blow(FILE, 1, "after"),),
    "missing-group-key": (*some("missing-group-key", 1), Blow(SEND, 1, "before")),
    "timers": tuple(some("timers", 1)),
    "export": (Blow("slack upload", 1, "after"),),
}
"""What the gate has time for: a few of each story, and the acts."""

TIMED = ("timers", "approvals")
NOT_REACHED: Mapping[tuple[str, str], str] = dict.fromkeys(
    ((slug, "write woken") for slug in INCIDENTS if slug not in TIMED),
    "A timer is due after the incident is over, unless the machine is slow.",
)
"""Incidents, and kinds of points that they do not come to each time, and why."""

KILLED: Sequence[Blow] = (
    Blow("write commit", 12, "after"),
    Blow(REMOVE, 1, "after"),
)
"""Where a process kills itself in the gate: at a write, and at an act."""

POST = "slack chat.postMessage"
AGAIN: Mapping[str, Sequence[Blow]] = {
    "expired-token": (Blow(REMOVE, 1, "after"), Blow(POST, 5, "after")),
    "sync-divergence": (Blow(FILE, 1, "after"), Blow(POST, 2, "after")),
    "approvals": (Blow(SEND, 1, "after"),),
}
"""How a first life ends that leaves much to recover: an act whose answer is lost, a
post that nobody knows of, a file of which half is read. The second life dies of that
at every point it comes to."""

BY_CHANCE: Mapping[str, str] = dict.fromkeys(
    ("slack conversations.info", "slack users.info"),
    "It is asked only where somebody does something before all were told at the start.",
)
"""Kinds of points that a second life need not come to, and why: people go on at once,
while it starts."""

SAMPLE_AGAIN: Mapping[str, Sequence[tuple[Blow, Blow]]] = {
    "expired-token": (
        (AGAIN["expired-token"][0], Blow("livekit GetParticipant", 1, "after")),
    ),
    "sync-divergence": ((AGAIN["sync-divergence"][0], Blow(FILE, 1, "after")),),
}
"""What the gate has time for, a first death and a second: while it looks what came of
the act, and while it fetches the file anew."""
