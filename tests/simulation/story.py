"""What a seed says will happen: drawn at once, so that a failing seed can be read."""

from dataclasses import dataclass, replace
from random import Random
from typing import Literal

from rehearsal.slack import Fault
from tests.simulation.chance import stream

Transport = Literal["http", "socket"]
FLAPPING = "same-identity-two-devices"
"""People throw each other out of the room all the time."""
SCENES = (
    *("expired-token", "expired-token", "expired-token"),
    *("rotated-secret", "endpoint-html", FLAPPING),
)
HEARD = ("lost-group-key", "lost-vault-key", "sync-requests-unanswered")
"""What only the room's packets tell: the bot listens, and the apps talk."""
LISTENS = 0.015
"""How often it is one of these: an hour of their talk takes as long as a story."""
EXPORTS = 0.05
"""How often somebody asks for bundles: each draws all that an incident showed."""
RELEASES = 0.04
"""How often it is a release or a rollback that is walked through, and no room."""
SPEEDS = (10.0, 30.0)
"""How much faster than life the app's timers and the bot's own run."""

MOST_STEPS = 500
"""Steps that a life of the bot takes at most, or so; see `lives`."""
NEW = 0.15
"""How often the bot makes its database: that takes a quarter of its start."""
DEEDS = (1, 1, 2, 2, 3)
"""How many things one of the people does: each costs about a third of all the rest."""
PEOPLE = (1, 1, 1, 1, 2)
WAITS = (0.0, 0.0, 0.0, 900.0, 5 * 3600.0, 3 * 86400.0)


@dataclass(frozen=True)
class Fate:
    """How one life of the bot ends, and how long it is down afterwards."""

    steps: int | None = None
    """It is killed after so many steps."""
    seconds: float | None = None
    """It is asked to stop after so many seconds."""
    down: float = 1.0


TURNED = 0.15
"""How often the clock of the bot's machine goes wrong."""


@dataclass(frozen=True)
class Turned:
    """How the clock of the bot's machine goes wrong once; all in seconds."""

    after: float
    """Since the time before, or the beginning."""
    ahead: float
    """Of the true time; negative: behind."""
    lasts: float


@dataclass(frozen=True)
class Story:
    """The plan of one simulation."""

    seed: int
    scene: str
    transport: Transport
    hears: bool
    """Whether the app subscribed to messages: then it hears of each that it posts."""
    speed: float
    fates: tuple[Fate, ...]
    """Of the bot's lives but the last, which goes on to the end."""
    people: tuple[int, ...]
    """How many things each of the people does."""
    rest: float
    """Seconds that people rest between two things, on average."""
    wait: float
    """Seconds that everybody is away in the middle: up to days."""
    mischief: int
    """How many faults strike Slack, its deliveries, Cohrtz and the network."""
    resolves: bool
    """Whether everything is resolved in the end."""
    approvals: int = 0
    """How many other people must approve what disturbs one participant."""
    jumps: int = 12
    """In how many jumps of the clock everybody is away, if for long."""
    new: bool = True
    """Whether the bot makes its database, or finds one with its tables and no more."""
    turned: tuple[Turned, ...] = ()
    """How the clock of the bot's machine goes wrong, one time after the other."""
    listens: bool = False
    """Whether the bot can listen to the room, in which the apps talk."""
    files: int = 0
    """How many files people drop into threads, if the bot hears of messages."""
    loses: float = 0.0
    """What share of the removals is done at LiveKit and not answered."""
    exports: int = 0
    """How often somebody asks for the bundle of an incident."""
    releases: bool = False
    """Whether people open releases and rollbacks, and no incidents of rooms."""
    sure: tuple[Fault, ...] = ()
    """Faults of Slack that strike from the beginning, whatever is drawn: for tests."""


def story(seed: int) -> Story:
    """Draw the story of a seed."""
    return _perhaps_released(_perhaps_exported(_perhaps_heard(_story(seed))))


def _story(seed: int) -> Story:
    chance = stream(seed, "story")
    return Story(
        seed=seed,
        scene=chance.choice(SCENES),
        transport=chance.choice(("http", "socket")),
        hears=chance.random() < 0.25,
        speed=chance.choice(SPEEDS),
        fates=tuple(_fate(chance) for _ in range(chance.choice((0, 1, 1, 2)))),
        people=tuple(chance.choice(DEEDS) for _ in range(chance.choice(PEOPLE))),
        rest=chance.choice((0.3, 1.5, 3.0)),
        wait=chance.choice(WAITS),
        mischief=chance.choice((0, 2, 5, 10)),
        resolves=chance.random() < 0.5,
        approvals=chance.choice((0, 0, 1)),
        jumps=chance.choice((1, 2, 4)),
        new=chance.random() < NEW,
        turned=_turned(chance),
        files=chance.choice((0, 1, 4)),
        loses=chance.choice((0.0, 0.0, 0.6)),
    )


def _perhaps_heard(told: Story) -> Story:
    """Draw from a stream of its own: all other stories are as they were before."""
    chance = stream(told.seed, "listening")
    if chance.random() >= LISTENS:
        return told
    return replace(told, scene=chance.choice(HEARD), listens=True, speed=SPEEDS[0])


def _perhaps_exported(told: Story) -> Story:
    chance = stream(told.seed, "exporting")
    if chance.random() >= EXPORTS:
        return told
    return replace(told, exports=chance.choice((1, 1, 2)))


def _perhaps_released(told: Story) -> Story:
    chance = stream(told.seed, "releasing")
    if told.listens or chance.random() >= RELEASES:
        return told
    return replace(told, releases=True)


def _turned(chance: Random) -> tuple[Turned, ...]:
    if chance.random() >= TURNED:
        return ()
    return tuple(
        Turned(
            after=chance.uniform(0.0, 30.0),
            ahead=chance.choice((1, -1)) * chance.choice((1, 20)) * _minutes(chance),
            lasts=chance.choice((5.0, 60.0, 86_400.0)),
        )
        for _ in range(chance.choice((1, 1, 2)))
    )


def _minutes(chance: Random) -> float:
    return 60.0 * chance.uniform(1.0, 20.0)


def _fate(chance: Random) -> Fate:
    down = chance.choice((0.01, 1.0, 20.0, 400.0))
    if chance.random() < 0.2:
        return Fate(seconds=chance.uniform(1, 60), down=down)
    return Fate(steps=chance.randint(1, MOST_STEPS), down=down)
