"""Plays the good responder of a scenario, with nothing but what a person has.

It types, fills in and presses what stands in the simulated Slack, and waits for what a
person would wait for; it reads neither the bot's database nor its code.
"""

from rehearsal.acts import DONE
from rehearsal.narrator import Narrator
from rehearsal.part import Part, Temper
from rehearsal.script import AnyAct
from rehearsal.seat import NotPlayed, Seat
from rehearsal.stagehands import House

__all__ = ["NotPlayed", "Player", "Temper"]


class Player:
    """Plays one scenario in one house."""

    def __init__(
        self, house: House, narrator: Narrator, temper: Temper | None = None
    ) -> None:
        """Make a player; `play` does it all."""
        self._part = Part(house, narrator, temper or Temper())

    async def play(self) -> None:
        """Do what the scenario's good responder does; raise NotPlayed if it cannot."""
        for act in self._part.scene.good_responder:
            await self.do(act)

    async def do(self, act: AnyAct) -> None:
        """Do one thing of the script; raise NotPlayed if it cannot be done."""
        await DONE[type(act)](self._part, act)

    def seat(self, name: str) -> Seat:
        """Return the seat of one of the people; raise NotPlayed if unknown."""
        return self._part.seat(name)

    def resolved(self) -> bool:
        """Say whether the incident's card says that it is resolved."""
        return self._part.resolved()
