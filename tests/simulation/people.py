"""The people of a simulation: each does what the seed draws, one thing after another.

They see what Slack shows and press what can be pressed; what Slack says was not taken
they mostly try again, as people do. Everything that they did is kept as a deed, so that
it can be asked afterwards whether they were answered.
"""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import Any

from handlers.render.form import OPEN_FORM
from rehearsal.cohrtz.staging import mend
from rehearsal.scenario import Scenario
from rehearsal.seen import Button, _buttons
from rehearsal.slack import UserMistake, Workspace
from rehearsal.slack.acts.outcome import Delivery
from tests.simulation.deeds import Deed, Deeds

CHANNEL = "C0INC"
MEMBERS = ("U0RESP", "U0SECOND")
OTHERS = ("U0GUEST",)

AGAIN = 0.7
"""How often somebody tries again what was not taken."""
TRIES = 3

LIKING: Mapping[str, float] = {
    "Run the check again": 4,
    "Run": 40,
    "Approve": 40,
    "Start “Token": 12,
    "Start “Missing": 6,
    "Listen": 5,
    "Confirm": 12,
    "It happened": 6,
    "It did not happen": 6,
    "Resolve": 0.5,
}
"""How often a button is pressed, against others, by how its label begins; the first
that fits counts. What leads to acts comes more often: in them lies most of the risk."""
OTHERWISE = 2.0
"""How often one is pressed that is not named there."""

LINES = (
    *("status", "list", "summary", "help", "resolve It is over", "resolve Seen anyway"),
    *("reopen It is back", "runbook token-invalid-or-expired", "runbook no-such-page"),
    *("resolv", "erase 1 It names a person", "erase 99 Nothing is there"),
)


@dataclass(frozen=True)
class Stage:
    """Where people act."""

    workspace: Workspace
    scene: Scenario
    deployment: Any
    deeds: Deeds
    releases: bool = False
    """Whether versions are what people are concerned with, and no rooms."""
    in_hand: set[str] = field(default_factory=set)
    """The forms that somebody fills in: two devices of one person show the same ones,
    and whoever typed last would be taken for the other."""


class Somebody:
    """One person."""

    def __init__(self, stage: Stage, chance: Random, rest: float) -> None:
        self._stage = stage
        self._chance = chance
        self._rest = rest
        self._user = chance.choice((*MEMBERS, *MEMBERS, *MEMBERS, *OTHERS))

    async def act(self, number: int) -> None:
        """Do so many things, with rests between."""
        for _ in range(number):
            await asyncio.sleep(self._chance.expovariate(1 / self._rest))
            # Two people may be one, with two devices: forms change under their hands.
            with suppress(UserMistake):
                await self._do_something()

    async def _do_something(self) -> None:
        buttons = list(self._buttons())
        if not buttons:
            await self._begin()
        elif self._wishes(0.75):
            await self._press(self._liked(buttons))
        elif self._wishes(0.4) and (remedies := self._stage.scene.mend):
            await mend(self._stage.deployment, self._chance.choice(remedies))
        else:
            await self._type(self._chance.choice(LINES))

    async def _begin(self) -> None:
        """Open an incident, or look whether the one that was opened is there yet."""
        opened = any(deed.opens and deed.ok for deed in self._stage.deeds.all)
        if opened and self._wishes(0.8):
            await asyncio.sleep(self._chance.uniform(1, 10))
        elif self._stage.releases:
            await self._open_by_version()
        elif self._wishes(0.5):
            await self._open_by_line()
        else:
            await self._open_by_form()

    def _wishes(self, share: float) -> bool:
        return self._chance.random() < share

    def _buttons(self) -> Iterator[Button]:
        workspace = self._stage.workspace
        for card in workspace.messages(CHANNEL):
            if card.get("bot_id"):
                for message in workspace.messages(CHANNEL, card["ts"]):
                    yield from _buttons(message)

    def _liked(self, buttons: list[Button]) -> Button:
        weights = [_liking(button.label) for button in buttons]
        return self._chance.choices(buttons, weights)[0]

    async def _open_by_line(self) -> None:
        scene, deed = self._stage.scene, self._stage.deeds.next()
        await self._type(f'"{scene.room}" {scene.identity} {deed}', opens=deed)

    async def _open_by_version(self) -> None:
        version = self._stage.deeds.next_version()
        kind = self._chance.choice(("release", "rollback"))
        await self._type(f"{kind} {version}", opens=version)

    async def _type(self, text: str, opens: str = "") -> None:
        for _ in range(TRIES):
            with self._stage.deeds.noted(self._user, f"/triage {text}", opens) as deed:
                told = await self._stage.workspace.command(
                    self._user, CHANNEL, "/triage", text
                )
                deed.came_to(told)
            if told.ok or opens or self._chance.random() > AGAIN:
                return
            await asyncio.sleep(self._chance.expovariate(1 / self._rest))

    async def _open_by_form(self) -> None:
        await self._type("")
        await self._fill_in(self._stage.deeds.next())

    async def _press(self, button: Button) -> None:
        what = f"press {button.label}"
        for _ in range(TRIES):
            with self._stage.deeds.noted(self._user, what) as deed:
                told = await self._pressed(button, deed)
            if told is None or told.ok or self._chance.random() > AGAIN:
                break
            await asyncio.sleep(self._chance.expovariate(1 / self._rest))
        await self._fill_in(self._reason())

    def _reason(self) -> str:
        """Return words that nobody used before; of a version a link is wanted."""
        why = "https://example.org/" if self._stage.releases else "because of "
        return f"{why}{self._stage.deeds.next()}"

    async def _pressed(self, button: Button, deed: Deed) -> Delivery | None:
        press = self._stage.workspace.press
        where = {"block_id": button.block_id}
        try:
            told = await press(self._user, button.ts, button.action_id, **where)
            if told.outcome == "confirm":
                told = await press(
                    self._user, button.ts, button.action_id, confirm=True, **where
                )
        except UserMistake as gone:  # it changed under the person's hand
            deed.undone(str(gone))
            return None
        deed.came_to(told)
        return told

    async def _fill_in(self, words: str) -> None:
        """Fill in the form that came up, if one did, and send it; close the rest."""
        workspace = self._stage.workspace
        shown = workspace.views(self._user)
        for view in [one for one in shown if one.id not in self._stage.in_hand][-1:]:
            self._stage.in_hand.add(view.id)
            await self._fill(view, words)
            # The same person's other device may have had another form put in its place.
            name = words if view.view["callback_id"] == OPEN_FORM else ""
            with self._stage.deeds.noted(self._user, "send a form", name) as deed:
                try:
                    deed.came_to(await workspace.submit(view.id))
                except UserMistake as gone:
                    deed.undone(str(gone))
        for left in workspace.views(self._user):
            await workspace.close(left.id)

    async def _fill(self, view: Any, words: str) -> None:
        for block in view.view["blocks"]:
            if block["type"] != "input":
                continue
            element, place = block["element"], block["block_id"]
            value = await self._value(view, element, words)
            if value is not None:
                self._stage.workspace.fill(view.id, place, value, element["action_id"])

    async def _value(self, view: Any, element: Any, words: str) -> object:
        if element["type"] == "external_select":
            offered = await self._stage.workspace.suggest(
                self._user, view.id, element["action_id"], ""
            )
            return self._chance.choice(offered)["value"] if offered else None
        if element["type"] in {"static_select", "radio_buttons"}:
            return self._chance.choice(element["options"])["value"]
        return {
            "plain_text_input": words,
            "number_input": "7",
            "url_text_input": "https://example.org/seen",
        }.get(element["type"])


@cache
def _liking(label: str) -> float:
    fits = (weight for begins, weight in LIKING.items() if label.startswith(begins))
    return next(fits, OTHERWISE)
