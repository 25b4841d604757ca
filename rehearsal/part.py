"""What whoever plays a scenario has at hand: the house, seats, and a voice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.cohrtz.sessions import Session
from rehearsal.narrator import Narrator
from rehearsal.scenario import Scenario
from rehearsal.script import DoStep
from rehearsal.seat import PATIENCE, PAUSE, NotPlayed, Seat
from rehearsal.seen import Sight, plain, told
from rehearsal.slack.settings import Person
from rehearsal.stagehands import House

RANKED = ("The evidence speaks for", "No clear lead", "No fact speaks")


@dataclass(frozen=True)
class Temper:
    """How patient a person is: seconds until they give up, and between two tries."""

    patience: float = PATIENCE
    pause: float = PAUSE


@dataclass
class Part:
    """One play of a scenario; the acts in `rehearsal.acts` are done with it."""

    house: House
    narrator: Narrator
    temper: Temper
    ran: tuple[str, int, str] | None = None
    """Who pressed Run last, on which step, and what its message said then."""
    ran_at: float = 0.0
    """When, in monotonic seconds."""
    changed: int = 0
    """How often the world had been changed by then."""
    let_run: tuple[DoStep, ...] = ()
    """What others did since to let it run."""
    left: str | None = None
    """The session that the participant had when Run was pressed first."""
    dropped: tuple[str, ...] = ()
    """The files that were dropped last."""
    about: str = ""
    """Words in the heading of the incident that all look at; empty: the newest."""

    @property
    def scene(self) -> Scenario:
        """Return the scenario that is played."""
        return self.house.scenario

    @property
    def sight(self) -> Sight:
        """Return what is to be seen of the incident."""
        return Sight(self.house.workspace, self.house.channel, self.about)

    @property
    def people(self) -> Mapping[str, Person]:
        """Return everybody in the simulated Slack, by name."""
        directory = self.house.workspace.state.directory.people
        return {person.name: person for person in directory.values()}

    def seat(self, name: str) -> Seat:
        """Return somebody's seat; raise NotPlayed if there is no such person."""
        people = self.people
        if name not in people:
            known = ", ".join(sorted(people))
            raise NotPlayed(f"There is no person {name!r}; there are {known}.")
        return Seat(
            self.house.workspace,
            self.house.channel,
            people[name].id,
            self.temper.patience,
            self.temper.pause,
        )

    def anybody(self) -> Seat:
        """Return the seat of whoever ran a step last, else of the first person."""
        return self.seat(self.ran[0] if self.ran else next(iter(self.people)))

    def say(self, who: str, what: str) -> None:
        """Tell what a person does."""
        person = self.people.get(who)
        self.narrator.say(person.real_name if person else who, what)

    def say_seen(self, message: Mapping[str, Any] | None) -> None:
        """Tell the first line of what the bot wrote."""
        if message:
            self.narrator.say("The bot", plain(str(message["text"]).split("\n")[0]))

    def who(self) -> str:
        """Name whoever has the trouble."""
        return self.scene.participant.capitalize()

    def session(self) -> Session | None:
        """Return the session of whoever has the trouble, in the triaged room."""
        peer = self.house.deployment.peers[self.scene.participant]
        return peer.session(self.scene.room)

    def resolved(self) -> bool:
        """Say whether the incident's card says that it is resolved."""
        card = self.sight.card()
        return bool(card and str(card.get("text", "")).endswith(": resolved"))

    def ranking(self) -> Mapping[str, Any] | None:
        """Return the message that ranks the runbooks, once it does."""
        thread = self.sight.thread()[1:]
        return next((m for m in thread if any(w in told(m) for w in RANKED)), None)

    def proposes(self) -> bool:
        """Say whether a runbook is proposed, on the evidence there is now."""
        said = self.ranking()
        return bool(said and RANKED[0] in told(said))


Done = Callable[[Part, Any], Any]
"""How an act is done; it raises NotPlayed if it cannot be."""
