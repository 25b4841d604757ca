"""Plays the good responder of a scenario, with nothing but what a person has.

It types, fills in and presses what stands in the simulated Slack, and waits for what a
person would wait for; it reads neither the bot's database nor its code.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from livekit.protocol.models import ParticipantInfo

from rehearsal import scenario as s
from rehearsal.cohrtz.reporting import ReportRefused
from rehearsal.cohrtz.sessions import Session
from rehearsal.cohrtz.staging import mend
from rehearsal.narrator import Narrator
from rehearsal.seat import PATIENCE, PAUSE, NotPlayed, Seat
from rehearsal.seen import Button, Sight, plain, told
from rehearsal.stagehands import House

__all__ = ["NotPlayed", "Player", "Temper"]

LABELS = {
    "confirm": "Confirm",
    "run": "Run",
    "skip": "Skip",
    "check-again": "Run the check again",
    "fail": "It failed",
}
ANYWAY = "Resolve anyway"
NEED_WORDS = ("skip", "fail")
RANKED = ("The evidence speaks for", "No clear lead", "No fact speaks")


@dataclass(frozen=True)
class Temper:
    """How patient a person is: seconds until they give up, and between two tries."""

    patience: float = PATIENCE
    pause: float = PAUSE


class Player:
    """Plays one scenario in one house."""

    def __init__(
        self, house: House, narrator: Narrator, temper: Temper | None = None
    ) -> None:
        """Make a player; `play` does it all."""
        self._house = house
        self._scene = house.scenario
        self._tell = narrator
        self._temper = temper or Temper()
        self._sight = Sight(house.workspace, house.channel)
        directory = house.workspace.state.directory.people
        self._people = {person.name: person for person in directory.values()}
        self._ran: tuple[str, int, str] | None = None
        """Who pressed Run, on which step, and what its message said then."""

    async def play(self) -> None:
        """Do what the scenario's good responder does; raise NotPlayed if it cannot."""
        for act in self._scene.good_responder:
            await self.do(act)

    async def do(self, act: s.AnyAct) -> None:
        """Do one thing of the script; raise NotPlayed if it cannot be done."""
        await _ACTS[type(act)](self, act)

    def resolved(self) -> bool:
        """Say whether the incident's card says that it is resolved."""
        card = self._sight.card()
        return bool(card and str(card.get("text", "")).endswith(": resolved"))

    async def _open(self, act: s.OpenIncident) -> None:
        seat, scene = self._seat(act.by), self._scene
        if not act.form:
            text = f'"{scene.room}" {scene.identity}'
            self._say(act.by, f"types /triage {text}")
            await seat.type(text, self._sight.card)
            return
        self._say(act.by, "types /triage")
        await seat.type("", lambda: self._house.workspace.views(seat.user))
        await seat.until(
            lambda: self._house.workspace.views(seat.user), "the form to open"
        )
        await seat.choose("room", scene.room)
        await seat.choose("participant", scene.identity)
        self._say(act.by, f"fills in the form: room {scene.room}, {self._who()}")
        await seat.submit("words", f"{self._who()} cannot get back in.")

    async def _await(self, act: s.Await) -> None:
        if act.what == "participant active":
            await self._until_active()
            return
        if act.what.startswith("thrown out"):
            await self._until_thrown_out(int(act.what.split()[2]))
            return
        await self._watch(lambda: self._is_there(act.what), act.what)
        if act.what == "ranking":
            self._say_seen(self._ranking())
        elif act.what.startswith("step"):
            self._say_seen(self._sight.step(int(act.what.split()[1])))

    def _is_there(self, what: str) -> bool:
        if what == "resolved":
            return self.resolved()
        if what == "checks":
            return any("Checks" in told(m) for m in self._sight.thread())
        if what == "ranking":
            return self._ranking() is not None
        _, number, state = what.split()
        return self._step_is(int(number), state)

    def _step_is(self, number: int, state: str) -> bool:
        message = self._sight.step(number)
        if message is None:
            return False
        labels = {b.label for b in self._sight.buttons() if b.ts == str(message["ts"])}
        if state == "ready":
            return bool(labels - {"Skip"}) and "Start" not in " ".join(labels)
        return not labels and self._sight.step(number + 1) is not None

    def _ranking(self) -> Mapping[str, Any] | None:
        thread = self._sight.thread()[1:]
        return next((m for m in thread if any(w in told(m) for w in RANKED)), None)

    def _say_seen(self, message: Mapping[str, Any] | None) -> None:
        if message:
            self._tell.say("The bot", plain(str(message["text"]).split("\n")[0]))

    async def _until_active(self) -> None:
        def active() -> bool:
            session = self._session()
            return session is not None and session.state == ParticipantInfo.ACTIVE

        await self._watch(active, f"{self._who()} to be active")
        self._tell.say("The room", f"{self._who()} is active with a new session.")

    async def _until_thrown_out(self, times: int) -> None:
        """Wait until people have noticed it: this is before anybody opens Slack."""
        left = {"place": "webhook", "path": "participant_left"}
        who = {"room": self._scene.room, "identity": self._scene.identity}
        journal = self._house.deployment.journal
        await self._watch(
            lambda: len(journal.find(**left, **who)) >= times,
            f"{self._who()} to be thrown out",
        )
        self._tell.say("The room", f"{self._who()} was thrown out {times} times.")

    async def _watch(self, there: Callable[[], bool], what: str) -> None:
        """Wait for it, and go on with an act that was cut off before it happened."""
        seat = self._seat(self._ran[0] if self._ran else next(iter(self._people)))
        while True:
            await seat.until(lambda: there() or self._cut_off(), what)
            if there():
                return
            await self._go_on(seat)

    def _cut_off(self) -> bool:
        """Say whether the step that was run asks to be run, or for the truth, again.

        Its message still shows the old button until it is drawn anew.
        """
        if self._ran is None:
            return False
        _, number, text = self._ran
        message = self._sight.step(number)
        if message is None or told(message) == text:
            return False
        labels = ("Run", "It happened")
        return any(self._sight.step_button(number, label) for label in labels)

    async def _go_on(self, seat: Seat) -> None:
        if self._ran is None:
            return
        who, number, _ = self._ran
        if self._sight.step_button(number, "It happened"):
            message, session = self._sight.step(number), self._session()
            there = session is not None and session.sid in told(message or {})
            label = "It did not happen" if there else "It happened"
            self._say(who, f"looks into the room and presses {label}")
            await seat.press(lambda: self._sight.step_button(number, label), label)
            self._ran = (who, number, told(self._sight.step(number) or {}))
            return
        await self._run_step(who, number)

    async def _start(self, act: s.StartRunbook) -> None:
        seat = self._seat(act.by)
        self._say(act.by, "starts the proposed runbook")
        await seat.press(lambda: self._sight.button("Start"), "Start")

    async def _step(self, act: s.DoStep) -> None:
        if act.do == "run":
            await self._run_step(act.by, act.step)
            return
        seat, label = self._seat(act.by), LABELS[act.do]
        what = f"{label} on step {act.step}"
        why = f": {act.words}" if act.words else ""
        self._say(act.by, f"presses {what}{why}")
        await seat.press(lambda: self._sight.step_button(act.step, label), what)
        if act.do in NEED_WORDS:
            await seat.submit("words", act.words)

    async def _run_step(self, who: str, number: int) -> None:
        seat, what = self._seat(who), f"Run on step {number}"
        await seat.until(lambda: self._sight.step_button(number, "Run"), what)
        before = told(self._sight.step(number) or {})
        self._say(who, f"presses {what}")
        asked = await seat.press(lambda: self._sight.step_button(number, "Run"), what)
        self._ran = (who, number, before)
        if asked:
            sure = f"{asked['title']['text']} {asked['text']['text']}"
            self._tell.say("The bot", f"asks first: {plain(sure)}")
            self._say(who, "is sure")

    async def _mend(self, act: s.Mend) -> None:
        self._tell.say("Outside", act.say)
        await mend(self._house.deployment, self._scene.remedy(act.name))

    async def _report(self, act: s.Report) -> None:
        self._tell.say("The devices", act.say)
        try:
            await self._house.reporter.post(self._scene.diagnostics[act.name])
        except ReportRefused as refused:
            raise NotPlayed(f"The bot did not take a report: {refused}") from refused

    async def _resolve(self, act: s.Resolve) -> None:
        seat = self._seat(act.by)
        self._say(act.by, f"types /triage resolve {act.words}")
        await seat.type(f"resolve {act.words}", self.resolved)
        if act.anyway:
            await self._resolve_anyway(seat, act.by)
        await seat.until(self.resolved, "the incident to be resolved")
        await seat.until(self._sight.summary, "the summary")
        self._tell.say("The bot", "The incident is resolved; its summary is posted.")

    async def _resolve_anyway(self, seat: Seat, who: str) -> None:
        """Press it if checks hold the incident: what they saw is over, as one knows."""

        def held() -> Button | None:
            return self._sight.button(ANYWAY)

        await seat.until(lambda: self.resolved() or held(), f"{ANYWAY} to be there")
        if not self.resolved():
            self._say(who, f"presses {ANYWAY}: the record of before is still fresh")
            await seat.press(held, ANYWAY)

    def _session(self) -> Session | None:
        peer = self._house.deployment.peers[self._scene.participant]
        return peer.session(self._scene.room)

    def _seat(self, name: str) -> Seat:
        if name not in self._people:
            known = ", ".join(sorted(self._people))
            raise NotPlayed(f"There is no person {name!r}; there are {known}.")
        return Seat(
            self._house.workspace,
            self._house.channel,
            self._people[name].id,
            self._temper.patience,
            self._temper.pause,
        )

    def _say(self, who: str, what: str) -> None:
        person = self._people.get(who)
        self._tell.say(person.real_name if person else who, what)

    def _who(self) -> str:
        return self._scene.participant.capitalize()


_ACTS: Mapping[type, Callable[[Player, Any], Any]] = {
    s.OpenIncident: Player._open,  # noqa: SLF001  the table of the class's own acts
    s.Await: Player._await,  # noqa: SLF001  see above
    s.StartRunbook: Player._start,  # noqa: SLF001  see above
    s.DoStep: Player._step,  # noqa: SLF001  see above
    s.Mend: Player._mend,  # noqa: SLF001  see above
    s.Report: Player._report,  # noqa: SLF001  see above
    s.Resolve: Player._resolve,  # noqa: SLF001  see above
}
